"""The files: read once each, checked as ssh checks them, and found by the patterns of ``Include``."""

from __future__ import annotations

import glob
import os
import re
import stat
from pathlib import Path

from desktop.core.ssh_config_errors import SshConfigTooLarge, SshConfigUnreadable, SshConfigUntrusted
from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.account import Account, home_of
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.trust import only_owner_writes, what_others_can_change

# All that one answer may take to read, a file that is read twice counting twice. People have thousands of hosts in
# a megabyte; this many bytes are something else, or files that include each other over and over.
MAX_MIB = 8
_BYTES_PER_MIB = 1024 * 1024
_ESCAPED = re.compile(r"\\(.)")


class Files:
    """For one answer: what was read stays as it was then."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._texts: dict[str, str] = {}
        self._left = MAX_MIB * _BYTES_PER_MIB

    def lines(self, path: str, *, is_checked: bool) -> list[str]:
        """Its lines, without what ends them. `is_checked`: a file that others can write to is refused.

        Raises `FileNotFoundError`, `SshConfigUnreadable`, `SshConfigTooLarge`, `SshConfigUntrusted`.
        """
        if path not in self._texts:
            try:
                self._texts[path] = self._read(path, is_checked=is_checked)
            except FileNotFoundError:
                raise
            except (OSError, ValueError) as error:
                reason = (isinstance(error, OSError) and error.strerror) or type(error).__name__
                raise SshConfigUnreadable(path=path, reason=reason) from error
        text = self._texts[path]
        self._left -= len(text)
        if self._left < 0:
            raise SshConfigTooLarge(path=path, limit=f"{MAX_MIB} MiB")
        return text.split("\n")

    def included(self, word: str, *, is_users: bool) -> list[str]:
        """The files that an argument of ``Include`` names, in the order of their names. Raises `Fault`."""
        if word.startswith("~") and not is_users:
            raise Fault(SshConfigProblem.BAD_INCLUDE, word)
        folder = self._account.user_dir if is_users else self._account.system_dir
        pattern = self._from_home(word) if word.startswith("~") else str(Path(folder) / word)
        if os.sep == "/":
            pattern = _ESCAPED.sub(r"[\1]", pattern)
        return sorted(glob.glob(pattern), key=os.fsencode)  # noqa: PTH207 - a pattern may be absolute

    def refuse_commands_of_others(self, path: str) -> None:
        """Before a command of that file runs. Raises `SshConfigUntrusted`."""
        try:
            changeable = what_others_can_change(path, self._account.uid)
        except OSError as error:
            raise SshConfigUnreadable(path=path, reason=error.strerror or str(error)) from error
        if changeable:
            raise SshConfigUntrusted(path=path, changeable=changeable)

    def _from_home(self, word: str) -> str:
        name, _, rest = word[1:].partition("/")
        home = home_of(name) if name else str(Path(self._account.user_dir).parent)
        return word if home is None else str(Path(home) / rest)

    def _read(self, path: str, *, is_checked: bool) -> str:
        if Path(path).is_dir():
            raise SshConfigUnreadable(path=path, reason="it is a folder, not a file")
        with open(path, "rb", opener=_open_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) and path != os.devnull:
                raise SshConfigUnreadable(path=path, reason="it is not a file")
            if is_checked and not only_owner_writes(status, self._account.uid):
                raise SshConfigUntrusted(path=path, changeable=path)
            content = file.read(self._left + 1)
        if len(content) > self._left:
            raise SshConfigTooLarge(path=path, limit=f"{MAX_MIB} MiB")
        return content.decode("utf-8", "surrogateescape")


def _open_at_once(path: str, flags: int) -> int:
    """A named pipe would otherwise keep us waiting for whoever writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
