"""What the window shows before there is a connection: the ways to get one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop.gui.foreign_import import add_tools
from desktop.gui.icons import app_icon
from desktop.gui.parts import button, label
from desktop.wording.aliases import IMPORT_HEADING
from desktop.wording.foreign import FOREIGN_HEADING

LOGO = 88
WIDTH = 540


class EmptyState(QWidget):
    add_wanted = Signal()
    paste_wanted = Signal()
    import_wanted = Signal()
    alias_import_wanted = Signal()
    foreign_import_wanted = Signal(str)
    demo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        self._logo = QLabel()
        self._logo.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._logo.setPixmap(app_icon().pixmap(QSize(LOGO, LOGO), self.devicePixelRatio()))
        title = label("Reach your warehouses through a bastion", "display", wraps=True)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = label(
            "Caponier opens a port on this computer for each warehouse and keeps the way through your bastion "
            "up, whatever the network does.",
            "muted",
            wraps=True,
        )
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out(title, text)

    def _lay_out(self, title: QLabel, text: QLabel) -> None:
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._logo)
        column.addSpacing(12)
        column.addWidget(title)
        column.addWidget(text)
        column.addSpacing(16)
        add = button("emptyAdd", "Add connection", "primary", "plus", "on_accent")
        add.clicked.connect(self.add_wanted)
        paste = button("emptyPaste", "Paste an ssh command", "", "terminal", "muted")
        paste.clicked.connect(self.paste_wanted)
        aliases = button("emptyAliasImport", IMPORT_HEADING, "", "import", "muted")
        aliases.clicked.connect(self.alias_import_wanted)
        import_ = button("emptyImport", "Import a file", "", "import", "muted")
        import_.clicked.connect(self.import_wanted)
        column.addLayout(_centred(add, paste))
        programs = button("emptyForeignImport", FOREIGN_HEADING, "", "import", "muted")
        tools = QMenu(programs)
        add_tools(tools, self.foreign_import_wanted.emit)
        programs.setMenu(tools)
        column.addLayout(_centred(aliases, import_))
        column.addLayout(_centred(programs))
        column.addSpacing(10)
        column.addWidget(self._demo_line())
        column.addStretch(3)
        frame = QWidget()
        frame.setLayout(column)
        frame.setFixedWidth(WIDTH)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(frame)
        outer.addStretch(1)

    def _demo_line(self) -> QFrame:
        demo = button("emptyDemo", "Try the demo", "", "demo", "muted")
        demo.clicked.connect(self.demo_wanted)
        line = QFrame()
        line.setProperty("card", "neutral")
        row = QHBoxLayout(line)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(
            label("No bastion at hand? A small one and a PostgreSQL run on this computer.", wraps=True), 1
        )
        row.addWidget(demo)
        return line


def _centred(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addStretch(1)
    for each in buttons:
        row.addWidget(each)
    row.addStretch(1)
    return row
