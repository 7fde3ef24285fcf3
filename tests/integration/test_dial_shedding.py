"""A server that turns connections away is busy, whichever way it says so; it is never "not an SSH server"."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint, Hop
from tests.support.bastion import FaultyBastion, Welcome
from tests.support.dialling import dialling
from tests.support.keys import KeyFile
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.system_user import SystemUser
from tests.support.waiting import wait_until


def code_of(hop: Hop, known_hosts: Path) -> str:
    """Why a dial failed; empty where it did not."""
    with dialling(hop, known_hosts) as (_, outcome):
        if outcome.logged_in():
            return ""
        assert outcome.cause is not None
        return outcome.cause.code


@pytest.mark.parametrize("welcome", [Welcome.SHEDDING, Welcome.SHEDDING_ALOUD, Welcome.RESET])
def test_it_hangs_up_without_a_word_or_with_some(welcome: Welcome, key: KeyFile, tmp_path: Path) -> None:
    with FaultyBastion() as bastion:
        bastion.welcome = welcome
        hop = with_key(bastion.endpoint, bastion.user, key.path)
        assert code_of(hop, tmp_path / "known_hosts") == "server_shedding"
        assert bastion.counts.tcp_connections == 1


@pytest.mark.parametrize("words", [b"Exceeded MaxStartups\r\n", b"Welcome!\r\nNot allowed at this time\r\n"])
def test_the_words_count_not_how_the_connection_ends(words: bytes, key: KeyFile, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hop = with_key(Endpoint("127.0.0.1", listener.getsockname()[1]), "me", key.path)
        with dialling(hop, tmp_path / "known_hosts") as (_, outcome):
            client, _ = listener.accept()
            client.sendall(words)
            client.close()
            assert not outcome.logged_in()
            assert outcome.cause is not None
            assert outcome.cause.code == "server_shedding"


@pytest.mark.parametrize("start", [b"SSH-2.0-Open", b"SSH-2.0-OpenSSH_9.9\r\n"])
def test_one_that_has_begun_to_speak_is_lost(start: bytes, key: KeyFile, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hop = with_key(Endpoint("127.0.0.1", listener.getsockname()[1]), "me", key.path)
        with dialling(hop, tmp_path / "known_hosts") as (_, outcome):
            client, _ = listener.accept()
            client.sendall(start)
            client.close()
            assert not outcome.logged_in()
            assert outcome.cause is not None
            assert outcome.cause.code == "peer_lost"


def test_sshd_past_its_max_startups(key: KeyFile, system_user: SystemUser, tmp_path: Path) -> None:
    with OpenSshServer("MaxStartups 1", user=system_user.name, keys=[key]) as server:
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(server.known_hosts_line())
        hop = with_key(server.endpoint, server.user, key.path)
        with idle_connection(server):
            assert code_of(hop, known_hosts) == "server_shedding"
        wait_until(lambda: code_of(hop, known_hosts) == "")


@contextlib.contextmanager
def idle_connection(server: OpenSshServer) -> Iterator[None]:
    """One that never logs in, and that sshd has counted."""
    with socket.create_connection((server.endpoint.host, server.endpoint.port)) as client:
        assert client.recv(4) == b"SSH-"
        yield
