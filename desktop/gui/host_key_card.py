"""One entry of the known hosts in full, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from desktop.core.host_keys import HostKeyEntry, HostKeyKind
from desktop.gui.parts import button, label
from desktop.gui.prompt_dialogs import Fingerprint
from desktop.wording.host_keys import first_seen_text, host_text, kind_text

_ONLY_READ = "Caponier only reads this file. ssh-keygen -R removes a host from it."
# ssh-keygen -R leaves a line with a marker as it is.
_ONLY_READ_MARKED = "Caponier only reads this file. Such a line is changed with a text editor."


class HostKeyCard(QFrame):
    """Hidden while nothing is chosen."""

    forget_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "neutral")
        self._host = _plain("heading")
        self._host.setObjectName("chosenHost")
        self._fingerprint = Fingerprint("", "chosenFingerprint")
        self._place = _plain("small")
        self._place.setObjectName("chosenPlace")
        self._forget = button("forgetHostKey", "Forget…", drawing="trash")
        self._forget.clicked.connect(self.forget_wanted)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for widget in (self._host, self._fingerprint, self._place):
            texts.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 14, 12)
        row.setSpacing(16)
        row.addLayout(texts, 1)
        row.addWidget(self._forget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_entry(self, entry: HostKeyEntry | None) -> None:
        self.setVisible(entry is not None)
        if entry is None:
            return
        kind = kind_text(entry)
        self._host.setText(f"{host_text(entry)} · {kind}" if kind else host_text(entry))
        self._fingerprint.show_text(entry.fingerprint)
        since = first_seen_text(entry.first_seen)
        only_read = _ONLY_READ if entry.kind is HostKeyKind.KEY else _ONLY_READ_MARKED
        parts = (f"First seen {since}" if since else "", entry.place, "" if entry.is_own else only_read)
        self._place.setText(" · ".join(part for part in parts if part))
        self._forget.setVisible(entry.is_own)


def _plain(kind: str) -> QLabel:
    words = label("", kind, wraps=True)
    words.setTextFormat(Qt.TextFormat.PlainText)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return words
