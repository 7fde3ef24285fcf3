"""Files that can't be read: each is named with its reason, and none costs the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop.core.config_errors import ImportUnreadable
from desktop.core.errors import Cause
from desktop.store.fields import Damaged


class BrokenFiles:
    """Collects them, each once, however often it is read."""

    def __init__(self) -> None:
        self._causes: dict[str, Cause] = {}

    @property
    def causes(self) -> tuple[Cause, ...]:
        return tuple(self._causes.values())

    @contextmanager
    def noting(self, path: Path) -> Iterator[None]:
        """Its block ends where `path`, or a file that belongs to it, can't be read; what follows the block goes on."""
        try:
            with reading(path):
                yield
        except ImportUnreadable as error:
            self._causes.setdefault(error.facts["path"], error.cause)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What can't be read in its block is told of this file. Raises `ImportUnreadable`."""
    try:
        yield
    except OSError as error:
        raise ImportUnreadable(path=str(path), reason=error.strerror or type(error).__name__) from error
    except ValueError as error:
        raise ImportUnreadable(path=str(path), reason=_short(error)) from error


def _short(error: ValueError) -> str:
    """`Damaged`, or a path that no file can have."""
    return str(error) if isinstance(error, Damaged) else "its path is none that a file can have"
