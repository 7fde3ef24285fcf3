"""Folders to save into, and a way to lose root's powers over them."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.store.paths import Paths

NOBODY = 65534


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.under(tmp_path)


@pytest.fixture
def ordinary_user_folder() -> Iterator[Path]:
    """A folder of an ordinary user, who this process is during the test: root may read and write everything."""
    if sys.platform == "win32":
        pytest.skip("permissions are set in another way on this system")
    else:
        folder = Path(tempfile.mkdtemp())
        root = os.geteuid() == 0
        if root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        yield folder
        if root:
            os.seteuid(0)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700)
        shutil.rmtree(folder)
