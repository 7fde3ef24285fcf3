"""What happened to each connection since the program started, in words."""

from __future__ import annotations

import html
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktop.core.model import Snapshot
from desktop.core.ports import Notice
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.parts import Card
from desktop.gui.state_look import look_of
from desktop.gui.theme import mono_family
from desktop.gui.tokens import Tokens, Tone, current_tokens
from desktop.gui.units import clock_text
from desktop.wording import messages
from desktop.wording.events import change_lines

KEPT = 500
LEAST_HEIGHT = 28
MOST_HEIGHT = 220
# Between an entry's time and its words.
GAP = "\u00a0\u00a0\u00a0 "
QUANTITY = re.compile(r"(?<=\d) (?=(?:s|min|h|d|[kMGT]?B)\b)")


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is wall-clock seconds."""

    at: float
    words: str
    tone: Tone


class EventHistory(QObject):
    """The last `KEPT` entries of every connection. `added` carries the id of the connection that got one."""

    added = Signal(str)

    def __init__(
        self, model: ConnectionsModel, parent: QObject | None = None, *, now: Callable[[], float] = time.time
    ) -> None:
        super().__init__(parent)
        self.now = now
        self._entries: dict[str, deque[Entry]] = {}
        model.changed.connect(self._on_changed)
        model.noticed.connect(self._on_noticed)
        model.forgotten.connect(self._on_forgotten)

    def entries(self, connection_id: str) -> tuple[Entry, ...]:
        """Newest first."""
        return tuple(reversed(self._entries.get(connection_id, ())))

    def _on_changed(self, before: Snapshot | None, after: Snapshot) -> None:
        for line in change_lines(before, after):
            self._add(after.connection.id, Entry(self.now(), line.words, _tone(after, loud=line.loud)))

    def _on_noticed(self, notice: Notice) -> None:
        self._add(notice.connection_id, Entry(self.now(), messages.title(notice.cause), Tone.WARN))

    def _on_forgotten(self, connection_id: str) -> None:
        self._entries.pop(connection_id, None)

    def _add(self, connection_id: str, entry: Entry) -> None:
        self._entries.setdefault(connection_id, deque(maxlen=KEPT)).append(entry)
        self.added.emit(connection_id)


class EventLog(Card):
    """The history of one connection, newest first, as text that can be selected and copied."""

    def __init__(self, history: EventHistory, parent: QWidget | None = None) -> None:
        super().__init__("Events", parent)
        self._history = history
        self._connection_id = ""
        self._text = QTextEdit()
        self._text.setObjectName("eventLog")
        self._text.setAccessibleName("Events")
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.document().setDocumentMargin(0)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.body.addWidget(self._text)
        # A burst of events is drawn once.
        self._render_soon = QTimer(self)
        self._render_soon.setSingleShot(True)
        self._render_soon.timeout.connect(self._render)
        history.added.connect(self._on_added)

    def show_connection(self, connection_id: str) -> None:
        if connection_id != self._connection_id:
            self._connection_id = connection_id
            self._render()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._render()

    def _on_added(self, connection_id: str) -> None:
        if connection_id == self._connection_id:
            self._render_soon.start()

    def _render(self) -> None:
        entries = self._history.entries(self._connection_id)
        tokens = current_tokens()
        indent = self._indent()
        now = self._history.now()
        rows = "".join(_row(entry, clock_text(entry.at, now), tokens, indent) for entry in entries)
        nothing = f'<span style="color:{tokens.muted}">Nothing has happened yet.</span>'
        self._text.setHtml(rows or nothing)
        self._fit()

    def _indent(self) -> int:
        """How far the words stand from the left, for the lines below the first."""
        font = self._text.font()
        mono = QFont(font)
        mono.setFamilies([mono_family()])
        time_width = QFontMetrics(mono).horizontalAdvance(clock_text(0, 0))
        return time_width + QFontMetrics(font).horizontalAdvance(GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        needed = int(self._text.document().size().height()) + 6
        self._text.setFixedHeight(max(LEAST_HEIGHT, min(needed, MOST_HEIGHT)))


def _unbroken(words: str) -> str:
    """A number stays on one line with its unit."""
    return QUANTITY.sub("\u00a0", words)


def _tone(snapshot: Snapshot, *, loud: bool) -> Tone:
    if not loud:
        return Tone.NEUTRAL
    return Tone.BAD if look_of(snapshot).tone is Tone.BAD else Tone.WARN


def _row(entry: Entry, when: str, tokens: Tokens, indent: int) -> str:
    colour = tokens.text if entry.tone is Tone.NEUTRAL else tokens.tone(entry.tone).name()
    return (
        f'<p style="margin:0 0 6px {indent}px; text-indent:-{indent}px; color:{colour}">'
        f"<span style=\"color:{tokens.muted}; font-family:'{mono_family()}'\">{when}</span>"
        f"{GAP}{html.escape(_unbroken(entry.words))}</p>"
    )
