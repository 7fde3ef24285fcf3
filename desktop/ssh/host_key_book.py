"""The known hosts for somebody who looks through them, and changes ours."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.config_errors import HostKeyTextInvalid
from desktop.core.host_keys import HostKeyEntry, HostKeyKind
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.known_hosts_line import CERT_AUTHORITY, REVOKED, KnownKey, names, read_line
from desktop.ssh.pasted_host_keys import hosts_field, read_pasted

_KINDS = {"": HostKeyKind.KEY, CERT_AUTHORITY: HostKeyKind.AUTHORITY, REVOKED: HostKeyKind.REVOKED}


class HostKeyBook:
    """Implements `desktop.core.ports.HostKeys`."""

    def __init__(self, known: KnownHosts) -> None:
        self._known = known

    def entries(self) -> list[HostKeyEntry]:
        return [_shown(entry) for entry in self._known.all_entries()]

    def read(self, text: str, host: str = "") -> list[HostKeyEntry]:
        return [_shown(entry) for entry in read_pasted(text, host)]

    def add(self, entries: Sequence[HostKeyEntry]) -> int:
        given = [entry for entry in (read_line(each.line) for each in entries) if entry is not None]
        ours = {_told(entry) for entry in self._known.all_entries() if entry.is_own}
        new = list({_told(entry): entry for entry in given if _told(entry) not in ours}.values())
        if new:
            self._known.add_entries(new)
        return len(new)

    def is_about(self, entry: HostKeyEntry, host: str) -> bool:
        try:
            return names(entry.hosts, hosts_field(host))
        except HostKeyTextInvalid:
            return False

    def forget(self, entry: HostKeyEntry) -> None:
        known = read_line(entry.line)
        if known is not None:
            self._known.remove(known)

    def forget_host(self, host: str) -> tuple[int, list[HostKeyEntry]]:
        """How many lines of ours were about the host, and what else still names it; marked lines stay.

        Raises `HostKeyTextInvalid`, `ConfigNotWritable`.
        """
        name = hosts_field(host)
        changed = self._known.forget(name)
        left = [entry for entry in self._known.all_entries() if not entry.marker and entry.names(name)]
        return changed, [_shown(entry) for entry in left]


def _told(entry: KnownKey) -> tuple[str, str, str]:
    return entry.marker, entry.hosts.lower(), entry.public_line


def _shown(entry: KnownKey) -> HostKeyEntry:
    return HostKeyEntry(
        hosts=entry.hosts,
        key_type=entry.key_type,
        fingerprint=entry.fingerprint,
        kind=_KINDS[entry.marker],
        line=entry.rendered(),
        path=entry.path,
        line_number=entry.line_number,
        first_seen=entry.first_seen,
        is_own=entry.is_own,
    )
