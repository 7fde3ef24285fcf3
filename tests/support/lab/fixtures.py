"""The laboratory for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lab.hosts import Lab, laboratory
from tests.support.system_user import SystemUser


@pytest.fixture
def lab(home: Path, system_user: SystemUser) -> Iterator[Lab]:
    with laboratory(home, system_user.name) as running:
        yield running
