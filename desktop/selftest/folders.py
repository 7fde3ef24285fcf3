"""Can the program keep what it has to keep?"""

from __future__ import annotations

import tempfile
from pathlib import Path

from desktop.core.config_errors import ConfigNotWritable
from desktop.selftest.finding import Finding, failed, ok
from desktop.store.paths import HOME_VARIABLE, Paths


def folders() -> Finding:
    """Writes a file where each folder is, or will be made, and takes it away again."""
    try:
        paths = Paths.from_environment()
    except ConfigNotWritable as error:
        return failed(f"this account has no home folder; set {HOME_VARIABLE} ({error.cause.fact('reason')})")
    for folder in (paths.config_dir, paths.state_dir, paths.log_dir, paths.runtime_dir):
        complaint = _complaint(folder)
        if complaint:
            return failed(complaint)
    return ok(f"connections in {paths.config_dir}, logs in {paths.log_dir}")


def _complaint(folder: Path) -> str:
    """Why nothing can be kept in `folder`, or an empty string. Leaves nothing behind, no empty folder either."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryDirectory(prefix=".caponier-", dir=there) as scratch:
            (Path(scratch) / "file").write_bytes(b"kept")
    except OSError as error:
        return f"{folder} can't be written: {error.strerror or error}"
    return ""
