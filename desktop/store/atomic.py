"""Replace a file so that a reader, or a crash, sees the old content or the new, and nothing in between."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

_SUFFIX = ".tmp"
_PUBLIC_MODE = 0o666


def replace_file(path: Path, content: bytes, *, private: bool = True) -> None:
    """Write `content` to `path` and see it on the disk. Raises `OSError`; the old file is whole then.

    The file is its owner's alone (mode 0600), or where it is not `private`, as readable as any that the person saves.
    A symbolic link stays one: the file it points to is replaced. The caller keeps other writers away.
    """
    target = Path(os.path.realpath(path))
    temporary = _written_beside(target, content)
    try:
        if not private:
            temporary.chmod(_PUBLIC_MODE & ~_umask())
        temporary.replace(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def remove_leftovers(path: Path) -> None:
    """Delete what killed writers of `path` left behind. Only while no other writer can be at work."""
    target = Path(os.path.realpath(path))
    for leftover in target.parent.glob(f"{_prefix(target)}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            leftover.unlink()


def _prefix(target: Path) -> str:
    return f".{target.name}."


def _written_beside(target: Path, content: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=_prefix(target), suffix=_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    """There is no call that only reads it (umask(2))."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets a folder be opened: Windows does not."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
