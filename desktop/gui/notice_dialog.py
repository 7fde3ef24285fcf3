"""Something that must be read, and needs no answer."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QWidget

from desktop.gui.prompt_dialogs import Prompt
from desktop.gui.tokens import Tone


class NoticeDialog(Prompt):
    """Show it with `open`, which does not block; it deletes itself when it is closed."""

    def __init__(self, heading: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__("state-trouble", heading, explanation, parent, tone=Tone.WARN)
        self.setObjectName("noticeDialog")
        read = self.buttons.addButton(QDialogButtonBox.StandardButton.Ok)
        read.setObjectName("read")
        read.clicked.connect(self.accept)
