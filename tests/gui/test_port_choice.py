"""A local port that can't be opened: who has it, and a button with one that can be had."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton

from desktop.core.errors import Cause, PortInUse, PortNotAllowed, PortReserved, with_fact
from desktop.core.model import Snapshot, State
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import EVENTS, ORDERS

TAKEN = PortInUse(port=15432, holder="postgres (process 4711)").cause
RESERVED = PortReserved(port=15432, name="Events").cause
NOT_ALLOWED = PortNotAllowed(port=15432, reason="Permission denied").cause


def failed(cause: Cause, free: str = "15433") -> Snapshot:
    return Snapshot(ORDERS, State.FAILED, with_fact(cause, "free", free))


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (TAKEN, "Local port 15432 is taken by postgres (process 4711)"),
        (RESERVED, "Local port 15432 belongs to the connection Events"),
        (NOT_ALLOWED, "This computer does not let Caponier use local port 15432"),
    ],
)
def test_one_press_takes_a_free_port_saves_it_and_connects(
    cause: Cause, says: str, open_stage: OpenStage
) -> None:
    stage = open_stage(failed(cause), Snapshot(EVENTS))
    stage.choose(ORDERS)
    assert stage.text("troubleTitle") == says
    assert "use port 15433, which is free" in stage.text("troubleAdvice")
    assert stage.part(QPushButton, "freePortButton").text() == "Use port 15433"

    stage.click("freePortButton")

    moved = replace(ORDERS, forward=replace(ORDERS.forward, local_port=15433))
    assert moved in stage.store.load()
    assert stage.tunnels.asked[-1] == ("connect", ORDERS.id)


def test_without_a_free_port_near_the_button_opens_the_form(open_stage: OpenStage) -> None:
    stage = open_stage(failed(TAKEN, ""))
    stage.choose(ORDERS)
    assert not stage.part(QPushButton, "freePortButton").isVisible()
    assert stage.part(QPushButton, "editTroubleButton").isVisible()


def test_a_port_that_another_connection_got_meanwhile_is_not_taken(open_stage: OpenStage) -> None:
    stage = open_stage(failed(TAKEN, "18123"), Snapshot(EVENTS))
    stage.choose(ORDERS)
    stage.click("freePortButton")
    assert ORDERS in stage.store.load()
    assert stage.tunnels.asked == []
