"""A check of one connection, as it goes on, and what to do about what it found."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.core.check import Checks, Stage
from desktop.core.identity import UNKNOWN, WarehouseIdentity
from desktop.core.model import Connection
from desktop.gui.check_help import show_copied
from desktop.gui.check_list import CheckList
from desktop.gui.check_row import BUSY, FAILED, WELL, CheckLight
from desktop.gui.check_watch import CheckWatch
from desktop.gui.elided_label import ElidedLabel
from desktop.gui.parts import button, label
from desktop.wording.check_report import check_report
from desktop.wording.check_stages import login_obstacle, verdict
from desktop.wording.targets import where_line

WIDTH, HEIGHT = 720, 660
LEAST_WIDTH, LEAST_HEIGHT = 520, 380
ABOVE_FAILURE = 8
_RUNNING = "Checking…"


class CheckDialog(QDialog):
    """Show it with `open`, which does not block: it checks from then on, and stops when it is closed.

    `identity_found` comes at the end of a check that found out who the warehouse is, where no guard is set; `offers` is
    the place for what can be done with that.
    """

    identity_found = Signal(object)

    def __init__(self, connection: Connection, checks: Checks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self._watch = CheckWatch(checks, self)
        self._is_over = False
        self.setObjectName("checkDialog")
        self.setWindowTitle(f"Check {connection.name}")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.list = CheckList(connection)
        self.offers = QHBoxLayout()
        self._light = CheckLight()
        self._verdict = label(_RUNNING, "heading", wraps=True)
        self._verdict.setObjectName("checkVerdict")
        self._verdict.setTextFormat(Qt.TextFormat.PlainText)
        self._login = QCheckBox("Also log in to the warehouse")
        self._login.setObjectName("withLogin")
        self._copy = button("copyReport", "Copy report", "", "copy")
        self._again = button("checkAgain", "Check again", "primary")
        self._close = button("closeCheck", "Close")
        self._lay_out()
        self._connect_signals()
        self._close.setFocus()

    def open(self) -> None:
        super().open()
        self._begin()

    def done(self, result: int) -> None:
        self._watch.stop()
        super().done(result)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as large fonts need."""
        needed = max(WIDTH, self.fontMetrics().averageCharWidth() * 78)
        return QSize(needed, max(HEIGHT, self.fontMetrics().height() * 34)).boundedTo(self._room())

    def _room(self) -> QSize:
        return self.screen().availableSize() * 0.9

    def _connect_signals(self) -> None:
        self._watch.told.connect(self._on_told)
        self._watch.ended.connect(self._on_ended)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._bring_failure_into_view)
        self._login.toggled.connect(self._begin)
        self._copy.clicked.connect(self._on_copy)
        self._again.clicked.connect(self._begin)
        self._close.clicked.connect(self.reject)

    def _begin(self) -> None:
        self._is_over = False
        self.list.restart(with_login=self._login.isChecked())
        self._show_progress()
        self._watch.start(self._connection, with_login=self._login.isChecked())

    def _on_told(self, stage: Stage) -> None:
        self.list.tell(stage)
        self._show_progress()

    def _on_ended(self) -> None:
        self._is_over = True
        self.list.end()
        self._show_progress()
        identity = _identity_in(self.list.stages)
        if identity.is_known and not self._connection.guard.is_on:
            self.identity_found.emit(identity)

    def _show_progress(self) -> None:
        stages, failed = self.list.stages, self.list.failed
        is_known = self._is_over or failed is not None
        took_ms = sum(stage.ms for stage in stages)
        self._verdict.setText(
            verdict(failed, len(stages), took_ms, self._connection) if is_known else _RUNNING
        )
        self._light.show_look((FAILED if failed is not None else WELL) if is_known else BUSY)
        self._again.setEnabled(self._is_over)
        self._copy.setEnabled(bool(stages))

    def _bring_failure_into_view(self) -> None:
        """Its explanation needs some rounds of layout before it has its height."""
        failed = self.list.failed
        if failed is not None:
            row = self.list.row_of(failed)
            self._scroll.verticalScrollBar().setValue(self.list.y() + row.y() - ABOVE_FAILURE)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(check_report(self._connection, self.list.stages, time.time()))
        show_copied(self._copy, "copy", "text")

    def _lay_out(self) -> None:
        heading = ElidedLabel(f"Check “{self._connection.name}”", kind="title")
        said = QHBoxLayout()
        said.setSpacing(10)
        said.addWidget(self._light, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._verdict, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(ElidedLabel(where_line(self._connection), kind="muted"))
        column.addLayout(said)
        column.addWidget(self._framed_list(), 1)
        column.addLayout(self.offers)
        column.addLayout(self._login_choice())
        column.addWidget(self._button_row())
        for one, next_one in pairwise((self._scroll, self._login, self._again, self._copy, self._close)):
            QWidget.setTabOrder(one, next_one)
        self.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.resize(self.sizeHint())

    def _framed_list(self) -> QFrame:
        page = QWidget()
        page.setObjectName("page")
        inner = QVBoxLayout(page)
        inner.setContentsMargins(16, 10, 12, 10)
        inner.addWidget(self.list)
        inner.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Stages of the check")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(page)
        frame = QFrame()
        frame.setProperty("card", "plain")
        around = QVBoxLayout(frame)
        around.setContentsMargins(2, 2, 2, 2)
        around.addWidget(self._scroll)
        return frame

    def _login_choice(self) -> QVBoxLayout:
        obstacle = login_obstacle(self._connection)
        self._login.setEnabled(not obstacle)
        self._login.setAccessibleDescription(obstacle)
        choice = QVBoxLayout()
        choice.setSpacing(2)
        choice.addWidget(self._login)
        if obstacle:
            reason = label(obstacle, "small", wraps=True)
            reason.setObjectName("loginObstacle")
            choice.addWidget(reason)
        return choice

    def _button_row(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        roles = QDialogButtonBox.ButtonRole
        buttons.addButton(self._copy, roles.ActionRole)
        buttons.addButton(self._close, roles.RejectRole)
        buttons.addButton(self._again, roles.AcceptRole)
        self._again.setDefault(True)
        return buttons


def _identity_in(stages: tuple[Stage, ...]) -> WarehouseIdentity:
    """What all of them found out together."""
    found = UNKNOWN
    for stage in stages:
        known = {each.name: getattr(stage.identity, each.name) for each in fields(stage.identity)}
        found = replace(found, **{name: value for name, value in known.items() if value})
    return found
