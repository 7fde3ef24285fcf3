"""A link may ask for a connection; only the person makes it."""

from __future__ import annotations

import pytest

from desktop.app.link_desk import LinkDesk
from desktop.core.model import Snapshot
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import EVENTS, ORDERS, Stage

LINK = "caponier://connect/Orders"


@pytest.fixture
def stage(open_stage: OpenStage) -> Stage:
    return open_stage(Snapshot(EVENTS), Snapshot(ORDERS))


def follow(stage: Stage, link: str) -> LinkDesk:
    desk = LinkDesk(stage.library, stage.tunnels, stage.window, stage.window)
    desk.open(link)
    stage.settle()
    return desk


def test_the_connection_is_shown_and_connected_when_the_person_agrees(stage: Stage) -> None:
    follow(stage, LINK)
    assert stage.window.detail.connection_id == ORDERS.id
    assert stage.tunnels.asked == []

    stage.click("confirmButton")

    assert stage.tunnels.asked == [("connect", ORDERS.id)]


def test_it_stays_off_when_the_person_does_not(stage: Stage) -> None:
    follow(stage, LINK)
    stage.click("cancelButton")
    assert (stage.tunnels.asked, stage.dialog()) == ([], None)


def test_a_second_link_does_not_pile_up_questions(stage: Stage) -> None:
    desk = follow(stage, LINK)
    desk.open("caponier://connect/Events")
    stage.settle()
    stage.click("confirmButton")
    assert stage.tunnels.asked == [("connect", ORDERS.id)]
    assert stage.dialog() is None


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("caponier://connect/Nobody", "A link asks for “Nobody”, but no connection is called that."),
        ("caponier://delete/Orders", "This link is not one of Caponier's."),
    ],
)
def test_what_can_t_be_done_is_said(stage: Stage, link: str, said: str) -> None:
    follow(stage, link)
    assert stage.window.toast.accessibleName() == said
    assert stage.dialog() is None
