"""Where the window that runs can be reached. Imports next to nothing: ``caponier status`` has 50 ms to answer in."""

from __future__ import annotations

import os

from desktop import APP_NAME

HOME_VARIABLE = "CAPONIER_HOME"
RUNTIME_FOLDER = "run"
SOCKET_NAME = "window.sock"

# sun_path holds 104 bytes on macOS and 108 on Linux (unix(4), unix(7)), the closing NUL included.
_LONGEST_SOCKET_PATH = 103


def window_socket_path() -> str:
    """What `Paths.from_environment` says too. Empty for an account that has no home folder."""
    home = os.environ.get(HOME_VARIABLE, "")
    if home:
        folder = os.path.join(os.getcwd(), os.path.expanduser(home), RUNTIME_FOLDER)
    else:
        folder = of_session() or _in_state_folder()
    return os.path.join(short_enough_for_a_socket(folder), SOCKET_NAME) if folder else ""


def of_session() -> str:
    """A folder in the login session's own one (XDG Base Directory Specification); empty where there is none.

    Not platformdirs' answer: without a session it warns, and names a folder that anybody may have made.
    """
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    there = os.path.isabs(session) and os.path.isdir(session)
    return os.path.join(session, APP_NAME) if there else ""


def short_enough_for_a_socket(folder: str) -> str:
    """`folder`, or one in the temporary folder whose name is derived from it where a socket would not fit."""
    folder = os.path.normpath(folder)
    if len(os.fsencode(os.path.join(folder, SOCKET_NAME))) <= _LONGEST_SOCKET_PATH:
        return folder
    import hashlib
    import tempfile

    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return os.path.join(tempfile.gettempdir(), f"{APP_NAME.lower()}-{digest}")


def _in_state_folder() -> str:
    import platformdirs

    try:
        return os.path.join(platformdirs.user_state_path(APP_NAME, appauthor=False), RUNTIME_FOLDER)
    except RuntimeError:
        return ""
