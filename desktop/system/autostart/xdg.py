"""Linux and its relatives: Desktop Application Autostart Specification, a desktop entry in the autostart folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from desktop import APP_ID, APP_NAME
from desktop.system.autostart.entry_file import read_entry, remove_entry, write_entry

_GROUP = "[Desktop Entry]"
# How desktops note that the person switched an entry off: the specification's own key, and GNOME's.
_SWITCHED_OFF = {("Hidden", "true"), ("X-GNOME-Autostart-enabled", "false")}
# Desktop Entry Specification, "The Exec key".
_RESERVED = re.compile(r"""[\s"'\\><~|&;$*?#()`]""")
_ESCAPED_IN_QUOTES = re.compile(r'(["`$\\])')
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})


class XdgAutostart:
    """Implements `desktop.core.system_ports.Autostart`."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    @property
    def path(self) -> Path:
        return _config_dir() / "autostart" / f"{APP_ID}.desktop"

    def is_on(self) -> bool:
        content = read_entry(self.path)
        return content is not None and not _SWITCHED_OFF.intersection(_keys(content))

    def switch(self, *, on: bool) -> None:
        """Raises `ConfigNotWritable`."""
        if on:
            write_entry(self.path, _entry(self._command))
        else:
            remove_entry(self.path)


def exec_line(command: Iterable[str]) -> str:
    """The value of an Exec key. Its two rules of escaping are undone one after the other: string, then quotes."""
    return " ".join(_quoted(word) for word in command).translate(_ESCAPES)


def _quoted(word: str) -> str:
    # A percent sign would begin a field code.
    word = word.replace("%", "%%")
    if word and not _RESERVED.search(word):
        return word
    return '"' + _ESCAPED_IN_QUOTES.sub(r"\\\1", word) + '"'


def _entry(command: Iterable[str]) -> bytes:
    lines = (
        _GROUP,
        "Type=Application",
        f"Name={APP_NAME}",
        "Comment=Keeps warehouse connections reachable through bastion hosts",
        f"Exec={exec_line(command)}",
        f"Icon={APP_ID}",
        "Terminal=false",
        "",
    )
    # A path that is no UTF-8 stays what it is.
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _keys(content: bytes) -> set[tuple[str, str]]:
    pairs = (line.partition("=") for line in content.decode("utf-8", "replace").splitlines())
    return {(key.strip(), value.strip()) for key, equals, value in pairs if equals}


def _config_dir() -> Path:
    """XDG Base Directory Specification: a relative path is to be ignored."""
    wish = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    # Path.expanduser would raise for an account without a home folder; this leaves the tilde.
    return wish if wish.is_absolute() else Path(os.path.expanduser("~/.config"))  # noqa: PTH111
