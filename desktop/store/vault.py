"""Secrets of any length in a keyring whose entries are short.

Windows Credential Manager holds 2,560 bytes of UTF-16 an entry (CRED_MAX_CREDENTIAL_BLOB_SIZE, wincred.h). A longer
secret is cut into parts on every system alike: the main entry then holds a header that names how many parts there
are, and in which of two slots. A new secret is written to the other slot before the header turns to it, so that
a crash leaves the old secret or the new one; what a crash strands is deleted by the next `set` or `delete`.

Each entry has a service name of its own: Windows keeps one user a service name, and moves others about.
"""

from __future__ import annotations

import re
from typing import Protocol

from desktop import APP_ID

MOST_UNITS = 1200

_HEADER = "caponier-parts:"
_HEADER_FORM = re.compile(_HEADER + r"([ab]):([0-9]{1,4})\Z")
_BEYOND_BMP = 0x10000


class Entries(Protocol):
    """The part of `keyring.backend.KeyringBackend` that is used."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class Vault:
    """One secret of one connection. Every call blocks, and raises whatever the keyring raises."""

    def __init__(self, entries: Entries, connection_id: str, entry: str) -> None:
        self._entries = entries
        self._user = f"{connection_id}/{entry}"
        self._service = f"{APP_ID}/{self._user}"

    def get(self) -> str | None:
        """None where nothing, or only a part of a secret, is stored."""
        main = self._read(self._service)
        if main is None or not main.startswith(_HEADER):
            return main
        header = _HEADER_FORM.match(main)
        if header is None:
            return None
        parts = [self._read(self._part(header[1], number)) for number in range(int(header[2]))]
        return None if None in parts else "".join(part for part in parts if part is not None)

    def set(self, value: str) -> None:
        old_slot = self._slot_in_use()
        new_slot = "b" if old_slot == "a" else "a"
        parts = split(value)
        # A short secret that looks like a header would be taken for one.
        if len(parts) > 1 or value.startswith(_HEADER):
            self._write_parts(new_slot, parts)
            self._write(self._service, f"{_HEADER}{new_slot}:{len(parts)}")
            self._clear(new_slot, keep=len(parts))
        else:
            self._write(self._service, value)
            self._clear(new_slot)
        self._clear("a" if new_slot == "b" else "b")

    def delete(self) -> None:
        """Nothing there is no error."""
        for slot in ("a", "b"):
            self._clear(slot)
        if self._read(self._service) is not None:
            self._entries.delete_password(self._service, self._user)

    def _slot_in_use(self) -> str:
        header = _HEADER_FORM.match(self._read(self._service) or "")
        return header[1] if header else ""

    def _write_parts(self, slot: str, parts: list[str]) -> None:
        for number, part in enumerate(parts):
            self._write(self._part(slot, number), part)

    def _clear(self, slot: str, keep: int = 0) -> None:
        """Last part first, so that a crash on the way leaves no gap behind which later parts would hide."""
        end = keep
        while self._read(self._part(slot, end)) is not None:
            end += 1
        for number in reversed(range(keep, end)):
            self._entries.delete_password(self._part(slot, number), self._user)

    def _part(self, slot: str, number: int) -> str:
        return f"{self._service}/{slot}{number}"

    def _read(self, service: str) -> str | None:
        return self._entries.get_password(service, self._user)

    def _write(self, service: str, value: str) -> None:
        self._entries.set_password(service, self._user, value)


def split(value: str) -> list[str]:
    """`value` in parts of at most `MOST_UNITS` UTF-16 units; no character is torn. At least one part."""
    parts: list[str] = []
    start = units = 0
    for index, character in enumerate(value):
        width = 2 if ord(character) >= _BEYOND_BMP else 1
        if units + width > MOST_UNITS:
            parts.append(value[start:index])
            start, units = index, 0
        units += width
    return [*parts, value[start:]]
