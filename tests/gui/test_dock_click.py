"""What Qt says at a click in macOS's Dock shows the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app.dock_click import DockClick
from desktop.core.model import Snapshot
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import ORDERS, Stage


@pytest.fixture
def hidden(open_stage: OpenStage, qapp: QApplication) -> Stage:
    stage = open_stage(Snapshot(ORDERS))
    stage.window.hide()
    stage.settle()
    DockClick(qapp, stage.window, stage.window)
    return stage


def test_a_click_in_the_dock_brings_a_hidden_window_back(hidden: Stage, qapp: QApplication) -> None:
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert hidden.window.isVisible()


def test_going_to_another_program_does_not(hidden: Stage, qapp: QApplication) -> None:
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert not hidden.window.isVisible()
