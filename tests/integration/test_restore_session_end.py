"""What is done when the session manager asks whether the session may end. It is a stand-in: no Qt of ours has one."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QApplication

from desktop.app.session_end import SessionEnd


class StandInManager:
    def __init__(self) -> None:
        self.hint: Any = None

    def setRestartHint(self, hint: QSessionManager.RestartHint) -> None:  # noqa: N802 - Qt's name
        self.hint = hint


def test_everything_is_saved_and_the_session_manager_does_not_start_us_again(qapp: QApplication) -> None:
    saved: list[str] = []
    end = SessionEnd(qapp, lambda: saved.append("all"))
    manager = StandInManager()
    end.on_asked(cast("QSessionManager", manager))
    assert saved == ["all"]
    assert manager.hint is QSessionManager.RestartHint.RestartNever
    end.deleteLater()
