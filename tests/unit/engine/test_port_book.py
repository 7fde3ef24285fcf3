"""A local port belongs to one connection, whichever of them is on."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.core.model import State
from desktop.engine.engine import Engine
from desktop.engine.port_book import MOST_REMEMBERED, PortBook
from tests.support.fakes import FIRST_AUTOMATIC_PORT, with_port
from tests.unit.engine.stage import Stage, a_connection

SALES, STOCK = a_connection("sales", local_port=15432), a_connection("stock", local_port=15432)


class Memory:
    def __init__(self) -> None:
        self.kept: dict[str, int] = {}

    def load(self) -> Mapping[str, int]:
        return self.kept

    def save(self, ports: Mapping[str, int]) -> None:
        self.kept = dict(ports)


def remembering(stage: Stage, memory: Memory) -> None:
    """As after a new start of the program."""
    stage.close()
    stage.engine = Engine(stage.dialer, stage.relays, stage.secrets, stage.clock, stage.network, memory)
    stage.engine.start()
    stage.engine.subscribe(stage.updates.append)
    stage.settle()


def test_a_port_that_was_saved_first_is_kept_while_its_connection_is_off(stage: Stage) -> None:
    stage.add(SALES, STOCK)
    stage.connect(STOCK)
    cause = stage.shown(STOCK).cause
    assert cause is not None
    assert (cause.code, cause.fact("name"), cause.fact("free")) == ("port_reserved", "sales", "15433")
    assert stage.state(STOCK) is State.FAILED
    stage.connect(SALES)
    stage.come_up()
    assert stage.shown(SALES).local is not None


def test_a_port_whose_owner_was_deleted_or_moved_is_free_for_the_next(stage: Stage) -> None:
    stage.add(SALES, STOCK)
    stage.add(with_port(SALES, 15440))
    stage.connect(STOCK)
    stage.come_up()
    assert stage.state(STOCK) is State.UP


def test_an_automatic_port_is_never_one_that_another_connection_has_reserved(stage: Stage) -> None:
    reserved, automatic = a_connection("sales", local_port=FIRST_AUTOMATIC_PORT), a_connection("stock")
    stage.add(reserved)
    stage.bring_up(automatic)
    local = stage.shown(automatic).local
    assert local is not None
    assert local.port == FIRST_AUTOMATIC_PORT + 1


def test_an_automatic_port_stays_with_who_had_it_last_while_that_is_off(stage: Stage) -> None:
    one, other = a_connection("sales"), a_connection("stock")
    stage.bring_up(one)
    first = stage.shown(one).local
    stage.disconnect(one)
    stage.bring_up(other)
    assert stage.shown(other).local != first
    stage.connect(one)
    assert stage.shown(one).local == first


def test_an_automatic_port_stays_with_its_connection_over_a_new_start(stage: Stage) -> None:
    memory, one, other = Memory(), a_connection("sales"), a_connection("stock")
    remembering(stage, memory)
    stage.bring_up(one)
    first = stage.shown(one).local
    remembering(stage, memory)
    stage.add(one)
    stage.bring_up(other)
    assert stage.shown(other).local != first
    stage.connect(one)
    assert stage.shown(one).local == first


def test_the_port_of_a_deleted_connection_is_forgotten(stage: Stage) -> None:
    memory, one = Memory(), a_connection("sales")
    remembering(stage, memory)
    stage.bring_up(one)
    assert list(memory.kept) == [one.id]
    stage.engine.remove(one.id)
    stage.settle()
    assert memory.kept == {}


def test_no_more_ports_are_remembered_than_anybody_has() -> None:
    memory = Memory()
    book = PortBook(memory)
    for number in range(MOST_REMEMBERED + 10):
        book.note(a_connection(str(number)), 20000 + number)
    assert len(memory.kept) == MOST_REMEMBERED
    assert f"id-{MOST_REMEMBERED + 9}" in memory.kept
