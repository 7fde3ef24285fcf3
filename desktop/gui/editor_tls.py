"""The part of the form that says how the warehouse is spoken to: in clear, encrypted, or verified."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop.core.tls import Tls, TlsMode
from desktop.core.validation import Field
from desktop.gui.editor_fields import FieldBox, FormGrid, line_edit
from desktop.gui.editor_files import CaFileEdit

_MODES = (
    (TlsMode.AUTO, "Automatic"),
    (TlsMode.OFF, "Off"),
    (TlsMode.REQUIRE, "Required"),
    (TlsMode.VERIFY, "Required and verified"),
)
_HINTS = {
    TlsMode.AUTO: "Each program does as it does by itself",
    TlsMode.OFF: "What is sent behind the bastion can be read there",
    TlsMode.REQUIRE: "Encrypted, whoever answers",
    TlsMode.VERIFY: "Encrypted, and only with the warehouse that the certificate names",
}
_WITH_CERTIFICATE = (TlsMode.REQUIRE, TlsMode.VERIFY)
_ISSUED_TO = "The name in the warehouse's certificate, where that is not its host"
_NO_NAME = "db.example.com"


class TlsFields(QObject):
    """Adds its rows to a grid, and shows those of the chosen mode. What was typed for a mode is kept."""

    changed = Signal()

    def __init__(self, grid: FormGrid) -> None:
        super().__init__(grid)
        self.mode = QComboBox()
        self.mode.setObjectName("tls-mode")
        for value, text in _MODES:
            self.mode.addItem(text, value)
        self.ca_file = CaFileEdit("ca-file")
        self.ca_file.line.setPlaceholderText("Optional; the system's authorities if left empty")
        self.server_name = line_edit("server-name", _NO_NAME)
        self.server_name.setToolTip(_ISSUED_TO)
        self.boxes = {Field.CA_FILE: FieldBox(self.ca_file), Field.SERVER_NAME: FieldBox(self.server_name)}
        self._is_offered = True
        self._mode_row = grid.add_wide("Encryption", FieldBox(self.mode))
        self._certificate_rows: list[QWidget] = [
            *grid.add_wide("CA file", self.boxes[Field.CA_FILE]),
            *grid.add_wide("Issued to", self.boxes[Field.SERVER_NAME]),
        ]
        self.server_name.setAccessibleName(_ISSUED_TO)
        self.mode.currentIndexChanged.connect(self._on_mode)
        self.ca_file.changed.connect(self.changed)
        self.server_name.textChanged.connect(self.changed)
        self._show_rows()

    @property
    def lines(self) -> dict[Field, QLineEdit]:
        return {Field.CA_FILE: self.ca_file.line, Field.SERVER_NAME: self.server_name}

    def fill(self, tls: Tls) -> None:
        self.mode.setCurrentIndex(self.mode.findData(tls.mode))
        self.ca_file.set_path(tls.ca_file)
        self.server_name.setText(tls.server_name)

    def tls(self) -> Tls:
        mode = TlsMode(self.mode.currentData())
        if mode not in _WITH_CERTIFICATE:
            return Tls(mode)
        return Tls(mode, self.ca_file.path(), self.server_name.text().strip())

    def stand(self, *, offered: bool, host: str) -> None:
        """Whether there is one warehouse to be encrypted with, and its `host`, whose name a certificate has."""
        self._is_offered = offered
        self.server_name.setPlaceholderText(host or _NO_NAME)
        self._show_rows()

    def doubt(self) -> str:
        """What may be wrong with the file, though it can be saved."""
        return self.ca_file.warning()

    def _on_mode(self) -> None:
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        mode = TlsMode(self.mode.currentData())
        self.mode.setToolTip(_HINTS[mode])
        for widget in self._mode_row:
            widget.setVisible(self._is_offered)
        for widget in self._certificate_rows:
            widget.setVisible(self._is_offered and mode in _WITH_CERTIFICATE)
