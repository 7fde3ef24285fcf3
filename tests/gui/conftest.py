from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop.core.model import Snapshot
from tests.gui.window_stage import Stage

OpenStage = Callable[..., Stage]


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
