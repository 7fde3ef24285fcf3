"""Reads a file that somebody chose, which may be anything."""

from __future__ import annotations

import stat
from pathlib import Path

from desktop.store.fields import Damaged

# Some ten thousand connections. What is larger is something else.
MOST_BYTES = 8 * 1024 * 1024


def small_content(path: Path) -> bytes:
    """Raises `Damaged` for what is no file or too large, and `OSError`."""
    # A pipe or a device would be read for ever.
    if not stat.S_ISREG(path.stat().st_mode):
        raise Damaged("it is not a file")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Damaged("it is too large to be a file of connections")
    return content
