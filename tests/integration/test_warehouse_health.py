"""What the first bytes of real programs' traffic tell of a warehouse, through a real bastion."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.errors import Cause
from desktop.core.model import Connection, Endpoint, Snapshot
from desktop.engine import warehouse_watch
from desktop.probe.identify import identify
from desktop.probe.look import is_harmless
from desktop.probe.look import look as look_at
from desktop.ssh import place_port
from desktop.ssh.warehouse_look import Looker
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, connection_to, stage, with_key
from tests.support.waiting import wait_until
from tests.unit.core.test_first_bytes import CANCEL, STARTUP, pg_error

pytestmark = pytest.mark.usefixtures("ssh_kind")

AUTHENTICATION_OK = b"R\x00\x00\x00\x08\x00\x00\x00\x00"


class Scripted:
    """What stands where PostgreSQL should: hears a first word, says `answer`, and hangs up unless it `stays`."""

    def __init__(self) -> None:
        self.answer = b""
        self.stays = False

    def serve(self, client: socket.socket) -> None:
        client.recv(1024)
        client.sendall(self.answer)
        if self.stays:
            client.recv(1024)


@pytest.fixture
def running(server: OpenSshServer, tmp_path: Path) -> Iterator[Stage]:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line())
    with stage(known_hosts) as each:
        yield each


@pytest.fixture
def script() -> Scripted:
    return Scripted()


@pytest.fixture
def warehouse(script: Scripted) -> Iterator[TcpService]:
    with TcpService(script.serve) as service:
        yield service


@pytest.fixture
def sales(server: OpenSshServer, key: KeyFile, warehouse: TcpService) -> Connection:
    way = with_key(server.endpoint, server.user, key.path)
    return replace(connection_to(warehouse.endpoint, way), kind="postgresql")


def code(snapshot: Snapshot) -> str:
    return snapshot.cause.code if snapshot.cause is not None else ""


def say(local: Endpoint, words: bytes) -> bytes:
    """The start of what came back."""
    with client_of(local) as client:
        client.sendall(words)
        with contextlib.suppress(ConnectionResetError):
            return client.recv(1024)
        return b""


def test_a_warehouse_that_hangs_up_starts_and_works_again_is_told_apart_from_its_bastion(
    running: Stage, sales: Connection, script: Scripted
) -> None:
    local = running.bring_up(sales)
    say(local, STARTUP)
    assert running.wait_for(sales, lambda now: code(now) == "warehouse_hung_up").state == "up"
    script.answer = pg_error("57P03", "the database system is starting up")
    say(local, STARTUP)
    running.wait_for(sales, lambda now: code(now) == "warehouse_starting")
    script.answer = AUTHENTICATION_OK
    assert say(local, STARTUP) == AUTHENTICATION_OK
    running.wait_for(sales, lambda now: now.state == "up" and now.cause is None)


def test_a_program_that_leaves_first_or_only_cancels_is_no_witness(
    running: Stage, sales: Connection, script: Scripted, warehouse: TcpService
) -> None:
    local = running.bring_up(sales)
    say(local, CANCEL)
    with client_of(local) as client:
        client.shutdown(socket.SHUT_WR)
    with client_of(local) as client:
        client.sendall(STARTUP)
        client.shutdown(socket.SHUT_WR)
        client.recv(1)
    wait_until(lambda: warehouse.connected == 0)
    # What is told next comes after anything that those could have led to.
    script.answer = pg_error("53300", "sorry, too many clients already")
    seen: list[str] = []
    running.engine.subscribe(lambda update: seen.extend(code(each) for each in update.changed))
    say(local, STARTUP)
    running.wait_for(sales, lambda now: code(now) == "warehouse_too_many_connections")
    assert "warehouse_hung_up" not in seen


def test_a_warehouse_that_says_nothing_is_called_silent_until_its_first_byte(
    running: Stage, sales: Connection, script: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_port, "LOOK_FOR_SILENT_EVERY_S", 0.02)
    monkeypatch.setattr(place_port, "SILENT_AFTER_S", 0.1)
    script.stays = True
    local = running.bring_up(sales)
    with client_of(local) as client:
        running.wait_for(sales, lambda now: now.clients == 1)
        assert code(running.wait_for(sales, lambda now: now.state == "up")) == ""
        client.sendall(STARTUP)
        running.wait_for(sales, lambda now: code(now) == "warehouse_silent")
    script.answer = AUTHENTICATION_OK
    say(local, STARTUP)
    running.wait_for(sales, lambda now: now.cause is None)


class Look:
    """Counts the looks that the program's own probe makes, and says where it would make one."""

    def __init__(self) -> None:
        self.looks = 0
        self.kinds: list[str] = []

    def is_harmless(self, kind: str) -> bool:
        self.kinds.append(kind)
        return is_harmless(kind)

    def look(self, connection: Connection, sock: socket.socket) -> Cause | None:
        self.looks += 1
        return look_at(connection, sock)


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    monkeypatch.setattr(warehouse_watch, "FIRST_LOOK_S", 0.05)
    monkeypatch.setattr(warehouse_watch, "LAST_LOOK_S", 0.05)
    return Look()


@pytest.fixture
def watching(server: OpenSshServer, tmp_path: Path, look: Look) -> Iterator[Stage]:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line())
    with stage(known_hosts, looker=Looker(look.is_harmless, look.look, identify)) as each:
        yield each


def test_a_warehouse_that_is_back_is_noticed_without_any_program(
    watching: Stage, sales: Connection, script: Scripted, look: Look, warehouse: TcpService
) -> None:
    local = watching.bring_up(sales)
    say(local, STARTUP)
    watching.wait_for(sales, lambda now: code(now) == "warehouse_hung_up")
    wait_until(lambda: look.looks >= 2)
    script.answer = b"N"
    watching.wait_for(sales, lambda now: now.cause is None)
    wait_until(lambda: warehouse.connected == 0)
    assert watching.engine.traffic(sales.id).sent == len(STARTUP)


def test_where_a_look_does_harm_not_even_the_way_is_opened(
    watching: Stage, sales: Connection, look: Look, warehouse: TcpService
) -> None:
    stock = replace(sales, kind="mariadb")
    local = watching.bring_up(stock)
    say(local, b"anything")
    watching.wait_for(stock, lambda now: code(now) == "warehouse_hung_up")
    wait_until(lambda: len(look.kinds) >= 10)
    assert (look.looks, warehouse.accepted) == (0, 1)


def test_a_look_that_the_end_of_the_program_cuts_off_is_no_finding_and_no_thread_stays(
    watching: Stage, sales: Connection, script: Scripted, look: Look
) -> None:
    local = watching.bring_up(sales)
    say(local, STARTUP)
    script.stays = True
    wait_until(lambda: look.looks == 1)
    watching.engine.disconnect(sales.id)
    watching.wait_for(sales, lambda now: now.state == "off")
