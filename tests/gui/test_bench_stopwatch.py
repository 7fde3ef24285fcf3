"""The stopwatch that ``make bench`` puts into the window: what it would show if the event loop were held up."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from tests.bench.window_lateness import Stopwatch
from tests.support.waiting import wait_until

PAUSE_S = 0.1


@pytest.fixture
def widget(qapp: QApplication) -> Iterator[QWidget]:
    shown = QWidget()
    shown.show()
    yield shown
    shown.hide()
    shown.deleteLater()


def _run_until_due(app: QApplication, stopwatch: Stopwatch, count: int) -> None:
    def has_come() -> bool:
        app.processEvents()
        return len(stopwatch.found.due_mono) >= count

    wait_until(has_come)


def test_each_moment_of_a_pause_is_late_by_what_was_left_of_it(qapp: QApplication, widget: QWidget) -> None:
    stopwatch = Stopwatch(widget, widget)
    _run_until_due(qapp, stopwatch, 5)
    begin_mono = time.monotonic()
    time.sleep(PAUSE_S)
    end_mono = time.monotonic()
    _run_until_due(qapp, stopwatch, 20)
    found = stopwatch.found
    held_up = found.late_between(begin_mono, end_mono)
    assert len(held_up) >= 9
    assert held_up == sorted(held_up, reverse=True)
    assert held_up[0] > 80


def test_it_sees_the_widget_being_painted(qapp: QApplication, widget: QWidget) -> None:
    stopwatch = Stopwatch(widget, widget)
    begin_mono = time.monotonic()
    widget.repaint()
    assert stopwatch.found.count_painted(begin_mono, time.monotonic() + 1)
