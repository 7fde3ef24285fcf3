"""The preferences, and how a person gets to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.model import Snapshot
from desktop.core.preferences import Preferences
from desktop.gui.preferences_dialog import PreferencesDialog
from desktop.gui.theme import Scheme, Theme
from tests.gui.conftest import OpenStage
from tests.gui.test_tray_menu import Desk
from tests.gui.window_stage import ORDERS
from tests.support.standins import StandInTunnels

DENIED = ConfigNotWritable(path="/srv/people/ada/config/preferences.json", reason="Permission denied")


class StandInPreferences:
    """Preferences in memory. `failure`, when set, is what `save` raises."""

    def __init__(self) -> None:
        self.saved = Preferences()
        self.failure: ConfigNotWritable | None = None

    def load(self) -> Preferences:
        return self.saved

    def save(self, preferences: Preferences) -> None:
        if self.failure is not None:
            raise self.failure
        self.saved = preferences


class StandInAutostart:
    def __init__(self) -> None:
        self.on = False
        self.failure: ConfigNotWritable | None = None

    def is_on(self) -> bool:
        return self.on

    def switch(self, *, on: bool) -> None:
        if self.failure is not None:
            raise self.failure
        self.on = on


class Desktop:
    """The open dialog over stand-ins."""

    def __init__(self, qtbot: QtBot) -> None:
        self.store = StandInPreferences()
        self.autostart = StandInAutostart()
        self.tunnels = StandInTunnels()
        self._qtbot = qtbot

    def open(self) -> PreferencesDialog:
        dialog = PreferencesDialog(self.store, self.autostart, self.tunnels)
        dialog.open()
        self._qtbot.waitExposed(dialog)
        return dialog


@pytest.fixture
def desktop(qtbot: QtBot) -> Desktop:
    return Desktop(qtbot)


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scheme]:
    theme = Theme.apply(qapp, request.param)
    yield request.param
    theme.choose(Scheme.SYSTEM)


def switch(dialog: PreferencesDialog, name: str) -> QCheckBox:
    found = dialog.findChild(QCheckBox, name)
    assert found is not None
    return found


def number(dialog: PreferencesDialog, name: str) -> QSpinBox:
    found = dialog.findChild(QSpinBox, name)
    assert found is not None
    return found


def trouble(dialog: PreferencesDialog) -> str:
    """The sentence on the screen, if any."""
    found = dialog.findChild(QLabel, "preferencesTrouble")
    assert found is not None
    return found.text() if found.isVisible() else ""


def test_the_page_of_host_keys_comes_instead_of_the_preferences(desktop: Desktop, qtbot: QtBot) -> None:
    dialog = desktop.open()
    host_keys = dialog.findChild(QPushButton, "hostKeysButton")
    assert host_keys is not None
    with qtbot.waitSignal(dialog.host_keys_wanted):
        host_keys.click()
    assert not dialog.isVisible()


def test_it_shows_what_is(desktop: Desktop) -> None:
    dialog = desktop.open()
    assert not switch(dialog, "startAtLogin").isChecked()
    assert switch(dialog, "connectAgain").isChecked()
    assert number(dialog, "maxLanes").value() == 2
    dialog.reject()

    desktop.autostart.on, desktop.store.saved = True, Preferences(connect_again=False, max_lanes=4)
    dialog = desktop.open()
    assert switch(dialog, "startAtLogin").isChecked()
    assert not switch(dialog, "connectAgain").isChecked()
    assert number(dialog, "maxLanes").value() == 4
    dialog.reject()


def test_a_click_acts_at_once(desktop: Desktop) -> None:
    dialog = desktop.open()
    for on in (True, False, True):
        switch(dialog, "startAtLogin").click()
        assert desktop.autostart.on is on
    switch(dialog, "connectAgain").click()
    assert desktop.store.saved == Preferences(connect_again=False)
    assert trouble(dialog) == ""
    dialog.reject()


def test_logging_in_on_demand_is_a_choice_about_what_is_connected_again(desktop: Desktop) -> None:
    dialog = desktop.open()
    assert not switch(dialog, "onDemand").isChecked()
    switch(dialog, "onDemand").click()
    assert desktop.store.saved == Preferences(on_demand=True)
    switch(dialog, "connectAgain").click()
    assert not switch(dialog, "onDemand").isEnabled()
    assert desktop.store.saved == Preferences(connect_again=False, on_demand=True)
    dialog.reject()


def test_so_does_a_number_and_the_tunnels_that_are_up_learn_it(desktop: Desktop) -> None:
    desktop.store.saved = Preferences(connect_again=False)
    dialog = desktop.open()
    lanes = number(dialog, "maxLanes")
    QTest.keyClick(lanes, Qt.Key.Key_Up)
    assert desktop.store.saved == Preferences(connect_again=False, max_lanes=3)
    for _ in range(4):
        QTest.keyClick(lanes, Qt.Key.Key_Down)
    assert desktop.store.saved == Preferences(connect_again=False, max_lanes=1)
    assert desktop.tunnels.asked == [("limit_lanes", most) for most in ("3", "2", "1")]
    dialog.reject()


def test_a_number_that_can_t_be_saved_is_not_used_either(desktop: Desktop) -> None:
    dialog = desktop.open()
    desktop.store.failure = DENIED
    QTest.keyClick(number(dialog, "maxLanes"), Qt.Key.Key_Up)
    assert number(dialog, "maxLanes").value() == 2
    assert "Permission denied" in trouble(dialog)
    assert desktop.tunnels.asked == []
    dialog.reject()


def test_a_failure_to_write_is_a_sentence_and_the_switch_shows_what_is(desktop: Desktop) -> None:
    dialog = desktop.open()
    desktop.autostart.failure = desktop.store.failure = DENIED
    height = dialog.height()
    for name, is_on in (("startAtLogin", False), ("connectAgain", True)):
        switch(dialog, name).click()
        assert switch(dialog, name).isChecked() is is_on
        assert "Permission denied" in trouble(dialog)
    assert dialog.height() > height

    desktop.autostart.failure = None
    switch(dialog, "startAtLogin").click()
    assert switch(dialog, "startAtLogin").isChecked()
    assert trouble(dialog) == ""
    assert dialog.height() == height
    dialog.reject()


def test_all_of_it_can_be_read(desktop: Desktop, scheme: Scheme, tmp_path: Path) -> None:
    desktop.store.failure = DENIED
    dialog = desktop.open()
    for state in ("well", "trouble"):
        assert dialog.grab().save(str(tmp_path / f"preferences-{state}-{scheme}.png"))
        assert cut_off(dialog) == []
        switch(dialog, "connectAgain").click()
        QApplication.processEvents()
    dialog.reject()


def cut_off(dialog: QWidget) -> list[str]:
    labels = (each for each in dialog.findChildren(QLabel) if each.isVisible())
    return [each.text() for each in labels if each.height() < each.heightForWidth(each.width())]


def test_escape_and_its_button_close_it(desktop: Desktop, qtbot: QtBot) -> None:
    dialog = desktop.open()
    with qtbot.waitSignal(dialog.finished):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    dialog = desktop.open()
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    with qtbot.waitSignal(dialog.finished):
        buttons.button(QDialogButtonBox.StandardButton.Close).click()


def test_the_window_s_button_and_its_key_ask_for_it(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage(Snapshot(ORDERS))
    with qtbot.waitSignal(stage.window.preferences_requested):
        stage.click("preferencesButton")
    with qtbot.waitSignal(stage.window.preferences_requested):
        stage.press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)


def test_the_key_works_before_there_is_a_connection(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    with qtbot.waitSignal(stage.window.preferences_requested):
        stage.press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)


def test_the_tray_s_menu_asks_for_it(qtbot: QtBot) -> None:
    desk = Desk()
    with qtbot.waitSignal(desk.tray.menu.preferences_wanted):
        desk.action("Preferences").trigger()
