"""A bastion that is an alias of ssh_config: which there are, and what the chosen one stands for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop.core.aliases import Aliases, AliasListing, AliasLook, AliasView
from desktop.core.model import CONFIGURED_PORT, SSH_PORT, Auth, AuthMethod, Hop
from desktop.engine.drafts import login_name
from desktop.gui.alias_panel import AliasPanel
from desktop.gui.editor_fields import NO_PORT, FieldBox, FormGrid, PortEdit
from desktop.gui.parts import button

# Long enough that a word is typed before its files are read, short enough that nobody waits.
TYPING_PAUSE_MS = 250
_LEFT_TO_IT = "As the alias says"


class AliasFields(QObject):
    """The rows of the method "Alias of ~/.ssh/config", around the inputs of host, user and port.

    Looks go on by themselves while the inputs are seen; none runs a command of the files (`core.aliases.Aliases`).
    `picked` asks for the method, because an alias was chosen from the list or its hint was followed.
    """

    picked = Signal()
    _listed = Signal(object)
    _viewed = Signal(object)

    def __init__(self, aliases: Aliases | None, parent: QObject, prefix: str = "") -> None:
        super().__init__(parent)
        self._aliases = aliases
        self._listing: AliasLook | None = None
        self._look: AliasLook | None = None
        self._names: tuple[str, ...] = ()
        self._inputs: tuple[QLineEdit, QLineEdit, PortEdit] | None = None
        self._is_chosen = False
        self._suggestions = QStringListModel(self)
        self._is_nearest = True
        self.panel = AliasPanel()
        self._hint = _Hint(prefix)
        self._hint_row: list[QWidget] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._look_up)
        self._listed.connect(self._on_listed)
        self._viewed.connect(self._on_viewed)
        self.panel.shown.connect(self._look_up)
        self._hint.followed.connect(self.picked)

    def add_hint(self, grid: FormGrid) -> None:
        """Above the choice of the method."""
        self._hint_row = grid.add_wide("", FieldBox(self._hint))
        self._show_hint()

    def add_rows(self, grid: FormGrid) -> list[QWidget]:
        return grid.add_wide("Stands for", FieldBox(self.panel))

    def attend(self, host: QLineEdit, user: QLineEdit, port: PortEdit) -> None:
        """These inputs name the alias, and what goes before what it says."""
        self._inputs = (host, user, port)
        host.installEventFilter(self)
        self._suggest_in(host)
        for line in self._inputs:
            line.textChanged.connect(self._on_typed)

    def choose(self, *, chosen: bool) -> None:
        """Whether the method is chosen. What nobody typed gives way to what the alias says, and comes back."""
        was_chosen, self._is_chosen = self._is_chosen, chosen
        if self._inputs is not None and chosen is not was_chosen:
            _, user, port = self._inputs
            usual = (login_name(), str(SSH_PORT))
            for line, text in zip((user, port), usual, strict=True):
                if chosen and line.text() == text:
                    line.clear()
                elif not chosen and not line.text():
                    line.setText(text)
                line.setPlaceholderText(_LEFT_TO_IT if chosen else "")
        self._show_hint()
        self._look_up()

    def stand(self, *, is_nearest: bool) -> None:
        """Whether no jump host is before it in the form: with one, the alias has none of its own."""
        if is_nearest is not self._is_nearest:
            self._is_nearest = is_nearest
            self._look_up()

    def port(self, typed: int) -> int:
        """An empty one is for the alias to say."""
        return CONFIGURED_PORT if self._is_chosen and typed == NO_PORT else typed

    def stop(self) -> None:
        """End all looks. Idempotent."""
        self._pause.stop()
        for look in (self._listing, self._look):
            if look is not None:
                look.stop()
        self._listing = self._look = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and self._aliases is not None and self._listing is None:
            self._listing = self._aliases.list(self._listed.emit)
        elif event.type() == QEvent.Type.Hide:
            self.stop()
        return super().eventFilter(watched, event)

    def _suggest_in(self, host: QLineEdit) -> None:
        if self._aliases is None:
            return
        completer = QCompleter(self)
        completer.setModel(self._suggestions)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = completer.popup()
        if popup is not None:
            popup.setObjectName("suggestions")
        completer.activated.connect(self.picked)
        host.setCompleter(completer)

    def _on_listed(self, listing: AliasListing) -> None:
        """A mistake in the files is told by the panel, once somebody wants an alias."""
        self._names = listing.names
        self._suggestions.setStringList(list(listing.names))
        self._show_hint()

    def _on_typed(self) -> None:
        self._show_hint()
        if self._is_chosen:
            self._pause.start()

    def _show_hint(self) -> None:
        host = self._inputs[0].text().strip() if self._inputs is not None else ""
        is_one = host in self._names and not self._is_chosen
        self._hint.say(host if is_one else "")
        for widget in self._hint_row:
            widget.setVisible(is_one)

    def _look_up(self) -> None:
        self._pause.stop()
        if self._look is not None:
            self._look.stop()
            self._look = None
        if self._aliases is None or self._inputs is None or not (self._is_chosen and self.panel.isVisible()):
            return
        host, user, port = self._inputs
        name = host.text().strip()
        if not name:
            self.panel.invite()
            return
        hop = Hop(name, user.text().strip(), self.port(port.port()), Auth(AuthMethod.SSH_CONFIG))
        self._look = self._aliases.look(hop, self._viewed.emit, is_nearest=self._is_nearest)

    def _on_viewed(self, view: AliasView) -> None:
        """Of an alias that is still the one that is named; another one may have been typed since."""
        if (
            self._look is not None
            and self._inputs is not None
            and view.alias == self._inputs[0].text().strip()
        ):
            self.panel.show_view(view)


class _Hint(QWidget):
    """Says that a host is an alias, with a button to take it as one."""

    followed = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._text = QLabel()
        self._text.setProperty("type", "small")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        follow = button(f"{prefix}use-alias", "Use the alias")
        follow.clicked.connect(self.followed)
        self.setFocusProxy(follow)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._text, 1)
        row.addWidget(follow)

    def say(self, alias: str) -> None:
        self._text.setText(f"{alias} is an alias of your ssh configuration." if alias else "")
