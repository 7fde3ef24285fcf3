"""Does the system have what Qt links to? Imports no part of Qt that links to anything itself."""

from __future__ import annotations

import ctypes
from pathlib import Path

from PySide6.QtCore import QLibraryInfo

from desktop.selftest.finding import Finding, failed, ok, warning

_X11, _WAYLAND = "libqxcb.so", "libqwayland.so"


def libraries() -> Finding:
    """On Linux, Qt's way to the screen links to libraries of the system; without one of them Qt ends the program."""
    missing = {path.name: why for path in _platform_plugins() if (why := _why_not_loadable(path))}
    if not missing:
        return ok("the system has every library that Qt asks for")
    sentence = "; ".join(missing.values())
    return failed(sentence) if _X11 in missing else warning(f"{sentence}; only X11 can be used")


def can_use_x11() -> bool:
    """True also where there is no such plugin, as on other systems than Linux."""
    return not any(_why_not_loadable(path) for path in _platform_plugins() if path.name == _X11)


def _platform_plugins() -> list[Path]:
    """On Linux; elsewhere the system itself is all that Qt asks for."""
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    return [path for path in (folder / _X11, folder / _WAYLAND) if path.exists()]


def _why_not_loadable(path: Path) -> str:
    """The loader's sentence, which names what is missing, or an empty string."""
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        return str(error)
    return ""
