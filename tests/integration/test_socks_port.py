"""A local SOCKS port: its clients say where they want to go, and are otherwise treated as any client is."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from desktop.core.model import AnyHost, Connection, Endpoint
from desktop.ssh.early import EARLY_BYTES
from tests.support import program
from tests.support.echo import TcpService, refusing_endpoint, source
from tests.support.keys import KeyFile
from tests.support.lanes import EXPORT_BYTES, Export, attached, count_carriers, open_on
from tests.support.local_clients import answer, client_of, receive, reset
from tests.support.relay_stage import RelayStage, relay_stage
from tests.support.socks import GRANTED, HELLO, ask, asking, led_to, request_for, verdict
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of, with_key
from tests.support.system_user import SystemUser
from tests.support.waiting import wait_until

both_kinds = pytest.mark.usefixtures("ssh_kind")
MANY = 500
TOLD = b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"


@pytest.fixture
def impatient(server: OpenSshServer, key: KeyFile, known_hosts: Path) -> Iterator[RelayStage]:
    """Waits for nobody for long."""
    hop = with_key(server.endpoint, server.user, key.path)
    with relay_stage(hop, known_hosts, park_timeout_s=0.3) as running:
        yield running


def open_port(stage: RelayStage) -> tuple[Connection, Endpoint]:
    return stage.open_port(AnyHost(), "any host")


def is_reset(client: socket.socket) -> bool:
    try:
        return client.recv(1) != b""
    except ConnectionResetError:
        return True


def web_site() -> TcpService:
    def serve(client: socket.socket) -> None:
        said = b""
        while b"\r\n\r\n" not in said and (more := client.recv(4096)):
            said += more
        client.sendall(TOLD)

    return TcpService(serve)


def greeter() -> TcpService:
    """Speaks first, as MySQL does."""

    def serve(client: socket.socket) -> None:
        client.sendall(b"welcome")
        while data := client.recv(4096):
            client.sendall(data)

    return TcpService(serve)


# -- ways that open ----------------------------------------------------------------------------------------------


@both_kinds
def test_each_client_gets_where_it_asks(stage: RelayStage, service: TcpService) -> None:
    connection, local = open_port(stage)
    stage.attached()
    with greeter() as other, led_to(local, service.endpoint) as one, led_to(local, other.endpoint) as two:
        assert receive(two, 7) == b"welcome"
        assert answer(one, b"select 1") == b"select 1"
        destinations = {client.destination for client in stage.relay.clients(connection.id)}
        assert destinations == {service.endpoint, other.endpoint}
        stage.wait_for_counts(connection, is_open=2)


@both_kinds
@pytest.mark.parametrize("size", [1, EARLY_BYTES, 5 * EARLY_BYTES + 7])
def test_what_was_said_without_waiting_for_an_answer_arrives(
    stage: RelayStage, service: TcpService, size: int
) -> None:
    said = bytes(number % 251 for number in range(size))
    connection, local = open_port(stage)
    with client_of(local) as client:
        client.sendall(HELLO + request_for(service.endpoint) + said[:8])
        assert receive(client, 2) == b"\x05\x00"
        stage.wait_for_counts(connection, parked=1)
        client.sendall(said[8:])
        client.shutdown(socket.SHUT_WR)
        stage.attached()
        assert verdict(client) == GRANTED
        assert receive(client, size) == said
        assert client.recv(1) == b""
    stage.wait_for_counts(connection)
    traffic = stage.relay.traffic(connection.id)
    assert (traffic.sent, traffic.received) == (size, size)


@both_kinds
def test_the_answer_comes_before_the_first_word_of_the_server(stage: RelayStage) -> None:
    _, local = open_port(stage)
    stage.attached()
    with greeter() as server:
        for _ in range(50):
            with asking(local, server.endpoint) as client:
                assert verdict(client) == GRANTED
                assert receive(client, 7) == b"welcome"


@pytest.mark.parametrize("option", ["--socks5-hostname", "--socks5", "--socks4a", "--socks4"])
def test_curl_gets_through_by_every_version(stage: RelayStage, option: str) -> None:
    _, local = open_port(stage)
    stage.attached()
    with web_site() as site:
        command = ["curl", "-sS", "--max-time", "10", option, str(local), f"http://{site.endpoint}/"]
        done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello\n", "")


def test_a_program_that_takes_it_for_an_http_proxy_is_told(stage: RelayStage) -> None:
    _, local = open_port(stage)
    command = ["curl", "-sS", "--max-time", "10", "--proxy", f"http://{local}", "http://db.internal/"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "This is a SOCKS port of Caponier, and no HTTP proxy." in done.stdout
    command[-1] = "https://db.internal/"
    assert "501" in subprocess.run(command, capture_output=True, text=True).stderr


# -- outages and lanes -------------------------------------------------------------------------------------------


@both_kinds
def test_a_client_of_an_outage_is_heard_at_once_and_answered_after_it(
    stage: RelayStage, service: TcpService
) -> None:
    connection, local = open_port(stage)
    with asking(local, service.endpoint) as client:
        stage.wait_for_counts(connection, parked=1)
        (waiting,) = stage.relay.clients(connection.id)
        assert (waiting.parked, waiting.destination) == (True, service.endpoint)
        stage.attached()
        assert verdict(client) == GRANTED
        assert answer(client, b"select 1") == b"select 1"


@both_kinds
def test_clients_of_a_session_that_ends_are_reset_and_new_ones_wait_for_the_next(
    stage: RelayStage, service: TcpService
) -> None:
    connection, local = open_port(stage)
    session = stage.attached()
    with led_to(local, service.endpoint) as client:
        stage.wait_for_counts(connection, is_open=1)
        stage.relay.detach(session)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    stage.settle()
    ((_, (lost,)),) = stage.notes.lost
    assert lost.destination == service.endpoint
    with asking(local, service.endpoint) as client:
        stage.wait_for_counts(connection, parked=1)
        stage.attached()
        assert verdict(client) == GRANTED


def test_a_client_that_waited_too_long_is_told(impatient: RelayStage, service: TcpService) -> None:
    _, local = open_port(impatient)
    with asking(local, service.endpoint) as client:
        assert verdict(client) == 1
        assert client.recv(1) == b""


def test_a_client_is_told_while_only_the_person_can_help(stage: RelayStage, service: TcpService) -> None:
    _, local = open_port(stage)
    stage.relay.refuse()
    with asking(local, service.endpoint) as client:
        assert verdict(client) == 1


@both_kinds
def test_beside_an_export_a_query_goes_over_a_lane_of_its_own(
    stage: RelayStage, service: TcpService, server: OpenSshServer
) -> None:
    session = attached(stage)
    _, local = open_port(stage)
    with source(EXPORT_BYTES) as warehouse, led_to(local, warehouse.endpoint) as client:
        export = Export(client)
        wait_until(lambda: count_carriers(stage, session) == 2)
        with led_to(local, service.endpoint) as query:
            assert answer(query, b"select 1") == b"select 1"
            assert open_on(stage, session) == [1, 1]
        export.finish()
    server.expect_logins(2)


# -- refusals ----------------------------------------------------------------------------------------------------


@both_kinds
def test_a_host_that_refuses_is_news_of_that_host_alone(stage: RelayStage, service: TcpService) -> None:
    _, local = open_port(stage)
    stage.attached()
    nobody = refusing_endpoint()
    for _ in range(3):
        with asking(local, nobody) as client:
            assert verdict(client) == 5
            assert client.recv(1) == b""
    with led_to(local, service.endpoint) as client:
        assert answer(client, b"select 1") == b"select 1"
    assert [(cause.code, cause.fact("target")) for cause in stage.notes.destinations] == [
        ("warehouse_refused", str(nobody))
    ]
    assert stage.notes.refused == []


@both_kinds
def test_a_name_that_the_bastion_can_t_find_is_told(stage: RelayStage) -> None:
    _, local = open_port(stage)
    stage.attached()
    with asking(local, Endpoint("no-such-host.invalid", 443)) as client:
        assert verdict(client) == 4
    assert [cause.code for cause in stage.notes.destinations] == ["warehouse_name_not_found"]


@both_kinds
def test_a_host_that_the_bastion_forbids_is_told(
    key: KeyFile, system_user: SystemUser, service: TcpService, tmp_path: Path
) -> None:
    known_hosts = tmp_path / "known_hosts"
    allowed = f"PermitOpen {service.endpoint}"
    with OpenSshServer(allowed, user=system_user.name, keys=[key]) as server:
        known_hosts.write_text(server.known_hosts_line())
        with relay_stage(with_key(server.endpoint, server.user, key.path), known_hosts) as stage:
            _, local = open_port(stage)
            stage.attached()
            with asking(local, Endpoint("127.0.0.1", 1)) as client:
                assert verdict(client) == 2
            with led_to(local, service.endpoint) as client:
                assert answer(client, b"select 1") == b"select 1"
    assert [cause.code for cause in stage.notes.destinations] == ["forward_prohibited"]


def test_many_hosts_that_refuse_do_not_flood_the_log(stage: RelayStage) -> None:
    _, local = open_port(stage)
    stage.attached()
    for number in range(20):
        with asking(local, Endpoint(f"no-{number}.invalid", 443)) as client:
            assert verdict(client) == 4
    assert len(stage.notes.destinations) == 5


# -- programs that misbehave -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01", b"\x04\x01" + b"x" * 700, HELLO + b"\x06", b"\x05\x01\x02"], ids=repr
)
def test_what_is_no_request_ends_at_once_and_disturbs_nobody(
    stage: RelayStage, service: TcpService, said: bytes
) -> None:
    _, local = open_port(stage)
    stage.attached()
    with client_of(local) as odd, contextlib.suppress(ConnectionResetError):
        odd.sendall(said)
        while odd.recv(16):
            pass
    with led_to(local, service.endpoint) as client:
        assert answer(client, b"select 1") == b"select 1"


def test_a_program_that_never_ends_its_request_is_not_waited_for(impatient: RelayStage) -> None:
    connection, local = open_port(impatient)
    impatient.attached()
    with client_of(local) as slow, client_of(local) as silent:
        slow.sendall(HELLO + b"\x05\x01")
        assert receive(slow, 2) == b"\x05\x00"
        assert is_reset(slow)
        assert is_reset(silent)
    assert impatient.relay.clients(connection.id) == ()


def test_a_program_that_leaves_in_the_middle_of_its_request_leaves_nothing(stage: RelayStage) -> None:
    connection, local = open_port(stage)
    stage.settle()
    before = psutil.Process().num_fds()
    for leave in (socket.socket.close, reset):
        for said in (b"", b"\x05", HELLO, HELLO + b"\x05\x01\x00\x03\x05ab"):
            with client_of(local) as client:
                client.sendall(said)
                leave(client)
    wait_until(lambda: psutil.Process().num_fds() == before)
    assert stage.relay.clients(connection.id) == ()


def test_programs_in_the_middle_of_their_request_are_reset_with_the_port(stage: RelayStage) -> None:
    connection, local = open_port(stage)
    with client_of(local) as client:
        client.sendall(HELLO)
        assert receive(client, 2) == b"\x05\x00"
        stage.relay.close_port(connection.id)
        assert is_reset(client)


@both_kinds
def test_five_hundred_clients_at_once_are_all_led_and_leave_nothing(
    stage: RelayStage, service: TcpService
) -> None:
    connection, local = open_port(stage)
    stage.attached()
    stage.settle()
    before = psutil.Process().num_fds()
    with contextlib.ExitStack() as everybody:
        clients = [everybody.enter_context(client_of(local)) for _ in range(MANY)]
        for client in clients:
            client.sendall(HELLO + request_for(service.endpoint))
        for number, client in enumerate(clients):
            assert receive(client, 2) == b"\x05\x00"
            assert verdict(client) == GRANTED
            assert answer(client, b"client %03d" % number) == b"client %03d" % number
    stage.wait_for_counts(connection)
    wait_until(lambda: service.connected == 0)
    wait_until(lambda: psutil.Process().num_fds() <= before)


def test_a_hundred_that_stay_silent_do_not_hold_up_the_others(stage: RelayStage, service: TcpService) -> None:
    _, local = open_port(stage)
    stage.attached()
    with contextlib.ExitStack() as everybody:
        for _ in range(100):
            everybody.enter_context(client_of(local)).sendall(b"\x05")
        with led_to(local, service.endpoint) as client:
            assert answer(client, b"select 1") == b"select 1"


def test_a_client_that_leaves_while_it_is_parked_does_not_reach_the_host(
    stage: RelayStage, service: TcpService
) -> None:
    connection, local = open_port(stage)
    with client_of(local) as client:
        ask(client, service.endpoint)
        stage.wait_for_counts(connection, parked=1)
    stage.attached()
    stage.wait_for_counts(connection)
    assert service.accepted == 0


# -- the command line --------------------------------------------------------------------------------------------


def test_the_command_line_saves_lists_and_checks_it(server: OpenSshServer, key: KeyFile) -> None:
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", "lake", "--kind", "snowflake", f"ssh -N -D 1080 -i {key.path} {at}")
    folder = Path.home() / ".ssh"
    folder.mkdir(exist_ok=True)
    (folder / "known_hosts").write_text(server.known_hosts_line())

    assert "lake: Snowflake and any other host (SOCKS) through" in program.must("list")
    listed = json.loads(program.must("list", "--json"))
    assert (listed["target"], listed["socks"], listed["local_port"]) == (None, True, 1080)
    stages = [json.loads(line) for line in program.must("check", "lake", "--json").splitlines()]
    assert [each["stage"] for each in stages] == ["route", "ssh", "host_key", "login", "forward"]
    assert all(each["ok"] for each in stages)
    assert stages[-1]["detail"].startswith("any host")


def test_a_host_that_refuses_is_told_once_while_the_tunnel_stays_up(
    server: OpenSshServer, key: KeyFile, service: TcpService
) -> None:
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    program.must("add", "lake", f"ssh -N -D 0 -i {key.path} {at}")
    nobody = refusing_endpoint()
    with program.up("lake", "--accept-host-key", fingerprint_of(server.host_key())) as running:
        with asking(running.port(), nobody) as client:
            assert verdict(client) == 5
        running.wait_for_words(f"lake: The warehouse {nobody} refused the connection")
        with led_to(running.port(), service.endpoint) as client:
            assert answer(client, b"select 1") == b"select 1"
        assert running.stop() == 0
    assert all(event["cause"] is None for event in running.events if event["state"] == "up")
