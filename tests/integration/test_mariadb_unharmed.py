"""An hour of watching a MariaDB costs it nothing: it counts broken handshakes, and blocks the bastion after some.

Clients on loopback are exempt, so bastion and warehouse are hosts of their own here.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest

from desktop.core.errors import Cause
from desktop.core.model import Connection, Endpoint, Snapshot
from desktop.engine import warehouse_watch
from desktop.probe.identify import identify
from desktop.probe.look import is_harmless
from desktop.ssh.warehouse_look import Looker
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of
from tests.support.mariadb import MariaDb, mariadb
from tests.support.netns import Namespace, needs_namespaces, plug_cable
from tests.support.sshd import OpenSshServer
from tests.support.stage import connection_to, stage, with_key
from tests.support.system_user import SystemUser
from tests.support.waiting import wait_until

pytestmark = needs_namespaces

BASTION, WAREHOUSE = Endpoint("10.9.3.1", 2222), Endpoint("10.9.3.2", 3306)
# As if none of them were made rarer.
CHECKS_OF_AN_HOUR = 3600 // 5
COUNTED = ("Aborted_connects", "Connections", "Connection_errors_internal", "Connection_errors_peer_address")


class Hosts:
    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.bastion, self.warehouse = stack.enter_context(Namespace()), stack.enter_context(Namespace())
        plug_cable(self.bastion, "inward", self.warehouse, "outward")
        for host, device, at in (
            (self.bastion, "inward", BASTION),
            (self.warehouse, "outward", WAREHOUSE),
        ):
            host.ip("addr", "add", f"{at.host}/24", "dev", device)
            host.ip("link", "set", device, "up")


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with contextlib.ExitStack() as stack:
        yield Hosts(stack)


class Looks:
    """Counts when somebody would have looked. To be asked for a look is a failure."""

    def __init__(self) -> None:
        self.checks = 0
        self.made = 0

    def is_harmless(self, kind: str) -> bool:
        self.checks += 1
        return is_harmless(kind)

    def look(self, connection: Connection, sock: socket.socket) -> Cause | None:
        self.made += 1
        return None


def a_mariadb_that_can_name_the_bastion(path: Path) -> contextlib.AbstractContextManager[MariaDb]:
    """It counts the broken handshakes of hosts that it has a name for (MySQL documentation, "The Host Cache")."""
    hosts_path = path / "hosts"
    hosts_path.write_text(f"127.0.0.1 localhost\n{BASTION.host} bastion.internal\n")
    naming = ("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts_path))
    settings = (f"--port={WAREHOUSE.port}", "--performance-schema=ON")
    return mariadb(*settings, host=WAREHOUSE.host, run_by=naming)


def broken_handshakes(server: MariaDb) -> int:
    """Those of the bastion, by which it is blocked in the end (max_connect_errors)."""
    rows = server.admin("SELECT SUM(SUM_CONNECT_ERRORS) FROM performance_schema.host_cache")
    return int(str(rows[0][0] or 0))


def counters(server: MariaDb) -> dict[str, int]:
    names = ", ".join(f"'{name}'" for name in COUNTED)
    rows = server.admin(f"SHOW GLOBAL STATUS WHERE Variable_name IN ({names})")
    found = {str(name): int(str(value)) for name, value in rows}
    # The one that asks.
    return {**found, "Connections": found["Connections"] - 1, "host cache": broken_handshakes(server)}


def grown(server: MariaDb, before: dict[str, int]) -> dict[str, int]:
    """What has grown since `before`, whose own question counts as a connection."""
    after = counters(server)
    after["Connections"] -= 2
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


def refused(snapshot: Snapshot) -> bool:
    return snapshot.cause is not None and snapshot.cause.code == "warehouse_refused"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    monkeypatch.setattr(warehouse_watch, "FIRST_LOOK_S", 0.001)
    monkeypatch.setattr(warehouse_watch, "LAST_LOOK_S", 0.001)
    return Looks()


def test_an_hour_of_watching_breaks_no_handshake_and_a_single_connect_and_close_does(
    hosts: Hosts, looks: Looks, key: KeyFile, system_user: SystemUser, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(hosts.bastion.inside())
        server = stack.enter_context(OpenSshServer(user=system_user.name, keys=[key], at=BASTION))
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(server.known_hosts_line())
        looker = Looker(looks.is_harmless, looks.look, identify)
        running = stack.enter_context(stage(known_hosts, looker=looker))
        sales = replace(connection_to(WAREHOUSE, with_key(BASTION, server.user, key.path)), kind="mariadb")
        local = running.bring_up(sales)
        with pytest.raises(ConnectionResetError), client_of(local) as client:
            client.recv(1)
        running.wait_for(sales, refused)

        with hosts.warehouse.inside():
            warehouse_server = stack.enter_context(a_mariadb_that_can_name_the_bastion(tmp_path))
        before, checks = counters(warehouse_server), looks.checks
        wait_until(lambda: looks.checks >= checks + CHECKS_OF_AN_HOUR)
        assert grown(warehouse_server, before) == {}
        assert looks.made == 0
        assert refused(running.wait_for(sales, lambda now: now.state == "up"))

        with pymysql.connect(
            host=local.host, port=local.port, user=warehouse_server.user, password=warehouse_server.password
        ):
            running.wait_for(sales, lambda now: now.cause is None)
        broken = broken_handshakes(warehouse_server)
        assert broken == before["host cache"]

        with client_of(WAREHOUSE):
            pass
        wait_until(lambda: broken_handshakes(warehouse_server) > broken)
