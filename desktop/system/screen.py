"""Is there a screen to open a window on?"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing
from pathlib import Path

_CONNECT_TIMEOUT_S = 2.0


def has_screen() -> bool:
    """True where Qt can open a window. Qt itself ends the program where it can't, so this is asked first.

    A platform plugin chosen by QT_QPA_PLATFORM is taken at its word.
    """
    return bool(os.environ.get("QT_QPA_PLATFORM")) or _display_server_answers()


if sys.platform == "win32" or sys.platform == "darwin":  # mypy understands no other form

    def _display_server_answers() -> bool:
        return True

else:

    def _display_server_answers() -> bool:
        return _wayland_answers() or _x11_answers(os.environ.get("DISPLAY", ""))

    def _wayland_answers() -> bool:
        name = os.environ.get("WAYLAND_DISPLAY", "")
        runtime_dir = os.environ.get("XDG_RUNTIME_DIR", "")
        return bool(name) and _connects(str(Path(runtime_dir) / name))

    def _x11_answers(display: str) -> bool:
        """``[host]:number[.screen]``, X(7) "DISPLAY NAMES"; a display of another host is taken to be there."""
        host, colon, number = display.rpartition(":")
        if not colon:
            return False
        if host not in ("", "unix"):
            return True
        path = f"/tmp/.X11-unix/X{number.split('.')[0]}"  # noqa: S108 - where X servers listen
        # Linux servers also listen under the same name in the abstract namespace.
        return _connects(path) or _connects(f"\0{path}")

    def _connects(address: str) -> bool:
        with closing(socket.socket(socket.AF_UNIX)) as probe:
            probe.settimeout(_CONNECT_TIMEOUT_S)
            return probe.connect_ex(address) == 0
