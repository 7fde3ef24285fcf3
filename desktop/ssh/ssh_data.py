"""SSH's data types as they stand in messages and keys (RFC 4251 section 5)."""

from __future__ import annotations

_NUMBER_BYTES = 4
_LONG_NUMBER_BYTES = 8


class SshReader:
    """Reads one value after the other. Raises `ValueError` where the data ends too early."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def number(self) -> int:
        return int.from_bytes(self._take(_NUMBER_BYTES), "big")

    def long_number(self) -> int:
        """A uint64."""
        return int.from_bytes(self._take(_LONG_NUMBER_BYTES), "big")

    def string(self) -> bytes:
        """An mpint is written as one, too."""
        return self._take(self.number())

    def strings(self, count: int) -> list[bytes]:
        return [self.string() for _ in range(count)]

    def strings_to_the_end(self) -> list[bytes]:
        found = []
        while self._rest:
            found.append(self.string())
        return found

    def _take(self, size: int) -> bytes:
        if len(self._rest) < size:
            raise ValueError("the data ends too early")
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def ssh_string(data: bytes) -> bytes:
    return len(data).to_bytes(_NUMBER_BYTES, "big") + data
