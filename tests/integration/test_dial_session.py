"""What a session tells about the path it uses, from the dial to its end."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from desktop.core.model import SecretKind
from desktop.ssh.session import SshSession
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.dialling import bastion as bastion
from tests.support.dialling import dialling
from tests.support.dialling import known_hosts as known_hosts
from tests.support.echo import TcpService
from tests.support.full_server import FullServer
from tests.support.full_server import full_server as full_server
from tests.support.stage import with_password
from tests.support.waiting import wait_until

TCP_USER_TIMEOUT = 18  # tcp(7); the name is missing on other systems
SECRETS = {SecretKind.SSH_PASSWORD: FaultyBastion.password}


def ping(session: SshSession) -> None:
    """With the test's thread in place of a relay's."""
    session.ping()
    session.lane.run_queue()


def test_the_host_is_reached_before_it_says_a_word(known_hosts: Path, bastion: FaultyBastion) -> None:
    bastion.welcome = Welcome.SILENCE
    with dialling(with_password(bastion.endpoint, bastion.user), known_hosts, SECRETS) as (session, outcome):
        outcome.wait_until_reached()
        assert session.addresses == ("127.0.0.1", "127.0.0.1")


def test_a_host_that_is_not_reached_has_no_addresses(known_hosts: Path, full_server: FullServer) -> None:
    with dialling(with_password(full_server.endpoint, "me"), known_hosts, SECRETS) as (session, outcome):
        full_server.wait_for_a_knock()
        assert session.addresses is None
        before_s = session.silent_s()
        wait_until(lambda: session.silent_s() > before_s)
        full_server.make_room()
        session.nudge()
        outcome.wait_until_reached()
        assert session.addresses is not None


def test_every_answer_ends_the_silence(known_hosts: Path, bastion: FaultyBastion) -> None:
    with dialling(with_password(bastion.endpoint, bastion.user), known_hosts, SECRETS) as (session, outcome):
        assert outcome.logged_in(), outcome.cause
        bastion.freeze()
        wait_until(lambda: session.silent_s() > 0.3)
        silent_s = session.silent_s()
        ping(session)
        bastion.thaw()
        wait_until(lambda: session.silent_s() < silent_s)


def test_a_nudge_leaves_a_session_alone_that_is_up(known_hosts: Path, bastion: FaultyBastion) -> None:
    with dialling(with_password(bastion.endpoint, bastion.user), known_hosts, SECRETS) as (session, outcome):
        assert outcome.logged_in(), outcome.cause
        session.nudge()
        ping(session)
        outcome.wait_for_a_pong()
    assert bastion.counts.tcp_connections == 1


def test_the_path_is_known_after_several_answers(known_hosts: Path, bastion: FaultyBastion) -> None:
    with dialling(with_password(bastion.endpoint, bastion.user), known_hosts, SECRETS) as (session, outcome):
        assert outcome.logged_in(), outcome.cause
        lane = session.lane

        def is_known() -> bool:
            # In place of a relay's thread: one question leads to the next.
            lane.run_queue()
            return lane.round_trip_s is not None

        assert not is_known()
        session.ping()
        wait_until(is_known)
        outcome.wait_for_a_pong()


def test_a_session_that_the_server_resets_is_a_lost_peer(known_hosts: Path, bastion: FaultyBastion) -> None:
    with dialling(with_password(bastion.endpoint, bastion.user), known_hosts, SECRETS) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
        bastion.drop()
        outcome.wait_for_end()
        assert outcome.cause is not None
        assert outcome.cause.code == "peer_lost"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be told")
def test_the_kernel_is_told_to_be_eager_and_patient(known_hosts: Path, bastion: FaultyBastion) -> None:
    with dialling(with_password(bastion.endpoint, bastion.user), known_hosts, SECRETS) as (session, outcome):
        assert outcome.logged_in(), outcome.cause
        assert session._chain is not None
        wire = session._chain.last._wire
        assert wire is not None
        # A descriptor of our own: the session closes its own as soon as it is hung up.
        with socket.socket(fileno=os.dup(wire.fileno())) as twin:
            assert twin.getsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT) >= 15 * 60 * 1000
            wire.hang_up()
            assert twin.getsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT) == 0


@pytest.mark.parametrize(
    "greeting", [b"SSH-\x1b[2J\x07-x\r\n", b"SSH-1.5-\x1b[2J\r\n", b"\x1b[2J is no server\r\n"]
)
@pytest.mark.usefixtures("ssh_kind")
def test_nothing_that_a_host_calls_itself_moves_the_cursor(known_hosts: Path, greeting: bytes) -> None:
    def greet(client: socket.socket) -> None:
        client.sendall(greeting)
        while client.recv(1024):
            pass

    with (
        TcpService(greet) as odd,
        dialling(with_password(odd.endpoint, "me"), known_hosts, SECRETS) as (_, outcome),
    ):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert outcome.cause.code in ("no_common_algorithm", "not_ssh")
    assert all(value.isprintable() for _, value in outcome.cause.facts), outcome.cause.facts
