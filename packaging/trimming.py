"""What PyInstaller would bundle of Qt, and this program has no use for.

Two rules, in this order:

1. Of Qt's plugins only those of `KEPT_PLUGINS` stay, and none of Qt's translations and QML files.
2. A library stays where something that stays links to it. So GTK goes with the plugin that wanted it, QtQml with the
   virtual keyboard's, and nobody has to keep a list of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath

# (name in the bundle, file it is copied from, PyInstaller's code for its kind)
Entry = tuple[str, str, str]
ImportsOf = Callable[[str], Iterable[str]]

_ALL = None
# Kind -> the plugins that stay, by their names on all systems without "lib" and suffix.
KEPT_PLUGINS: dict[str, frozenset[str] | None] = {
    # Not the ones that draw on bare hardware or for VNC; "offscreen" is what the self-test falls back to.
    "platforms": frozenset({"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"}),
    "platforminputcontexts": frozenset(
        {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"}
    ),
    # GTK's theme brings all of GTK along, for a file dialog that the portal shows as well.
    "platformthemes": frozenset({"qxdgdesktopportal"}),
    "styles": _ALL,
    "iconengines": frozenset({"qsvgicon"}),
    # Our drawings are SVG; PNG is part of QtGui.
    "imageformats": frozenset({"qsvg"}),
    "networkinformation": _ALL,
    # Nothing is drawn by OpenGL, but Qt's X11 and Wayland parts complain without these.
    "xcbglintegrations": _ALL,
    "wayland-graphics-integration-client": frozenset({"qt-plugin-wayland-egl"}),
    "wayland-shell-integration": frozenset({"xdg-shell"}),
    "wayland-decoration-client": _ALL,
}

# The C runtime is part of Windows since version 10; PyInstaller copies it from the computer that builds.
_PART_OF_WINDOWS = re.compile(r"(ucrtbase|api-ms-win-.*)\.dll$", re.IGNORECASE)
_QT_FOLDERS_DROPPED = frozenset({"translations", "qml"})
_LIBRARY, _LINK = "BINARY", "SYMLINK"


def trimmed(entries: Sequence[Entry], imports_of: ImportsOf) -> list[Entry]:
    """The binaries that stay. `imports_of` gives the file names of the libraries that a file links to."""
    wanted = [entry for entry in entries if is_wanted(entry[0])]
    return _linked(wanted, imports_of)


def trimmed_data(datas: Sequence[Entry], dropped: Iterable[str]) -> list[Entry]:
    """The data files that stay, without links to the binaries that are `dropped` (names in the bundle)."""
    gone = {PurePath(name).name for name in dropped}
    return [
        entry for entry in datas if is_wanted(entry[0]) and not (entry[2] == _LINK and _file(entry) in gone)
    ]


def is_wanted(name: str) -> bool:
    """Rule 1, for a binary or a data file."""
    parts = PurePath(name.replace("\\", "/")).parts
    if _PART_OF_WINDOWS.match(parts[-1]):
        return False
    if "PySide6" not in parts:
        return True
    if _QT_FOLDERS_DROPPED.intersection(parts[:-1]):
        return False
    if "plugins" not in parts[:-1]:
        return True
    kind, *_, file = parts[parts.index("plugins") + 1 :]
    kept = KEPT_PLUGINS.get(kind, frozenset())
    return kept is _ALL or _plain(file) in kept


def _linked(entries: Sequence[Entry], imports_of: ImportsOf) -> list[Entry]:
    """Rule 2: start from what is loaded by name (plugins, extension modules) and follow the links."""
    # Windows does not tell MSVCP140.dll and msvcp140.dll apart, and its wheels each bring a copy of their own.
    by_file: dict[str, list[tuple[str, str]]] = {}
    for name, source, _ in entries:
        by_file.setdefault(PurePath(name).name.lower(), []).append((name, source))
    reached: set[str] = set()
    ahead = [(name, source) for name, source, kind in entries if _is_loaded_by_name(name, kind)]
    while ahead:
        name, source = ahead.pop()
        if name not in reached:
            reached.add(name)
            for file in imports_of(source):
                ahead += by_file.get(file.lower(), [])
    return [entry for entry in entries if entry[0] in reached]


def _file(link: Entry) -> str:
    """The file that a link leads to: PyInstaller gives its target as the source."""
    return PurePath(link[1]).name


def _is_loaded_by_name(name: str, kind: str) -> bool:
    is_python = PurePath(name).name.lower().startswith(("libpython", "python3", "python"))
    return kind != _LIBRARY or "plugins" in PurePath(name).parts or is_python


def _plain(file: str) -> str:
    return file.removeprefix("lib").partition(".")[0]
