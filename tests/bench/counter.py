"""A number that one process counts up and others read at any time, without a word between them."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

_NUMBER = struct.Struct("=Q")


class Counter:
    """Backed by a file. One process at a time may add; eight aligned bytes are never read half written."""

    def __init__(self, path: Path) -> None:
        """Go on with the number in the file, which `Counter.made` makes."""
        self._file = path.open("r+b")
        self._shared = mmap.mmap(self._file.fileno(), _NUMBER.size)
        self._total = self.value

    @classmethod
    def made(cls, path: Path) -> Self:
        """A new one at zero, before any other process uses the file."""
        path.write_bytes(_NUMBER.pack(0))
        return cls(path)

    @property
    def value(self) -> int:
        number: int = _NUMBER.unpack_from(self._shared)[0]
        return number

    def add(self, amount: int) -> None:
        self._total += amount
        _NUMBER.pack_into(self._shared, 0, self._total)

    def close(self) -> None:
        self._shared.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
