"""Whom this computer knows: a page to look through, to add to, and to forget from."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.errors import Cause
from desktop.core.host_keys import HostKeyEntry, entry_in_question
from desktop.core.ports import HostKeys
from desktop.gui.confirm_dialog import ConfirmDialog
from desktop.gui.host_key_card import HostKeyCard
from desktop.gui.host_key_paste import HostKeyPasteDialog
from desktop.gui.host_keys_model import (
    ENTRY_ROLE,
    FIRST_SEEN,
    HOST,
    KEPT_BY,
    KEY,
    HostKeysModel,
    ShownHostKeys,
)
from desktop.gui.host_keys_reading import HostKeysReading
from desktop.gui.icons import icon
from desktop.gui.notice_dialog import NoticeDialog
from desktop.gui.one_dialog import OneDialog
from desktop.gui.parts import button, label
from desktop.gui.steady_table import SteadyTable
from desktop.wording.host_keys import forgetting_means, host_text, key_elsewhere_line
from desktop.wording.messages import advice, title

WIDTH, HEIGHT = 820, 600
_READING = "Reading…"
_NOBODY = "No host is known yet. Connecting to one asks, and so adds it; so does Add."
_NOTHING_FOUND = "Nothing matches your search. A hidden name is found by the whole of it."


class HostKeysDialog(QDialog):
    """Show it with `open`, which does not block; it deletes itself when it is closed.

    It begins at the entry that `about` is about; where that is not among them, none is chosen, and its place is told.
    """

    _read = Signal(object)

    def __init__(
        self, host_keys: HostKeys, parent: QWidget | None = None, about: Cause | None = None
    ) -> None:
        super().__init__(parent)
        self._host_keys = host_keys
        self._about = about
        self._reading: HostKeysReading | None = None
        self._dialogs = OneDialog(self)
        self._model = HostKeysModel(self)
        self._shown = ShownHostKeys(self._model, host_keys.is_about, self)
        self.setObjectName("hostKeysDialog")
        self.setWindowTitle("Host keys")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._search = _search_line()
        self._add = button("addHostKey", "Add…", drawing="plus")
        self._table = _table(self._shown)
        self._words = label(_READING, "muted", wraps=True)
        self._words.setObjectName("hostKeysWords")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._elsewhere = label("", "note", wraps=True)
        self._elsewhere.setObjectName("keyElsewhere")
        self._elsewhere.setTextFormat(Qt.TextFormat.PlainText)
        self._elsewhere.hide()
        self._card = HostKeyCard()
        self._lay_out()
        self._connect_signals()
        self._search.setFocus()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self._reading is None:
            self._begin_reading()

    def done(self, result: int) -> None:
        if self._reading is not None:
            self._reading.drop()
        super().done(result)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._search, 1)
        head.addWidget(self._add)
        self._pages = QStackedLayout()
        self._pages.addWidget(self._table)
        self._pages.addWidget(self._words)
        self._pages.setCurrentWidget(self._words)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        # Return in the search must not close the page.
        self._buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(12)
        column.addWidget(label("Host keys", "title"))
        column.addWidget(
            label(
                "A server is recognised by its key. Caponier keeps those that you accepted, and reads the ones that"
                " ssh keeps.",
                "muted",
                wraps=True,
            )
        )
        column.addLayout(head)
        column.addLayout(self._pages, 1)
        column.addWidget(self._elsewhere)
        column.addWidget(self._card)
        column.addWidget(self._buttons)
        self.resize(WIDTH, HEIGHT)

    def _connect_signals(self) -> None:
        self._read.connect(self._on_read)
        self._search.textChanged.connect(self._on_search)
        self._add.clicked.connect(self._on_add)
        self._card.forget_wanted.connect(self._on_forget)
        self._buttons.rejected.connect(self.reject)
        self._table.selectionModel().currentRowChanged.connect(self._on_chosen)

    def _begin_reading(self) -> None:
        if self._reading is not None:
            self._reading.drop()
        self._reading = HostKeysReading(self._host_keys, self._read.emit)
        # The window may go, and this page with it, without closing it first.
        self.destroyed.connect(self._reading.drop)

    def _on_read(self, entries: object) -> None:
        if isinstance(entries, (list, tuple)):
            row = self._table.currentIndex().row()
            self._elsewhere.hide()
            self._model.show_entries(entries)
            about, self._about = self._about, None
            if about is None:
                self._choose(min(max(row, 0), self._shown.rowCount() - 1))
            self._show_page(_NOBODY)
            if about is not None:
                self._begin_at(about)

    def _begin_at(self, cause: Cause) -> None:
        """The table has to be there, to be scrolled."""
        entry, place = entry_in_question(self._model.entries, cause), cause.fact("known_in")
        if entry is not None:
            self._choose(self._shown.row_of(entry))
            self._table.scrollTo(self._table.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
            self._table.setFocus()
        elif place:
            self._elsewhere.setText(key_elsewhere_line(place))
            self._elsewhere.show()

    def _on_search(self, text: str) -> None:
        self._shown.search(text)
        self._choose(0)
        self._show_page(_NOTHING_FOUND if self._model.entries else _NOBODY)

    def _show_page(self, otherwise: str) -> None:
        some = self._shown.rowCount() > 0
        self._words.setText(otherwise)
        self._pages.setCurrentWidget(self._table if some else self._words)
        if not some:
            self._card.show_entry(None)

    def _choose(self, row: int) -> None:
        index = self._shown.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self._table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self._on_chosen()

    def _on_chosen(self) -> None:
        self._card.show_entry(self._chosen())

    def _chosen(self) -> HostKeyEntry | None:
        entry = self._table.currentIndex().data(ENTRY_ROLE)
        return entry if isinstance(entry, HostKeyEntry) else None

    def _on_add(self) -> None:
        dialog = HostKeyPasteDialog(self._host_keys, self)
        dialog.added.connect(self._begin_reading)
        self._dialogs.open(dialog)

    def _on_forget(self) -> None:
        entry = self._chosen()
        if entry is None or not entry.is_own:
            return
        whom = "this key" if entry.is_hidden else f"the key of {host_text(entry)}"
        dialog = ConfirmDialog(f"Forget {whom}?", forgetting_means(entry), "Forget", self)
        dialog.accepted.connect(lambda: self._forget(entry))
        self._dialogs.open(dialog)

    def _forget(self, entry: HostKeyEntry) -> None:
        try:
            self._host_keys.forget(entry)
        except ConfigNotWritable as error:
            self._dialogs.open(NoticeDialog(title(error.cause), advice(error.cause), self))
        else:
            self._begin_reading()


def _search_line() -> QLineEdit:
    search = QLineEdit()
    search.setObjectName("search")
    search.setAccessibleName("Search host keys")
    search.setPlaceholderText("Search")
    search.setClearButtonEnabled(True)
    search.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
    return search


def _table(model: ShownHostKeys) -> QTableView:
    table = SteadyTable()
    table.setObjectName("hostKeysTable")
    table.setAccessibleName("Host keys")
    table.setModel(model)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 14)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionsClickable(False)
    header.setSectionResizeMode(HOST, QHeaderView.ResizeMode.Stretch)
    for column, characters in ((KEY, 28), (FIRST_SEEN, 12), (KEPT_BY, 18)):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(column, table.fontMetrics().averageCharWidth() * characters)
    return table
