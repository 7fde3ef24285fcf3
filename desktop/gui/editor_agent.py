"""Which SSH agent, and which of its keys."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from desktop.core.agents import AgentHolding
from desktop.core.model import Auth, AuthMethod
from desktop.core.ports import AgentLook, AgentLooker
from desktop.gui.editor_fields import FieldBox, FormGrid, Remark
from desktop.wording.agents import identity_line, skipped_line
from desktop.wording.messages import title

_ANY = "Any key of the agent"
# Wide enough to tell keys apart; the list itself shows everything.
_SHOWN_CHARACTERS = 24


class AgentFields(QObject):
    """The rows of the method "SSH agent". Agents are asked for their keys as soon as the rows are seen.

    That happens on a thread of the look's own, which ends before the rows are hidden.
    """

    changed = Signal()
    _found = Signal(str, object)

    def __init__(self, look_at_agents: AgentLooker | None, parent: QObject, prefix: str = "") -> None:
        super().__init__(parent)
        self._look_at_agents = look_at_agents
        self._look: AgentLook | None = None
        self._looked_at: str | None = None
        self._shown = Auth(AuthMethod.AGENT)
        self.key = _KeyChoice(prefix)
        self.key_box = FieldBox(self.key)
        self.socket = QLineEdit()
        self.socket.setObjectName(f"{prefix}agent-socket")
        self.socket.setPlaceholderText("Found by itself")
        self._fill_keys(AgentHolding())
        self.key.shown.connect(self._on_shown)
        self.key.hidden.connect(self._stop)
        self.key.list.currentIndexChanged.connect(self.changed)
        self.socket.textChanged.connect(self.changed)
        self.socket.editingFinished.connect(self._on_shown)
        self._found.connect(self._on_found)

    def add_rows(self, grid: FormGrid) -> list[QWidget]:
        return [*grid.add_wide("Key", self.key_box), *grid.add_wide("Agent", FieldBox(self.socket))]

    def fill(self, auth: Auth) -> None:
        """Show `auth`, whatever its method."""
        self._shown = auth if auth.method is AuthMethod.AGENT else Auth(AuthMethod.AGENT)
        self.socket.setText(self._shown.agent)
        self._choose(self._shown.key_fingerprint)

    def auth(self) -> Auth:
        chosen = str(self.key.list.currentData())
        same_key = chosen != "" and chosen == self._shown.key_fingerprint
        return Auth(
            AuthMethod.AGENT,
            identity_file=self._shown.identity_file if same_key else "",
            key_fingerprint=chosen,
            agent=self.socket.text().strip(),
        )

    def _on_shown(self) -> None:
        named = self.socket.text().strip()
        if self._look_at_agents is None or named == self._looked_at or not self.key.isVisible():
            return
        self._stop()
        self._looked_at = named
        self.key.note.say("Looking for keys…")
        self._look = self._look_at_agents(named, lambda holding: self._found.emit(named, holding))

    def _stop(self) -> None:
        look, self._look = self._look, None
        self._looked_at = None
        if look is not None:
            look.stop()

    def _on_found(self, named: str, holding: AgentHolding) -> None:
        if named != self._looked_at:
            return
        self._fill_keys(holding)
        self.key.note.say(f"{title(holding.cause)}." if holding.cause is not None else skipped_line(holding))

    def _fill_keys(self, holding: AgentHolding) -> None:
        """What was chosen stays chosen, also where no agent holds it now."""
        chosen = str(self.key.list.currentData() or "")
        self.key.list.blockSignals(True)
        self.key.list.clear()
        self.key.list.addItem(_ANY, "")
        for identity in holding.identities:
            self.key.list.addItem(identity_line(identity), identity.fingerprint)
        self._choose(chosen)
        self.key.list.blockSignals(False)

    def _choose(self, fingerprint: str) -> None:
        if self.key.list.findData(fingerprint) < 0:
            self.key.list.addItem(fingerprint, fingerprint)
        self.key.list.setCurrentIndex(self.key.list.findData(fingerprint))


class _KeyChoice(QWidget):
    """The list of keys and, beneath it, how the search for them went."""

    shown = Signal()
    hidden = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.list = QComboBox()
        self.list.setObjectName(f"{prefix}agent-key")
        self.list.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.list.setMinimumContentsLength(_SHOWN_CHARACTERS)
        self.note = Remark()
        self.note.setObjectName(f"{prefix}agent-note")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.list)
        column.addWidget(self.note)
        self.setFocusProxy(self.list)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.hidden.emit()
