"""What the person can choose for the program as a whole. A switch acts at once; there is nothing to confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFrame, QVBoxLayout, QWidget

from desktop.core.errors import ConfigNotWritable
from desktop.core.ports import Autostart, PreferenceStore
from desktop.gui.parts import label
from desktop.wording.messages import advice, title

WIDTH = 480
# A checkbox's box and the space behind it (the style sheet), under which an explanation is not set.
INDENT = 26


class PreferencesDialog(QDialog):
    """Show it with `open`, which does not block; it deletes itself when it is closed."""

    def __init__(self, store: PreferenceStore, autostart: Autostart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._autostart = autostart
        self.setObjectName("preferencesDialog")
        self.setWindowTitle("Preferences")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._at_login = _Switch(
            "startAtLogin",
            "Start at login",
            "Caponier waits in the tray when you log in, or opens its window where there is no tray.",
            autostart.is_on(),
        )
        self._again = _Switch(
            "connectAgain",
            "Connect again what was connected",
            "What was on when Caponier ended is on again when it starts, also after a crash or a restart of the"
            " computer.",
            store.load().connect_again,
        )
        self._trouble = _Trouble()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.rejected.connect(self.reject)
        self._at_login.box.toggled.connect(self._on_at_login)
        self._again.box.toggled.connect(self._on_again)
        self._lay_out()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As tall as the wrapped texts are at our width."""
        layout = self.layout()
        return QSize(WIDTH, layout.totalHeightForWidth(WIDTH) if layout is not None else 0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(16)
        column.addWidget(label("Preferences", "title"))
        for widget in (self._at_login, self._again, self._trouble):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self._buttons)
        self.setFixedWidth(WIDTH)

    def _on_at_login(self, on: bool) -> None:
        self._try(self._at_login, lambda: self._autostart.switch(on=on))

    def _on_again(self, on: bool) -> None:
        changed = replace(self._store.load(), connect_again=on)
        self._try(self._again, lambda: self._store.save(changed))

    def _try(self, switch: _Switch, change: Callable[[], None]) -> None:
        """A switch shows what is, also where it could not be changed."""
        try:
            change()
        except ConfigNotWritable as error:
            switch.show_unchanged()
            self._trouble.tell(f"{title(error.cause)}. {advice(error.cause)}")
        else:
            self._trouble.hide()
        self._fit()

    def _fit(self) -> None:
        """The layout keeps a window from shrinking until it has learnt that a part is gone."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.resize(self.sizeHint())


class _Switch(QWidget):
    def __init__(self, name: str, text: str, explanation: str, on: bool) -> None:
        super().__init__()
        self.box = QCheckBox(text)
        self.box.setObjectName(name)
        self.box.setAccessibleDescription(explanation)
        self.box.setChecked(on)
        words = label(explanation, "muted", wraps=True)
        words.setIndent(0)
        words.setContentsMargins(INDENT, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.box, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(words)

    def show_unchanged(self) -> None:
        self.box.blockSignals(True)
        self.box.setChecked(not self.box.isChecked())
        self.box.blockSignals(False)


class _Trouble(QFrame):
    """Why the last switch could not be set. Hidden while all is well."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "bad")
        self._words = label("", wraps=True)
        self._words.setObjectName("preferencesTrouble")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.addWidget(self._words)
        self.hide()

    def tell(self, sentence: str) -> None:
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()
