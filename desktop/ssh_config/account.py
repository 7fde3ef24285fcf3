"""Who asks, on which computer, and where ssh keeps its files there."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Account:
    """The person whose ssh_config it is.

    `home_dir` is what ``~`` and ``%d`` stand for: the home folder of the password database, as for ssh. `user_dir` is
    where the person's own file and what it includes are: ``.ssh`` below HOME. Both are the same to nearly everybody.
    """

    name: str
    uid: int
    home_dir: str
    user_dir: str
    system_dir: str
    host_name: str

    @classmethod
    def current(cls) -> Account:
        name, uid, home_dir = _identity()
        user_dir = str(Path(_own_home(home_dir)) / ".ssh")
        return cls(name, uid, home_dir, user_dir, _system_dir(), socket.gethostname())

    @property
    def user_file(self) -> str:
        return str(Path(self.user_dir) / "config")

    @property
    def system_file(self) -> str:
        return str(Path(self.system_dir) / "ssh_config")


if sys.platform == "win32":

    def home_of(name: str) -> str | None:  # noqa: ARG001 - Windows keeps no such list
        """The home folder of another user, None where nobody has that name."""
        return None

    def _identity() -> tuple[str, int, str]:
        return getpass.getuser(), 0, str(Path.home())

    def _own_home(home_dir: str) -> str:
        return home_dir

    def _system_dir() -> str:
        return str(Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "ssh")

else:
    import pwd

    def home_of(name: str) -> str | None:
        """The home folder of another user, None where nobody has that name."""
        try:
            return pwd.getpwnam(name).pw_dir
        except (KeyError, ValueError):
            return None

    def _identity() -> tuple[str, int, str]:
        uid = os.getuid()
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            # A container may run us as a user that it has no entry for.
            return os.environ.get("USER") or str(uid), uid, os.environ.get("HOME") or "/"
        return entry.pw_name, uid, entry.pw_dir

    def _own_home(home_dir: str) -> str:
        return os.environ.get("HOME") or home_dir

    def _system_dir() -> str:
        return "/etc/ssh"
