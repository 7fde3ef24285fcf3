"""Whether a file is somebody's own: nobody else can change it, but for the administrator."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

_MAX_LINKS = 40
# On Windows, a mode says nothing about who can write to a file.
CAN_TELL: bool = sys.platform != "win32"

if sys.platform == "win32":

    def only_owner_writes(status: os.stat_result, uid: int) -> bool:  # noqa: ARG001 - the mode says nothing here
        """Always true."""
        return True

    def what_others_can_change(path: str, uid: int) -> str:  # noqa: ARG001
        """Always the file: whether others can write to it can't be told from a mode."""
        return path

else:
    import grp
    import pwd

    def only_owner_writes(status: os.stat_result, uid: int) -> bool:
        """Whether it belongs to `uid` or the administrator, and nobody else can write to it.

        A group that has nobody but `uid` in it is as good as none, which is how Debian's ssh sees it, too.
        """
        if status.st_uid not in (0, uid) or status.st_mode & stat.S_IWOTH:
            return False
        return not status.st_mode & stat.S_IWGRP or _is_alone_in(status.st_gid, uid)

    def what_others_can_change(path: str, uid: int) -> str:
        """The first folder on the way to the file, or the file, that somebody else can change; empty if none is.

        Raises `OSError`.
        """
        for step in _steps_to(Path(path)):
            status = step.stat(follow_symlinks=False)
            if not (only_owner_writes(status, uid) or _is_shared_safely(status)):
                return str(step)
        return ""

    def _is_alone_in(gid: int, uid: int) -> bool:
        try:
            group = grp.getgrgid(gid)
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            return False
        at_home = {entry.pw_uid for entry in pwd.getpwall() if entry.pw_gid == gid}
        members = set(group.gr_mem)
        return bool(at_home or members) and at_home <= {uid} and members <= {name}


def _is_shared_safely(status: os.stat_result) -> bool:
    """A folder such as /tmp: in a sticky one, nobody can move or remove what belongs to others."""
    return status.st_uid == 0 and stat.S_ISDIR(status.st_mode) and bool(status.st_mode & stat.S_ISVTX)


def _steps_to(path: Path) -> Iterator[Path]:
    """Every folder on the way to the file, also those that symbolic links lead through, and the file."""
    root, *names = path.absolute().parts
    current = Path(root)
    pending = names[::-1]
    links = 0
    yield current
    while pending:
        name = pending.pop()
        candidate = current / name
        if name == os.pardir:
            current = current.parent
        elif candidate.is_symlink():
            links += 1
            if links > _MAX_LINKS:
                raise OSError("too many symbolic links")
            target = candidate.readlink()
            pending += target.parts[::-1]
        else:
            # A link may lead to an absolute path, whose first part takes us back to the root.
            current = candidate
            yield current
