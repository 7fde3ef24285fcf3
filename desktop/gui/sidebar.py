"""The left side of the window: search, the list, and a line that sums it up."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop.gui.connection_delegate import ConnectionDelegate
from desktop.gui.connections_model import ConnectionsModel, Role
from desktop.gui.elided_label import ElidedLabel
from desktop.gui.foreign_import import add_tools
from desktop.gui.icons import icon
from desktop.gui.parts import icon_button, label, with_keys
from desktop.gui.shown_connections import ShownConnections
from desktop.wording.aliases import IMPORT_HEADING
from desktop.wording.foreign import FOREIGN_HEADING
from desktop.wording.status import overall_line

LEAST_WIDTH = 248


class Sidebar(QFrame):
    """`chosen` carries the id of the current connection, the other signals what a key or a click asked of it."""

    chosen = Signal(str)
    toggle_wanted = Signal(str)
    delete_wanted = Signal(str)
    menu_wanted = Signal(str, QPoint)
    add_wanted = Signal()
    paste_wanted = Signal()
    import_wanted = Signal()
    alias_import_wanted = Signal()
    foreign_import_wanted = Signal(str)
    export_wanted = Signal()
    demo_wanted = Signal()
    preferences_wanted = Signal()

    def __init__(self, model: ConnectionsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setMinimumWidth(LEAST_WIDTH)
        self._model = model
        self._shown = ShownConnections(model, self)
        self.search = self._make_search()
        self.list = self._make_list()
        self._add = icon_button("addButton", "plus", "Add a connection")
        self._add.setMenu(self._make_add_menu())
        self._preferences = icon_button("preferencesButton", "sliders", "Preferences")
        self._preferences.clicked.connect(self.preferences_wanted)
        self._nothing = label("Nothing matches your search.", "muted", wraps=True)
        self._summary = ElidedLabel(kind="small")
        self._summary.setObjectName("summary")
        self._lay_out()
        self._connect_signals()
        self._on_rows_changed()

    @property
    def current_id(self) -> str:
        """Of the chosen connection, or empty."""
        index = self.list.currentIndex()
        return str(index.data(Role.ID)) if index.isValid() else ""

    def choose(self, connection_id: str) -> bool:
        """Make a connection the current one; False where it is not in the list, or not yet."""
        for row in range(self._shown.rowCount()):
            index = self._shown.index(row, 0)
            if index.data(Role.ID) == connection_id:
                self.list.setCurrentIndex(index)
                self.list.scrollTo(index)
                return True
        return False

    def _make_search(self) -> QLineEdit:
        search = QLineEdit()
        search.setObjectName("search")
        search.setAccessibleName("Search connections")
        search.setPlaceholderText("Search")
        search.setClearButtonEnabled(True)
        search.addAction(icon("search", "faint"), QLineEdit.ActionPosition.LeadingPosition)
        return search

    def _make_list(self) -> QListView:
        view = QListView()
        view.setObjectName("connectionList")
        view.setAccessibleName("Connections")
        view.setModel(self._shown)
        view.setItemDelegate(ConnectionDelegate(view))
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        return view

    def _make_add_menu(self) -> QMenu:
        menu = QMenu(self)
        add = menu.addAction(icon("plus"), with_keys("Add connection…", QKeySequence.StandardKey.New))
        add.setObjectName("addAction")
        add.triggered.connect(self.add_wanted)
        paste = menu.addAction(icon("terminal"), "Paste an ssh command…")
        paste.setObjectName("pasteAction")
        paste.triggered.connect(self.paste_wanted)
        menu.addSeparator()
        self._add_exchange(menu)
        menu.addSeparator()
        demo = menu.addAction(icon("demo"), "Try the demo")
        demo.setObjectName("demoAction")
        demo.triggered.connect(self.demo_wanted)
        return menu

    def _add_exchange(self, menu: QMenu) -> None:
        for name, drawing, text, wanted in (
            ("importAction", "import", "Import connections…", self.import_wanted),
            ("aliasImportAction", "import", f"{IMPORT_HEADING}…", self.alias_import_wanted),
            ("exportAllAction", "export", "Export connections…", self.export_wanted),
        ):
            action = menu.addAction(icon(drawing), text)
            action.setObjectName(name)
            action.triggered.connect(wanted)
        tools = QMenu(FOREIGN_HEADING, menu)
        tools.setIcon(icon("import"))
        add_tools(tools, self.foreign_import_wanted.emit)
        menu.insertMenu(menu.actions()[-1], tools)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 14, 10, 6)
        top.setSpacing(6)
        top.addWidget(self.search, 1)
        top.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        column.addLayout(top)
        self._nothing.setContentsMargins(20, 12, 20, 0)
        column.addWidget(self._nothing)
        column.addWidget(self.list, 1)
        line = QFrame()
        line.setProperty("line", "true")
        column.addWidget(line)
        foot = QHBoxLayout()
        foot.setContentsMargins(18, 5, 10, 6)
        foot.addWidget(self._summary, 1)
        foot.addWidget(self._preferences)
        column.addLayout(foot)

    def _connect_signals(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self.list.customContextMenuRequested.connect(self._on_menu)
        self._shown.rowsInserted.connect(self._on_rows_changed)
        self._shown.rowsRemoved.connect(self._on_rows_changed)
        self._shown.layoutChanged.connect(self._on_rows_changed)
        self._model.dataChanged.connect(self._sum_up)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_key(QKeySequence(key), self.list, lambda: self.toggle_wanted.emit(self.current_id))
        delete = QKeySequence(QKeySequence.StandardKey.Delete)
        self._on_key(delete, self.list, lambda: self.delete_wanted.emit(self.current_id))
        self._on_key(QKeySequence(QKeySequence.StandardKey.Paste), self.list, self.paste_wanted.emit)
        self._on_key(QKeySequence(Qt.Key.Key_Escape), self.search, self._leave_search)
        self._on_key(QKeySequence(Qt.Key.Key_Down), self.search, self.list.setFocus)

    def _on_key(self, keys: QKeySequence, where: QWidget, do: object) -> None:
        shortcut = QShortcut(keys, where)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(do)

    def _leave_search(self) -> None:
        self.search.clear()
        self.list.setFocus()

    def _on_search(self, text: str) -> None:
        self._shown.search(text)
        self._on_rows_changed()

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(str(current.data(Role.ID)))

    def _on_menu(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if index.isValid():
            self.menu_wanted.emit(str(index.data(Role.ID)), self.list.viewport().mapToGlobal(place))

    def _on_rows_changed(self) -> None:
        # A row's height depends on whether a heading stands above it, so neighbours must be measured again.
        self.list.scheduleDelayedItemsLayout()
        self._nothing.setVisible(self._shown.rowCount() == 0)
        if not self.list.currentIndex().isValid() and self._shown.rowCount():
            self.list.setCurrentIndex(self._shown.index(0, 0))
        self._sum_up()

    def _sum_up(self) -> None:
        self._summary.setText(overall_line(self._model.snapshots()))
