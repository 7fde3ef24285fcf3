"""``host-keys list``, ``host-keys add`` and ``host-keys forget``."""

from __future__ import annotations

import json
import shlex
import sys

from desktop.compose.backstage import Backstage
from desktop.core.host_keys import HostKeyEntry
from desktop.ssh.pasted_host_keys import hosts_field
from desktop.wording.host_keys import first_seen_text, host_text, kind_text


def show_host_keys(backstage: Backstage, *, as_json: bool) -> None:
    """Of our own file and of those of ssh(1)."""
    entries = backstage.host_keys.entries()
    for entry in entries:
        print(json.dumps(_listed(entry)) if as_json else _described(entry))
    if not entries and not as_json:
        print("No host is known yet. Connecting to one asks, and so adds it.")


def add_host_keys(backstage: Backstage, line: str, host: str) -> None:
    """`line` is ``-`` for standard input. Raises `HostKeyTextInvalid`, `ConfigNotWritable`."""
    text = sys.stdin.read() if line == "-" else line
    entries = backstage.host_keys.read(text, host)
    new = backstage.host_keys.add(entries)
    for entry in entries:
        print(f"{host_text(entry)}: {entry.key_type} {entry.fingerprint}")
    print(
        f"Added {new} of {len(entries)}; the others were known already"
        if new < len(entries)
        else f"Added {new}"
    )


def forget_host(backstage: Backstage, place: str) -> bool:
    """`place` is ``host[:port]``. True where it was known. Raises `HostKeyTextInvalid`, `ConfigNotWritable`."""
    name = hosts_field(place)
    forgotten, left = backstage.host_keys.forget_host(name)
    print(f"Forgot {name}" if forgotten else f"Caponier itself knows no key of {name}")
    for entry in left:
        print(f"Still known from {entry.place}: {host_text(entry)} {entry.key_type} {entry.fingerprint}")
    if any(not entry.is_own for entry in left):
        print(f"Those of ssh stay as they are; to drop one there: ssh-keygen -R {shlex.quote(name)} -f FILE")
    return forgotten > 0


def _described(entry: HostKeyEntry) -> str:
    since = first_seen_text(entry.first_seen)
    about = [kind_text(entry).lower(), f"first seen {since}" if since else "", entry.place]
    return f"{host_text(entry)}  {entry.key_type} {entry.fingerprint}  ({', '.join(part for part in about if part)})"


def _listed(entry: HostKeyEntry) -> dict[str, object]:
    return {
        "hosts": None if entry.is_hidden else entry.hosts.split(","),
        "kind": entry.kind,
        "key_type": entry.key_type,
        "fingerprint": entry.fingerprint,
        "first_seen": entry.first_seen or None,
        "file": entry.path,
        "line": entry.line_number,
        "own": entry.is_own,
    }
