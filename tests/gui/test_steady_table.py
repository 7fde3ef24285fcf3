"""The current row of a table stays in sight when there is less room for it, unless the person has scrolled away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QStringListModel
from pytestqt.qtbot import QtBot

from desktop.gui.steady_table import SteadyTable

ROWS = 40


@pytest.fixture
def table(qtbot: QtBot) -> SteadyTable:
    shown = SteadyTable()
    shown.setModel(QStringListModel([f"row {number}" for number in range(ROWS)], shown))
    qtbot.addWidget(shown)
    shown.resize(300, 300)
    shown.show()
    shown.selectRow(ROWS - 1)
    shown.scrollToBottom()
    return shown


def is_in_sight(table: SteadyTable) -> bool:
    return table.viewport().rect().contains(table.visualRect(table.currentIndex()))


def test_the_current_row_stays_in_sight_when_the_table_shrinks(table: SteadyTable) -> None:
    before = is_in_sight(table)
    table.resize(300, 150)
    assert (before, is_in_sight(table)) == (True, True)


def test_what_the_person_has_scrolled_away_from_is_left_there(table: SteadyTable) -> None:
    table.scrollToTop()
    table.resize(300, 150)
    assert table.verticalScrollBar().value() == 0
