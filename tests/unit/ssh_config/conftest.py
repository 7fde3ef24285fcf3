"""An account with folders of its own, so that no test reads the person's files or the system's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.ssh_config.account import Account


@pytest.fixture
def account(home: Path) -> Account:
    (home / ".ssh").mkdir(mode=0o700)
    (home / "etc").mkdir(mode=0o755)
    uid = os.getuid() if hasattr(os, "getuid") else 0
    return Account("ada", uid, str(home), str(home / ".ssh"), str(home / "etc"), "laptop.example.com")


@pytest.fixture
def user_file(account: Account) -> Path:
    """Exists, and is empty."""
    path = Path(account.user_file)
    path.touch(mode=0o600)
    return path


@pytest.fixture
def system_file(account: Account) -> Path:
    """Exists, and is empty."""
    path = Path(account.system_file)
    path.touch(mode=0o644)
    return path
