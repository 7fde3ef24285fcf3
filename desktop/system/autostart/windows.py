"""Windows: a value under the person's Run key, which Explorer starts after login."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Protocol

from desktop import APP_NAME
from desktop.core.config_errors import ConfigNotWritable

RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
# Where Task Manager and Settings note what the person switched off: the first byte is odd for that. Microsoft does not
# document it; other programs rely on it in the same way.
APPROVED_KEY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
# "Run and RunOnce Registry Keys", Microsoft Learn.
LONGEST_COMMAND = 260


class Registry(Protocol):
    """Values of keys of HKEY_CURRENT_USER. Every call may raise `OSError`."""

    def read(self, key: str, name: str) -> object:
        """None where there is no such value."""

    def write(self, key: str, name: str, text: str) -> None: ...

    def delete(self, key: str, name: str) -> None:
        """Deleting what is not there is no error."""


class RunValue:
    """Implements `desktop.core.system_ports.Autostart`."""

    def __init__(self, command: Sequence[str], registry: Registry) -> None:
        self._command = tuple(command)
        self._registry = registry

    def is_on(self) -> bool:
        try:
            value = self._registry.read(RUN_KEY, APP_NAME)
            approved = self._registry.read(APPROVED_KEY, APP_NAME)
        except OSError:
            return False
        switched_off = isinstance(approved, bytes) and bool(approved) and bool(approved[0] & 1)
        return isinstance(value, str) and bool(value) and not switched_off

    def switch(self, *, on: bool) -> None:
        """Raises `ConfigNotWritable`."""
        line = command_line(self._command)
        if on and len(line) > LONGEST_COMMAND:
            raise _not_writable(f"the command is longer than {LONGEST_COMMAND} characters")
        try:
            self._registry.delete(APPROVED_KEY, APP_NAME)
            if on:
                self._registry.write(RUN_KEY, APP_NAME, line)
            else:
                self._registry.delete(RUN_KEY, APP_NAME)
        except OSError as error:
            raise _not_writable(error.strerror or type(error).__name__) from error


def command_line(command: Sequence[str]) -> str:
    """The program always in quotes: Windows would try each part of a path with spaces as a program of its own."""
    program, *arguments = command
    return " ".join((f'"{program}"', subprocess.list2cmdline(arguments))).rstrip()


def _not_writable(reason: str) -> ConfigNotWritable:
    return ConfigNotWritable(path=rf"HKEY_CURRENT_USER\{RUN_KEY}", reason=reason)


if sys.platform == "win32":
    import contextlib
    import winreg

    class UserRegistry:
        """Implements `Registry` by the real one."""

        def read(self, key: str, name: str) -> object:
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    return winreg.QueryValueEx(opened, name)[0]
            except FileNotFoundError:
                return None

        def write(self, key: str, name: str, text: str) -> None:
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, text)

        def delete(self, key: str, name: str) -> None:
            access = winreg.KEY_SET_VALUE
            with (
                contextlib.suppress(FileNotFoundError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, access) as opened,
            ):
                winreg.DeleteValue(opened, name)
