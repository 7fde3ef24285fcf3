"""A bastion that can't be reached, or is none: what `up` says about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint
from tests.support import program
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.echo import refusing_endpoint
from tests.support.keys import make_key

SHORT_PATIENCE = "import desktop.ssh.hop_connection as hop; hop.HANDSHAKE_TIMEOUT_S = 0.6"


@pytest.fixture
def bastion() -> Iterator[FaultyBastion]:
    with FaultyBastion() as running:
        yield running


def add(tmp_path: Path, bastion: Endpoint) -> None:
    key = make_key(tmp_path)
    command = f"ssh -N -L 0:db.internal:5432 -i {key.path} -p {bastion.port} me@{bastion.host}"
    program.must("add", "orders", command)


def keeps_trying(cause: str, title: str, advice: str, first: str = "") -> None:
    with program.up("orders", first=first) as running:
        running.wait_for(state="waiting", cause=cause)
        running.wait_for_words(advice)
        assert f"orders: {title}" in running.err
        assert running.stop() == 0


def gives_up(cause: str, title: str, advice: str) -> None:
    with program.up("orders") as running:
        running.wait_for(state="failed", cause=cause)
        assert running.wait() == 1
        assert f"orders: {title}" in running.err
        assert advice in running.err


def test_an_unknown_host_is_named(tmp_path: Path) -> None:
    add(tmp_path, Endpoint("no-such-bastion.invalid", 22))
    keeps_trying(
        "name_not_found",
        "The name no-such-bastion.invalid was not found",
        "Check the spelling",
    )


def test_a_refused_port_is_told_from_a_dead_host(tmp_path: Path) -> None:
    nobody = refusing_endpoint()
    add(tmp_path, nobody)
    title = f"{nobody.host} refused the connection on port {nobody.port}"
    keeps_trying("bastion_refused", title, "whether the SSH server is running")


def test_the_advice_is_given_once_however_many_attempts_fail(tmp_path: Path) -> None:
    add(tmp_path, refusing_endpoint())
    with program.up("orders") as running:
        running.wait_for(state="waiting", cause="bastion_refused", attempt=3)
        assert running.err.count("whether the SSH server is running") == 1


def test_a_silent_port_is_given_up_at_the_deadline(tmp_path: Path, bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.SILENCE
    add(tmp_path, bastion.endpoint)
    title = (
        f"{bastion.endpoint.host} accepted the connection on port {bastion.endpoint.port}, then stayed silent"
    )
    advice = "something other than SSH may listen there"
    keeps_trying("bastion_timeout", title, advice, first=SHORT_PATIENCE)


def test_a_server_that_falls_silent_after_its_banner_is_given_up_at_the_deadline(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        at = Endpoint("127.0.0.1", listener.getsockname()[1])
        add(tmp_path, at)
        with program.up("orders", first=SHORT_PATIENCE) as running:
            client, _ = listener.accept()
            with client:
                client.sendall(b"SSH-2.0-Banner_only\r\n")
                running.wait_for(state="waiting", cause="bastion_timeout")
                running.wait_for_words("stopped answering while the encryption was being agreed")


def test_a_web_server_is_no_bastion(tmp_path: Path, bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.HTTP
    add(tmp_path, bastion.endpoint)
    title = f"Port {bastion.endpoint.port} of {bastion.endpoint.host} is not an SSH server"
    gives_up("not_ssh", title, "It answered: HTTP/1.1 400 Bad Request. Check the port")


def test_a_server_that_hangs_up_before_its_banner_is_busy(tmp_path: Path, bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.SHEDDING
    add(tmp_path, bastion.endpoint)
    title = f"{bastion.endpoint.host} is turning connections away"
    keeps_trying("server_shedding", title, "MaxStartups")


def test_waiting_for_a_silent_port_can_be_called_off(tmp_path: Path, bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.SILENCE
    add(tmp_path, bastion.endpoint)
    with program.up("orders") as running:
        bastion.wait_for(lambda counts: counts.tcp_connections == 1)
        assert running.stop() == 0
    assert [event["state"] for event in running.events] == ["connecting", "closing", "off"]
