"""The part of the form that says who works in the warehouse, and in which database, in the words of its kind."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop.core.errors import Cause
from desktop.core.warehouse_kind import NO_TEXTS, Warehouse
from desktop.gui.editor_fields import FieldBox, FormGrid, Remark, SecretEdit, line_edit
from desktop.gui.parts import button
from desktop.gui.warehouse_passwords import WarehousePasswords
from desktop.wording.messages import title

_OPTIONAL = "Optional, for copied texts and checks"
_KEPT = "Leave empty to keep what is stored"
_IS_STORED = "A password is stored in the keyring."
_NONE_STORED = "No password is stored."
_REMOVED = "The password was removed from the keyring."


class AccountFields(QObject):
    """Adds its rows to a grid. The keyring is looked into when somebody goes to the password, and not before.

    It may ask to be unlocked, which must not happen to somebody who only wants to change a name.
    """

    changed = Signal()

    def __init__(self, grid: FormGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self._passwords: WarehousePasswords | None = None
        self._saved_id = ""
        # What comes for another connection, or for an older look, is not shown.
        self._turn = 0
        self.database = line_edit("database", "Optional")
        self.user = line_edit("warehouse-user", "Optional, for copied texts")
        self.password = SecretEdit()
        self.password.line.setObjectName("warehouse-password")
        self._remove = button("remove-warehouse-password", "Remove")
        self._remove.setToolTip("Remove the stored password from the keyring")
        self._remove.hide()
        self._state = Remark()
        self._state.setObjectName("warehouse-password-state")
        self._lay_out()
        for line in (self.database, self.user):
            line.textChanged.connect(self.changed)
        self.password.changed.connect(self.changed)
        self.password.line.installEventFilter(self)
        self._remove.clicked.connect(self._on_remove)

    def fill(self, database: str, user: str) -> None:
        self.database.setText(database)
        self.user.setText(user)

    def attend(self, passwords: WarehousePasswords | None, saved_id: str) -> None:
        """Where passwords are kept, and the id of the connection if it is saved already."""
        self._passwords, self._saved_id = passwords, saved_id
        self._turn += 1
        self._say("")
        self.password.line.setPlaceholderText(_KEPT if saved_id else _OPTIONAL)

    def show_kind(self, entry: Warehouse, *, leads_to_one: bool) -> None:
        """The rows that this kind has; none where a connection leads to many warehouses."""
        has_user = leads_to_one and bool(entry.user_label)
        has_database = leads_to_one and bool(entry.database_label)
        for caption, text in (
            (self._captions[0], entry.user_label),
            (self._captions[1], entry.database_label),
        ):
            caption.setText(text)
            # The columns of the form keep their width: a long name goes on below.
            caption.setWordWrap(True)
            caption.setFixedWidth(self._grid.caption_width(second=caption is self._captions[1]))
        self.user.setAccessibleName(entry.user_label)
        self.database.setAccessibleName(entry.database_label)
        self._grid.show_pair(self._pair, first=has_user, second=has_database)
        has_password = has_user and self._passwords is not None and entry.texts != NO_TEXTS
        for widget in self._password_row:
            widget.setVisible(has_password)
        self._state.setVisible(has_password and bool(self._state.text()))

    def typed_password(self) -> str:
        return self.password.text() if self.password.isVisibleTo(self._grid) else ""

    def forget(self) -> None:
        """No secret stays in the form."""
        self._turn += 1
        self.password.forget()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.FocusIn and self._saved_id and not self._state.text():
            self._look()
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        user, database = FieldBox(self.user), FieldBox(self.database)
        self._pair = self._grid.add_pair("User", user, "Database", database)
        self._captions = [widget for widget in self._pair if isinstance(widget, QLabel)]
        password = QWidget()
        row = QHBoxLayout(password)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.password, 1)
        row.addWidget(self._remove)
        password.setFocusProxy(self.password)
        self._password_row = self._grid.add_wide("Password", FieldBox(password))
        self.password.line.setAccessibleName("Password of the warehouse")
        self._grid.add_remark(self._state)

    def _look(self) -> None:
        if self._passwords is None:
            return
        turn = self._turn = self._turn + 1

        def tell(password: str | None, cause: Cause | None) -> None:
            if turn == self._turn:
                said = _IS_STORED if password is not None else _NONE_STORED
                self._say(said if cause is None else f"{title(cause)}.", stored=password is not None)

        self._passwords.look(self._saved_id, tell)

    def _on_remove(self) -> None:
        if self._passwords is None:
            return
        turn = self._turn = self._turn + 1

        def tell(_nothing: str | None, cause: Cause | None) -> None:
            if turn == self._turn:
                self._say(_REMOVED if cause is None else f"{title(cause)}.", stored=cause is not None)

        self._passwords.remove(self._saved_id, tell)

    def _say(self, text: str, *, stored: bool = False) -> None:
        self._state.say(text)
        self._remove.setVisible(stored)
