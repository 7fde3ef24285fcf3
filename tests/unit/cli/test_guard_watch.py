"""What an ``up`` that runs takes over of a connection that somebody else saved meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.cli.guard_watch import GuardWatch
from desktop.core.identity import Guard, WarehouseIdentity
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route
from desktop.core.tls import Tls, TlsMode
from desktop.store.connections import ConnectionsFile
from desktop.store.connections_watch import ConnectionsWatch
from desktop.store.paths import Paths
from tests.support.standins import StandInTunnels

SALES = Connection("Sales", Route((Hop("bastion", "me"),)), Forward(Endpoint("db", 5432), 15432))
STOCK = Connection("Stock", Route((Hop("bastion", "me"),)), Forward(Endpoint("db", 5433)))
GUARD = Guard(True, WarehouseIdentity(certificate="SHA256:one"))
TLS = Tls(TlsMode.REQUIRE)


class Terminal:
    """An ``up Sales`` that runs, and the file that others save into."""

    def __init__(self, paths: Paths) -> None:
        self.store = ConnectionsFile(paths)
        self.store.save([SALES, STOCK])
        self.told: list[Connection] = []
        tunnels = StandInTunnels()
        tunnels.subscribe(lambda update: self.told.extend(each.connection for each in update.changed))
        self.watch = GuardWatch(ConnectionsWatch(paths), tunnels, [SALES])
        self.watch.look()

    def look_after(self, *saved: Connection) -> None:
        self.store.save(saved)
        self.watch.look()


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(Paths.under(tmp_path))


def test_a_guard_that_is_given_changed_or_removed_reaches_the_tunnel(terminal: Terminal) -> None:
    assert terminal.told == []
    for saved in (replace(SALES, guard=GUARD), replace(SALES, guard=GUARD, tls=TLS), SALES):
        terminal.look_after(saved, STOCK)
        terminal.watch.look()
        assert terminal.told.pop() == saved
        assert terminal.told == []


def test_what_else_is_edited_waits_for_the_next_start(terminal: Terminal) -> None:
    renamed = replace(SALES, name="Sold", forward=Forward(Endpoint("db", 5432), 1), guard=GUARD)
    terminal.look_after(renamed)
    assert terminal.told == [replace(SALES, guard=GUARD)]


@pytest.mark.parametrize(
    "saved",
    [
        STOCK,
        replace(STOCK, guard=GUARD),
        replace(SALES, guard=GUARD, kind="mysql"),
        replace(SALES, guard=GUARD, route=Route((Hop("other", "me"),))),
        replace(SALES, guard=GUARD, forward=Forward(Endpoint("elsewhere", 5432), 15432)),
    ],
)
def test_the_guard_of_another_warehouse_is_not_this_one_s(terminal: Terminal, saved: Connection) -> None:
    terminal.look_after(saved)
    assert terminal.told == []


def test_one_that_has_failed_is_left_alone(terminal: Terminal) -> None:
    terminal.watch.leave_alone(SALES.id)
    terminal.look_after(replace(SALES, guard=GUARD))
    assert terminal.told == []
