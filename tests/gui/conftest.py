from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.core.model import Snapshot
from tests.gui.window_stage import Stage

OpenStage = Callable[..., Stage]


@pytest.fixture(autouse=True)
def no_window_left(qapp: QApplication) -> Iterator[None]:
    """Fails the test if a window that it showed is still there after it: in the next one somebody would look at it."""
    yield
    left = [window for window in qapp.topLevelWidgets() if window.isVisible()]
    if left:
        pytest.fail(f"windows left open: {left}", pytrace=False)


@pytest.fixture
def open_stage(qapp: QApplication) -> Iterator[OpenStage]:
    """Opens a window that knows the given snapshots; ends with the test."""
    opened: list[Stage] = []

    def open_it(*snapshots: Snapshot) -> Stage:
        opened.append(Stage(snapshots))
        return opened[-1]

    yield open_it
    for stage in opened:
        stage.close()
