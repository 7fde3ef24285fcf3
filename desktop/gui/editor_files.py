"""Inputs for the files of a login."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget


class FileEdit(QWidget):
    """The path of a file, typed or browsed for. ``~`` stands for the home folder and is kept as typed."""

    changed = Signal()

    def __init__(self, name: str, example: str, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self.line = QLineEdit()
        self.line.setObjectName(name)
        self.line.setPlaceholderText(example)
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.setAccessibleName(question)
        browse.clicked.connect(self._on_browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(browse)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self.changed)

    def path(self) -> str:
        return self.line.text().strip()

    def set_path(self, path: str) -> None:
        self.line.setText(path)

    def warning(self) -> str:
        """A doubt about the file, which does not keep anyone from saving: it may be on a disk that comes later."""
        path = self.path()
        return "" if not path or _expanded(path).is_file() else "There is no such file on this computer."

    def _on_browse(self) -> None:
        start = _expanded(self.path() or "~/.ssh/")
        # No filter: a private key has no usual ending.
        chosen, _ = QFileDialog.getOpenFileName(self, self._question, str(start))
        if chosen:
            self.set_path(_with_tilde(Path(chosen)))


class IdentityFileEdit(FileEdit):
    """The path of a private key."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "~/.ssh/id_ed25519", "Choose the private key")

    def warning(self) -> str:
        if self.path().endswith(".pub"):
            return "This is the public half of a key. Choose the file without “.pub”."
        return super().warning()


class CertificateFileEdit(FileEdit):
    """The path of a user certificate, which a key may do without."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "", "Choose the certificate")

    def warning(self) -> str:
        if self.path() and not self.path().endswith(".pub"):
            return super().warning() or "A certificate is a file like id_ed25519-cert.pub."
        return super().warning()


class CaFileEdit(FileEdit):
    """The path of a file of authorities. Programs that get it from us know no ``~``, so it is always a whole one."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "", "Choose the file of authorities (PEM)")

    def path(self) -> str:
        path = super().path()
        return str(_expanded(path)) if path.startswith("~") else path


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _with_tilde(path: Path) -> str:
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)
