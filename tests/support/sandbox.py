"""Keeps tests away from the person's own files, keyring, agent and screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_HOME_VARIABLES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_FOREIGN_VARIABLES = (
    "SSH_AUTH_SOCK",
    "GNUPGHOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
)


def shut_the_desktop_out() -> None:
    """Before Qt is imported: no visible windows, no session bus, where the person's keyring lives, and no logind.

    ``disabled:`` keeps libdbus from starting a bus by itself where dbus-x11 is installed and DISPLAY is set.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "disabled:"


def move_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything the program would keep goes under `home` for one test."""
    for name in _HOME_VARIABLES:
        monkeypatch.setenv(name, str(home))
    for name in _FOREIGN_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    if "XDG_RUNTIME_DIR" in os.environ:
        # The person's agents have their sockets there. Qt complains where it is missing.
        runtime_dir = home.with_name(f"{home.name}-runtime")
        runtime_dir.mkdir(mode=0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime_dir))
    monkeypatch.setenv("CAPONIER_HOME", str(home / "caponier"))
