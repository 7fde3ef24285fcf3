"""A connection without a tunnel: in the form, in the window, and in the tray."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.model import DIRECT, Connection, Endpoint, Forward, Hop, Route, Snapshot
from desktop.engine.library import Library
from desktop.gui.copy_rows import copy_rows
from desktop.gui.editor import ConnectionEditor
from desktop.gui.tray_menu import TrayMenu
from tests.gui.form_parts import choose
from tests.gui.window_stage import ORDERS, Stage
from tests.support.standins import StandInStore, StandInTunnels

NEAR = Connection("Near", DIRECT, Forward(Endpoint("db.example.com", 5432)), "postgresql", "sales", "ada")
FAR = Connection("Far", Route((Hop("bastion", "ada"),)), Forward(Endpoint("db.internal", 5432)))


class Form:
    def __init__(self, qtbot: QtBot, connection: Connection) -> None:
        self.editor = ConnectionEditor(
            Library(StandInStore(), StandInTunnels()), StandInTunnels(), connection
        )
        qtbot.addWidget(self.editor)
        self.editor.show()

    def shows(self, name: str) -> bool:
        line = self.editor.findChild(QLineEdit, name)
        assert line is not None
        return line.isVisible()


def test_the_form_of_a_direct_connection_asks_for_no_bastion_and_no_port(qtbot: QtBot) -> None:
    form = Form(qtbot, NEAR)
    assert not any(map(form.shows, ("bastion-host", "bastion-user", "local-port")))
    assert form.shows("target-host")
    assert form.editor.form.connection() == NEAR


def test_a_bastion_that_was_typed_is_still_there_after_a_look_at_the_direct_way(qtbot: QtBot) -> None:
    form = Form(qtbot, FAR)
    choose(form.editor, "way-choice", "Directly, without a tunnel")
    assert form.editor.form.connection().route == DIRECT
    choose(form.editor, "way-choice", "Through a bastion, by SSH")
    assert form.editor.form.connection() == FAR


def test_only_a_host_and_port_can_be_reached_directly(qtbot: QtBot) -> None:
    form = Form(qtbot, NEAR)
    choose(form.editor, "target-choice", "Any host (SOCKS)")
    assert not form.editor.form.connection().route.is_direct
    assert form.shows("bastion-host")


def test_the_window_offers_the_warehouses_own_address_and_no_tunnel(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage(Snapshot(NEAR), Snapshot(ORDERS))
    stage.choose(NEAR)

    assert stage.text("stateLine") == "Direct, no tunnel"
    assert "postgresql://ada@db.example.com:5432/sales" in {
        row.text for row in copy_rows(stage.model.snapshots()[0])
    }
    assert not stage.part(QPushButton, "connectButton").isVisible()
    stops = stage.window.detail.route.stops
    assert [stop.address for stop in stops] == ["no tunnel", "db.example.com:5432"]


def test_return_on_a_direct_connection_copies_its_address(open_stage: Callable[..., Stage]) -> None:
    stage = open_stage(Snapshot(NEAR))
    stage.window.actions_desk.toggle(NEAR.id)
    assert QGuiApplication.clipboard().text() == "db.example.com:5432"
    assert stage.tunnels.asked == []


def test_the_tray_switches_tunnels_only_and_copies_of_both(
    open_stage: Callable[..., Stage], qtbot: QtBot
) -> None:
    stage = open_stage(Snapshot(NEAR), Snapshot(ORDERS))
    menu = TrayMenu(stage.model, stage.tunnels, lambda: None, lambda: None)
    qtbot.addWidget(menu)
    menu.refresh()
    switches = [action.text() for action in menu.actions() if action.isCheckable()]
    assert [text.split("  ")[0] for text in switches] == ["Orders"]
    assert [action.text() for action in menu.copy_menu.actions()] == ["URL of Near"]


@pytest.mark.parametrize("word", ["near", "db.example.com"])
def test_a_search_finds_it(word: str, open_stage: Callable[..., Stage]) -> None:
    stage = open_stage(Snapshot(NEAR), Snapshot(ORDERS))
    stage.window.sidebar.search.setText(word)
    stage.settle()
    assert [row.split(" ")[0] for row in stage.rows()] == ["Near"]
