"""A link may ask for a connection, a file may bring some; only the person says yes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.app.link_desk import LinkDesk
from desktop.core.model import Endpoint, Forward, Snapshot
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import EVENTS, ORDERS, SCRATCH, Stage

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


def test_a_file_is_shown_before_anything_of_it_is_saved(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "Über uns.caponier"
    new = replace(SCRATCH, forward=Forward(Endpoint("elsewhere.internal", 5432)))
    stage.exchange.write(str(path), [new])
    follow(stage, path.as_uri())
    assert len(stage.library.connections) == 2

    stage.click("goOn")

    assert stage.library.connections[-1].name == "Scratch"


def test_a_file_does_not_take_the_place_of_an_open_form(stage: Stage, tmp_path: Path) -> None:
    stage.window.add_connection()
    stage.settle()
    form = stage.dialog()
    follow(stage, (tmp_path / "team.caponier").as_uri())
    assert stage.dialog() is form
    assert stage.window.toast.accessibleName() == "Finish what is open here; then open team.caponier again."
