"""Where the clients of warehouses are installed, beyond what is on the PATH of a program with a window."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

# A program that the Finder or a desktop starts does not get the PATH of the person's shell.
_USUAL = {
    "darwin": (
        "/opt/homebrew/bin",
        "/usr/local/bin",
        "/opt/local/bin",
        "/Applications/Postgres.app/Contents/Versions/latest/bin",
        # Homebrew does not link these, lest they hide what the system has.
        "/opt/homebrew/opt/libpq/bin",
        "/usr/local/opt/libpq/bin",
        "/opt/homebrew/opt/mysql-client/bin",
        "/usr/local/opt/mysql-client/bin",
    ),
    "win32": (),
    "linux": (
        "/usr/local/bin",
        "/snap/bin",
        "/opt/mssql-tools18/bin",
        "/opt/mssql-tools/bin",
        "/opt/vertica/bin",
    ),
}
_OWN = ".local/bin"
_UNDER_PROGRAM_FILES = (
    "PostgreSQL/*/bin",
    "MySQL/*/bin",
    "MariaDB*/bin",
    "Microsoft SQL Server/Client SDK/ODBC/*/Tools/Binn",
)


def find_program(name: str, folders: Iterable[str] | None = None) -> str:
    """Its whole path, by PATH first; empty where there is none. Blocks for a look into the folders.

    On Windows only an .exe counts: a batch file takes its arguments through cmd.exe, which reads them as commands.
    """
    places = [os.environ.get("PATH", ""), *(usual_folders() if folders is None else folders)]
    found = shutil.which(name, path=os.pathsep.join(filter(None, places))) or ""
    return "" if sys.platform == "win32" and not found.lower().endswith(".exe") else found


def usual_folders() -> list[str]:
    """Where installers and package managers of this system put programs."""
    if sys.platform == "win32":
        folders = [str(folder) for root in _program_files() for folder in _newest_first(root)]
    else:
        folders = [*_USUAL.get(sys.platform, ()), str(Path(os.path.expanduser("~"), _OWN))]  # noqa: PTH111 - never raises
    return folders


def _program_files() -> list[Path]:
    names = ("PROGRAMFILES", "PROGRAMFILES(X86)")
    return [Path(os.environ[name]) for name in names if os.environ.get(name)]


def _newest_first(root: Path) -> list[Path]:
    return [folder for pattern in _UNDER_PROGRAM_FILES for folder in sorted(root.glob(pattern), reverse=True)]
