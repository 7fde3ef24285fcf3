"""``status``, ``up`` and ``down`` act on the window that runs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.echo import TcpService
from tests.support.house import ROOT
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.window_program import WindowProgram, a_window, objects

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals"),
    pytest.mark.timeout(180),
]


@pytest.fixture
def orders(server: OpenSshServer, service: TcpService, key: KeyFile) -> str:
    """The name of a saved connection to the service."""
    save("orders", server, key, service)
    return "orders"


@pytest.fixture
def trusted(server: OpenSshServer, home: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "known_hosts").write_text(server.known_hosts_line())


@pytest.fixture
def window() -> Iterator[WindowProgram]:
    with a_window() as running:
        yield running


def save(name: str, server: OpenSshServer, key: KeyFile, service: TcpService) -> None:
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", name, f"ssh -N -L 0:{service.endpoint} -i {key.path} {at}")


@pytest.mark.usefixtures("trusted")
def test_up_status_and_down_tell_what_the_window_does(orders: str, window: WindowProgram) -> None:
    events = objects(program.must("up", orders, "--json"))
    assert [event["state"] for event in events] == ["connecting", "up"]
    assert list(events[0]) == ["at", "connection", "state", "cause", "local", "attempt"]

    (standing,) = objects(program.must("status", "--json"))
    assert {**standing, "at": "", "round_trip_ms": 0} == {
        "at": "",
        "connection": orders,
        "state": "up",
        "cause": None,
        "local": events[-1]["local"],
        "attempt": 0,
        "round_trip_ms": 0,
        "clients": 0,
    }
    with client_of(int(standing["local"].rpartition(":")[2])) as client:
        assert answer(client, b"through the window's tunnel") == b"through the window's tunnel"

    assert objects(program.must("down", orders, "--json"))[-1]["state"] == "off"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(standing["local"].rpartition(":")[2])))
    assert window.runs


@pytest.mark.usefixtures("trusted")
def test_words_for_people(orders: str, window: WindowProgram) -> None:
    assert program.must("status") == "orders  -  Off\n"
    first, *_, last = program.must("up", orders).splitlines()
    assert first.endswith("  orders: Connecting…")
    assert "  orders: Connected" in last
    assert program.must("up", orders).count("\n") == 1
    name, local, state = program.must("status", "ORDERS").split(maxsplit=2)
    assert (name, state[:9]) == (orders, "Connected")
    assert last.endswith(local)
    assert program.must("down", orders).endswith("  orders: Off\n")
    assert program.must("down", orders).endswith("  orders: Off\n")


@pytest.mark.usefixtures("trusted")
def test_what_was_saved_since_the_window_s_start_is_known(
    window: WindowProgram, server: OpenSshServer, key: KeyFile, service: TcpService
) -> None:
    assert program.must("status") == "No connections yet\n"
    assert program.must("status", "--json") == ""
    save("late", server, key, service)
    assert objects(program.must("up", "late", "--json"))[-1]["state"] == "up"


def test_a_failure_is_told_with_its_advice_and_an_answer_can_be_given(
    orders: str, window: WindowProgram, server: OpenSshServer
) -> None:
    refused = program.run("up", orders, "--json")
    assert refused.status == 1
    assert objects(refused.out)[-1]["cause"] == "host_key_unknown"
    fingerprint = fingerprint_of(server.host_key())
    assert f"--accept-host-key {fingerprint}" in refused.err
    accepted = program.must("up", orders, "--json", "--accept-host-key", fingerprint)
    assert objects(accepted)[-1]["state"] == "up"


@pytest.mark.usefixtures("trusted")
def test_a_host_key_is_replaced_in_the_window_by_whoever_names_it(
    orders: str, window: WindowProgram, server: OpenSshServer
) -> None:
    server.stop()
    server.new_host_keys()
    server.start()
    fingerprint = fingerprint_of(server.host_key())
    refused = program.run("up", orders, "--json", "--accept-host-key", fingerprint)
    assert refused.status == 1
    assert objects(refused.out)[-1]["cause"] == "host_key_changed"
    assert f"--replace-host-key {fingerprint}" in refused.err
    replaced = program.must("up", orders, "--json", "--replace-host-key", fingerprint)
    assert objects(replaced)[-1]["state"] == "up"


@pytest.mark.usefixtures("trusted")
def test_several_at_once_and_one_that_fails(
    orders: str, window: WindowProgram, server: OpenSshServer, key: KeyFile, service: TcpService
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
        program.must("add", "blocked", f"ssh -N -L {port}:{service.endpoint} -i {key.path} {at}")
        for _ in range(2):
            both = program.run("up", "blocked", orders, "--json")
            assert both.status == 1
            last = {event["connection"]: event for event in objects(both.out)}
            assert last["blocked"]["cause"] == "port_in_use"
            assert last[orders]["state"] == "up"
            assert str(port) in both.err


def test_an_unknown_name_is_wrong_use(orders: str, window: WindowProgram) -> None:
    for command in ("up", "down", "status"):
        said = program.run(command, orders, "nobody")
        assert (said.status, said.out) == (2, "")
        assert said.err.startswith("caponier: There is no connection named nobody\n")
    assert program.must("status") == "orders  -  Off\n"


def test_without_a_window_there_is_nothing_to_ask(orders: str) -> None:
    for words in (("status",), ("status", "--json"), ("down", orders)):
        said = program.run(*words)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith("caponier: Caponier is not running.")


@pytest.mark.usefixtures("trusted")
def test_here_runs_a_tunnel_of_its_own_beside_the_window(orders: str, window: WindowProgram) -> None:
    with program.up("--here", orders) as here:
        here.wait_for(state="up")
        (standing,) = objects(program.must("status", "--json"))
        assert standing["state"] == "off"


@pytest.mark.usefixtures("trusted")
def test_when_the_window_ends_first_the_command_says_so(orders: str, server: OpenSshServer) -> None:
    server.stop()
    with a_window() as window, program.up(orders) as waiting:
        waiting.wait_for(state="waiting")
        assert window.stop() == 0
        assert waiting.wait() == 1
        assert "does not answer" in waiting.err


def test_status_needs_neither_qt_nor_anything_heavy() -> None:
    heavy = {"PySide6", "paramiko", "keyring", "psutil", "platformdirs", "dataclasses", "pathlib", "typing"}
    code = (
        "import sys, json\nsys.argv = ['caponier', 'status', '--json']\n"
        "from desktop.__main__ import main\nmain()\nprint(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(json.loads(done.stdout))


def test_a_link_goes_to_the_window_that_runs_and_connects_nothing_by_itself(orders: str) -> None:
    with a_window():
        followed = program.run(f"caponier://connect/{orders}")
        assert (followed.status, followed.out, followed.err) == (0, "", "")
        (standing,) = objects(program.must("status", "--json"))
        assert standing["state"] == "off"
