"""Somebody to log in as. Root can make a system user for it; everybody else logs in as themselves, with keys only."""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest


@dataclass(frozen=True, slots=True)
class SystemUser:
    """`password` is empty where nobody knows it."""

    name: str
    password: str = field(default="", repr=False)


@pytest.fixture(scope="session")
def system_user() -> Iterator[SystemUser]:
    """A user that sshd knows, for the whole run. With a password where the tests run as root."""
    if is_root() and shutil.which("useradd") and shutil.which("chpasswd"):
        with throw_away_user() as user:
            yield user
    else:
        yield SystemUser(getpass.getuser())


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


@contextlib.contextmanager
def throw_away_user(password: str = "") -> Iterator[SystemUser]:
    """Add a user without a home and remove it afterwards; without a `password`, one is made up. Needs root."""
    user = SystemUser(f"caponier-test-{secrets.token_hex(4)}", password or secrets.token_urlsafe(12))
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", user.name], check=True)
    try:
        entry = f"{user.name}:{user.password}\n"
        subprocess.run(["chpasswd"], input=entry, text=True, check=True)
        yield user
    finally:
        subprocess.run(["userdel", user.name], check=True, capture_output=True)
