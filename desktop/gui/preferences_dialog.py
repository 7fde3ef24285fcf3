"""What the person can choose for the program as a whole. Each choice acts at once; there is nothing to confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.ports import PreferenceStore, Tunnels
from desktop.core.preferences import FEWEST_LANES, MOST_LANES, Preferences
from desktop.core.system_ports import Autostart
from desktop.gui.parts import button, label
from desktop.wording.messages import advice, title

WIDTH = 480
# A checkbox's box and the space behind it (the style sheet), under which an explanation is not set.
INDENT = 26
NUMBER_WIDTH = 66


class PreferencesDialog(QDialog):
    """Show it with `open`, which does not block; it deletes itself when it is closed."""

    host_keys_wanted = Signal()

    def __init__(
        self, store: PreferenceStore, autostart: Autostart, tunnels: Tunnels, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._autostart = autostart
        self._tunnels = tunnels
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
        self._on_demand = _on_demand_switch(store.load())
        self._lanes = _Number(
            "maxLanes",
            "SSH connections to one bastion, at most",
            "While downloads keep all busy, one more is opened: small queries need not wait. Some bastions limit"
            " their number.",
            (FEWEST_LANES, MOST_LANES),
            store.load().max_lanes,
        )
        self._trouble = _Trouble()
        self._buttons = self._make_buttons()
        self._at_login.box.toggled.connect(self._on_at_login)
        self._again.box.toggled.connect(self._on_again)
        self._on_demand.box.toggled.connect(self._on_on_demand)
        self._lanes.box.valueChanged.connect(self._on_lanes)
        self._lay_out()

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        # On the far side of Close, in the order that people know from their desktop.
        host_keys = button("hostKeysButton", "Host keys…", drawing="key")
        buttons.addButton(host_keys, QDialogButtonBox.ButtonRole.ResetRole)
        host_keys.clicked.connect(self._on_host_keys)
        return buttons

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As tall as the wrapped texts are at our width."""
        layout = self.layout()
        return QSize(WIDTH, layout.totalHeightForWidth(WIDTH) if layout is not None else 0)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(16)
        column.addWidget(label("Preferences", "title"))
        for widget in (self._at_login, self._again, self._on_demand, self._lanes, self._trouble):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self._buttons)
        self.setFixedWidth(WIDTH)

    def _on_host_keys(self) -> None:
        self.accept()
        self.host_keys_wanted.emit()

    def _on_at_login(self, on: bool) -> None:
        self._try(lambda: self._autostart.switch(on=on), lambda: self._at_login.show_value(not on))

    def _on_again(self, on: bool) -> None:
        changed = replace(self._store.load(), connect_again=on)
        self._try(lambda: self._store.save(changed), lambda: self._again.show_value(not on))
        self._on_demand.setEnabled(self._store.load().connect_again)

    def _on_on_demand(self, on: bool) -> None:
        changed = replace(self._store.load(), on_demand=on)
        self._try(lambda: self._store.save(changed), lambda: self._on_demand.show_value(not on))

    def _on_lanes(self, most: int) -> None:
        before = self._store.load()

        def change() -> None:
            self._store.save(replace(before, max_lanes=most))
            self._tunnels.limit_lanes(most)

        self._try(change, lambda: self._lanes.show_value(before.max_lanes))

    def _try(self, change: Callable[[], None], take_back: Callable[[], None]) -> None:
        """What is shown is what is, also where it could not be changed."""
        try:
            change()
        except ConfigNotWritable as error:
            take_back()
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


def _on_demand_switch(chosen: Preferences) -> _Switch:
    """It says something about what is connected again, and nothing where nothing is."""
    switch = _Switch(
        "onDemand",
        "At the start, log in only when a program connects",
        "Ports are open at once; a bastion that asks for a code asks when its warehouse is needed.",
        chosen.on_demand,
    )
    switch.setEnabled(chosen.connect_again)
    return switch


class _Switch(QWidget):
    def __init__(self, name: str, text: str, explanation: str, on: bool) -> None:
        super().__init__()
        self.box = QCheckBox(text)
        self.box.setObjectName(name)
        self.box.setAccessibleDescription(explanation)
        self.box.setChecked(on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.box, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(_explaining(explanation))

    def show_value(self, on: bool) -> None:
        """Without telling anybody."""
        with QSignalBlocker(self.box):
            self.box.setChecked(on)


class _Number(QWidget):
    def __init__(self, name: str, text: str, explanation: str, bounds: tuple[int, int], value: int) -> None:
        super().__init__()
        self.box = QSpinBox()
        self.box.setObjectName(name)
        self.box.setAccessibleName(text)
        self.box.setAccessibleDescription(explanation)
        self.box.setRange(*bounds)
        self.box.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.box.setFixedWidth(NUMBER_WIDTH)
        self.box.setValue(value)
        says = QLabel(text)
        says.setIndent(0)
        says.setContentsMargins(INDENT, 0, 0, 0)
        says.setBuddy(self.box)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(says)
        row.addWidget(self.box)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row)
        column.addWidget(_explaining(explanation))

    def show_value(self, value: int) -> None:
        """Without telling anybody."""
        with QSignalBlocker(self.box):
            self.box.setValue(value)


def _explaining(explanation: str) -> QLabel:
    words = label(explanation, "muted", wraps=True)
    words.setIndent(0)
    words.setContentsMargins(INDENT, 0, 0, 0)
    return words


class _Trouble(QFrame):
    """Why the last choice could not be kept. Hidden while all is well."""

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
