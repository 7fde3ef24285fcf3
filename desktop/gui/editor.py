"""The dialog that adds or edits a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.core.aliases import AliasView
from desktop.core.errors import CaponierError
from desktop.core.model import AUTOMATIC_PORT, AuthMethod, Connection
from desktop.core.ports import Tunnels
from desktop.core.ssh_command import ParsedCommand
from desktop.core.validation import WAY_FIELDS, Fault, Field
from desktop.engine.drafts import drafts_of, login_name, mark_of
from desktop.engine.library import Library
from desktop.gui.editor_fields import Remark
from desktop.gui.editor_form import ConnectionForm
from desktop.gui.editor_login import LoginPanel
from desktop.gui.editor_paste import PasteBar
from desktop.gui.lookups import NO_LOOKUPS, Lookups
from desktop.gui.stylesheet import restyle
from desktop.gui.warehouse_passwords import WarehousePasswords
from desktop.wording.messages import advice, problem_text, title

_WIDTH = 640


class ConnectionEditor(QDialog):
    """Edits `connection`, or adds one that starts as `draft` or empty.

    `siblings` are drafts saved along with it, under the bastion and login of the form. After `accept`,
    `saved_connection` is what was saved. Secrets that were typed are handed to `tunnels` and wiped from the form.
    """

    def __init__(
        self,
        library: Library,
        tunnels: Tunnels,
        connection: Connection | None = None,
        parent: QWidget | None = None,
        *,
        draft: Connection | None = None,
        siblings: Sequence[Connection] = (),
        lookups: Lookups = NO_LOOKUPS,
        passwords: WarehousePasswords | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._tunnels = tunnels
        self._passwords = passwords
        self._siblings = tuple(siblings)
        self._suggested_name = ""
        self.saved_connection: Connection | None = None
        groups = (each.group for each in library.connections)
        self.form = ConnectionForm(groups, lookups)
        self.paste_bar = PasteBar(lookups.aliases)
        self.login = LoginPanel(lookups.logins) if lookups.logins is not None else None
        self._also = Remark()
        self._trouble = _Trouble()
        self._lay_out("Add connection" if connection is None else "Edit connection")
        shown = connection or draft
        self.paste_bar.setVisible(shown is None)
        self.form.attend(passwords, connection.id if connection is not None else "")
        if shown is not None:
            self.form.fill(shown, saved=connection is not None)
        self.form.changed.connect(self._on_changed)
        self.paste_bar.understood.connect(self._on_command)
        self._on_changed()
        self.form.name.setFocus()

    def done(self, result: int) -> None:
        """However the dialog ends, no secret stays in it."""
        self.form.forget()
        self.paste_bar.stop()
        super().done(result)

    def _lay_out(self, heading: str) -> None:
        self.setWindowTitle(heading)
        label = QLabel(heading)
        label.setProperty("type", "title")
        label.setContentsMargins(24, 0, 24, 0)
        area = _PageArea(self._make_page())
        area.page_changed.connect(self._grow, Qt.ConnectionType.QueuedConnection)
        # Queued, for what is new to be whole by then.
        self.form.route.grew.connect(area.bring_into_view, Qt.ConnectionType.QueuedConnection)
        if self.login is not None:
            self.login.grew.connect(area.bring_into_view, Qt.ConnectionType.QueuedConnection)
        foot = QVBoxLayout()
        foot.setContentsMargins(24, 0, 24, 0)
        foot.setSpacing(12)
        for widget in (self._also, self._trouble, self._make_buttons()):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 20, 0, 20)
        column.setSpacing(14)
        column.addWidget(label)
        column.addWidget(area, 1)
        column.addLayout(foot)

    def _make_page(self) -> QWidget:
        """What scrolls on a small screen."""
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 0, 24, 4)
        column.setSpacing(14)
        column.addWidget(self.paste_bar)
        column.addWidget(self.form)
        if self.login is not None:
            column.addWidget(self.login)
        column.addStretch(1)
        return page

    def _make_buttons(self) -> QDialogButtonBox:
        kind = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kind.Cancel | kind.Save)
        save = buttons.button(kind.Save)
        save.setObjectName("save")
        restyle(save, "look", "primary")
        save.setDefault(True)
        buttons.accepted.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        return buttons

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if not event.spontaneous():
            _lay_out_now()
            self._fit(least=0)

    def _grow(self) -> None:
        self._fit(least=self.height() if self.isVisible() else 0)

    def _fit(self, least: int) -> None:
        """As tall as the form wants, within the screen; the form scrolls where that is not enough."""
        wanted = max(self.sizeHint().height(), least)
        available = self.screen().availableGeometry()
        self.resize(_WIDTH, min(wanted, int(available.height() * 0.92)))
        # What grows, grows downwards, and its buttons with it.
        below = self.frameGeometry().bottom() - available.bottom()
        if self.isVisible() and below > 0:
            self.move(self.x(), max(self.y() - below, available.top()))

    def _on_changed(self) -> None:
        connection = self.form.connection()
        problems = self._library.problems_of(connection)
        self.form.show_problems(problems)
        self._also.say(_also_text(self._siblings_to_save(connection)))
        self._trouble.say("")
        if self.login is not None:
            typed = frozenset((kind, login) for kind, _, login in self.form.typed_secrets())
            is_ready = not any(problem.field in WAY_FIELDS for problem in problems)
            self.login.setVisible(not connection.route.is_direct)
            if not connection.route.is_direct:
                self.login.show_login(connection, typed, is_ready=is_ready)

    def _on_command(self, parsed: ParsedCommand, view: AliasView | None) -> None:
        """Take over what the command says, and leave what it does not speak of as it stands."""
        draft, *siblings = drafts_of(parsed, self._library, login_name(), view=view)
        shown = self.form.connection()
        hop = draft.route.bastion
        had_login = not shown.route.is_direct and not shown.route.bastion.is_alias
        if hop.auth.method is AuthMethod.PASSWORD and had_login:
            hop = replace(hop, auth=shown.route.bastion.auth)
        self._siblings = tuple(siblings)
        kept_name = shown.name if shown.name != self._suggested_name else ""
        self._suggested_name = draft.name
        self.form.fill(
            replace(
                shown,
                name=kept_name or draft.name,
                route=replace(draft.route, hops=(*draft.route.hops[:-1], hop)),
                forward=draft.forward,
                kind=draft.kind,
            ),
            saved=False,
        )

    def _on_save(self) -> None:
        if self._says_what_is_missing():
            return
        connection = self.form.connection_to_save()
        try:
            for each in (connection, *self._siblings_to_save(connection)):
                self._library.put(each)
                self._hand_over_secrets(each.id)
        except CaponierError as error:
            self._trouble.say(f"{title(error.cause)}. {advice(error.cause)}")
            return
        password = self.form.account.typed_password()
        if password and self._passwords is not None:
            self._passwords.keep(connection.id, password)
        self.saved_connection = connection
        self.accept()

    def _says_what_is_missing(self) -> bool:
        problems = self._library.problems_of(self.form.connection())
        if not problems and not self.form.has_key_problem():
            return False
        self.form.touch_all()
        self.form.show_problems(problems)
        self.form.focus_first_problem()
        beside = set(self.form.fields)
        elsewhere = [problem_text(problem) for problem in problems if problem.field not in beside]
        self._trouble.say(" ".join(elsewhere) or "Not saved yet: see what is marked above.")
        return True

    def _hand_over_secrets(self, connection_id: str) -> None:
        for kind, value, login in self.form.typed_secrets():
            self._tunnels.provide_secret(connection_id, kind, value, remember=True, login=login)

    def _siblings_to_save(self, connection: Connection) -> tuple[Connection, ...]:
        """The siblings as they stand beside `connection`: its way and group, a free name, and a free port."""
        return tuple(self._sibling_beside(connection, sibling) for sibling in self._siblings)

    def _sibling_beside(self, connection: Connection, sibling: Connection) -> Connection:
        beside = replace(sibling, route=connection.route, group=connection.group)
        taken = {problem.field for problem in self._library.problems_of(beside) if problem.fault in _TAKEN}
        if Field.NAME in taken or beside.name.casefold() == connection.name.casefold():
            name = f"{beside.name} {mark_of(beside.forward.target)}"
            beside = replace(beside, name=self._library.free_name(name))
        if Field.LOCAL_PORT in taken or beside.forward.local_port == connection.forward.local_port:
            beside = replace(beside, forward=replace(beside.forward, local_port=AUTOMATIC_PORT))
        return beside


_TAKEN = (Fault.DUPLICATE, Fault.PORT_TAKEN_BY_OTHER)


def _also_text(siblings: Sequence[Connection]) -> str:
    if not siblings:
        return ""
    names = ", ".join(f"{each.name} ({each.forward.local_port or 'automatic port'})" for each in siblings)
    return f"Saved along with it, over the same bastion and login: {names}"


class _PageArea(QScrollArea):
    """Wants to be as tall as its page, where Qt's own scroll area would settle for less."""

    page_changed = Signal()

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(page)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self._page.sizeHint()

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll to what may be new on the page."""
        _lay_out_now()
        self.ensureWidgetVisible(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Qt has the area watch its page; a new layout there may want another height of us."""
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self.page_changed.emit()
        return super().eventFilter(watched, event)


class _Trouble(QFrame):
    """Why nothing was saved, above the buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", "bad")
        self._text = QLabel()
        self._text.setObjectName("trouble")
        self._text.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.addWidget(self._text)
        self.say("")

    def say(self, text: str) -> None:
        self._text.setText(text)
        self.setVisible(bool(text))


def _lay_out_now() -> None:
    """What changed deep inside reaches the sizes of a window only level by level, by an event for each."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
