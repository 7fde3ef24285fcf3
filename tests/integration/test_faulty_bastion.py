"""The server that other tests trust to misbehave: it does what it says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from desktop.core.model import Endpoint
from tests.support.bastion import FaultyBastion, ForwardAnswer, Welcome
from tests.support.echo import TcpService
from tests.support.keys import make_key
from tests.support.ssh_clients import open_forward, paramiko_client
from tests.support.waiting import wait_until


@pytest.fixture
def bastion() -> Iterator[FaultyBastion]:
    with FaultyBastion() as running:
        yield running


def _log_in(client: paramiko.Transport) -> None:
    client.auth_password(FaultyBastion.user, FaultyBastion.password)


def _first_bytes(bastion: FaultyBastion, timeout_s: float = 10.0) -> bytes:
    with socket.create_connection((bastion.endpoint.host, bastion.endpoint.port), timeout_s) as client:
        return client.recv(100)


def test_without_a_fault_it_is_a_bastion_that_counts(bastion: FaultyBastion, service: TcpService) -> None:
    with paramiko_client(bastion.endpoint) as client:
        with pytest.raises(paramiko.AuthenticationException):
            client.auth_password(bastion.user, "wrong")
        _log_in(client)
        for _ in range(3):
            channel = open_forward(client, service.endpoint)
            channel.sendall(b"x")
            assert channel.recv(1) == b"x"
    assert bastion.counts.tcp_connections == 1
    assert bastion.counts.attempts == {"password": 2}
    assert bastion.counts.logins == 1
    assert bastion.counts.forwards == 3


def test_a_frozen_server_keeps_its_connections_and_says_nothing(
    bastion: FaultyBastion, service: TcpService
) -> None:
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client)
        channel = open_forward(client, service.endpoint)
        bastion.freeze()
        channel.sendall(b"are you there?")
        channel.settimeout(0.5)
        with pytest.raises(TimeoutError):
            channel.recv(100)
        with pytest.raises(TimeoutError):
            _first_bytes(bastion, timeout_s=0.3)
        bastion.thaw()
        channel.settimeout(10)
        assert channel.recv(100) == b"are you there?"


def test_dropped_connections_are_reset_and_new_ones_served(bastion: FaultyBastion) -> None:
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client)
        bastion.drop()
        wait_until(lambda: not client.is_active())
        assert bastion.sessions == 0
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client)


def test_a_silent_port_that_is_dropped_is_reset(bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.SILENCE
    with socket.create_connection((bastion.endpoint.host, bastion.endpoint.port)) as client:
        bastion.wait_for(lambda counts: counts.tcp_connections == 1)
        wait_until(lambda: bastion.waiting == 1)
        bastion.drop()
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_stopped_server_refuses_and_comes_back_on_its_port(bastion: FaultyBastion) -> None:
    at = bastion.endpoint
    key = bastion.host_key
    bastion.refuse()
    with pytest.raises(ConnectionRefusedError):
        _first_bytes(bastion)
    bastion.listen()
    with paramiko_client(at) as client:
        _log_in(client)
        bastion.restart()
        assert bastion.host_key == key
    assert bastion.endpoint == at


def test_a_rebuilt_server_shows_another_host_key(bastion: FaultyBastion) -> None:
    before = bastion.host_key
    bastion.restart(new_key=True)
    with paramiko_client(bastion.endpoint) as client:
        shown = client.get_remote_server_key()
        assert f"{shown.get_name()} {shown.get_base64()}" == bastion.host_key != before


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ForwardAnswer.PROHIBITED, paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED),
        (ForwardAnswer.CONNECT_FAILED, paramiko.OPEN_FAILED_CONNECT_FAILED),
    ],
)
def test_a_forward_is_refused_with_the_code_that_was_asked_for(
    bastion: FaultyBastion, answer: ForwardAnswer, code: int
) -> None:
    bastion.forward_answer = answer
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client)
        with pytest.raises(paramiko.ChannelException) as refused:
            open_forward(client, Endpoint("db.internal", 5432))
    assert refused.value.code == code


def test_a_forward_that_is_never_answered_leaves_the_others_alone(
    bastion: FaultyBastion, service: TcpService
) -> None:
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client)
        channel = open_forward(client, service.endpoint)
        bastion.forward_answer = ForwardAnswer.NOTHING
        with pytest.raises(paramiko.SSHException, match="Timeout"):
            client.open_channel("direct-tcpip", ("db.internal", 1), ("127.0.0.1", 1), timeout=0.3)
        channel.sendall(b"x")
        assert channel.recv(1) == b"x"


def test_it_refuses_logins_that_would_be_right(bastion: FaultyBastion) -> None:
    bastion.rejects_logins = True
    with paramiko_client(bastion.endpoint) as client, pytest.raises(paramiko.AuthenticationException):
        _log_in(client)
    assert bastion.counts.attempts == {"password": 1}
    assert bastion.counts.logins == 0


def test_a_method_it_does_not_offer_is_named_in_its_answer(bastion: FaultyBastion) -> None:
    bastion.methods = ("publickey",)
    with paramiko_client(bastion.endpoint) as client:
        with pytest.raises(paramiko.BadAuthenticationType) as refused:
            _log_in(client)
        assert refused.value.allowed_types == ["publickey"]


def test_it_asks_for_a_password_by_keyboard_interactive() -> None:
    with (
        FaultyBastion(methods=("keyboard-interactive",)) as bastion,
        paramiko_client(bastion.endpoint) as client,
    ):
        client.auth_interactive(bastion.user, lambda title, text, prompts: [bastion.password])
        assert client.is_authenticated()
        assert bastion.counts.attempts == {"keyboard-interactive": 1}


def test_a_known_public_key_logs_in_and_counts_once(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    with FaultyBastion([key.public_line]) as bastion, paramiko_client(bastion.endpoint) as client:
        client.auth_publickey(bastion.user, paramiko.Ed25519Key(filename=str(key.path)))
        assert bastion.counts.attempts == {"publickey": 1}
        bastion.wait_for(lambda counts: counts.logins == 1)


def test_a_late_banner_comes(bastion: FaultyBastion) -> None:
    bastion.banner_delay_s = 0.5
    with pytest.raises(TimeoutError):
        _first_bytes(bastion, timeout_s=0.1)
    assert _first_bytes(bastion).startswith(b"SSH-2.0-")


@pytest.mark.parametrize(
    ("welcome", "start"),
    [(Welcome.HTTP, b"HTTP/1.1 400"), (Welcome.SHEDDING, b""), (Welcome.SHEDDING_ALOUD, b"Not allowed")],
)
def test_a_port_may_be_no_ssh_server(bastion: FaultyBastion, welcome: Welcome, start: bytes) -> None:
    bastion.welcome = welcome
    answer = _first_bytes(bastion)
    assert answer[: len(start) or None] == start


def test_a_port_may_reset_who_comes(bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.RESET
    with pytest.raises(ConnectionResetError):
        _first_bytes(bastion)


def test_it_may_fall_silent_in_the_middle_of_a_login(bastion: FaultyBastion) -> None:
    bastion.freezes_at_login = True
    with paramiko_client(bastion.endpoint) as client:
        client.auth_timeout = 0.3
        with pytest.raises(paramiko.AuthenticationException, match="timeout"):
            _log_in(client)
    assert bastion.counts.attempts == {"password": 1}
