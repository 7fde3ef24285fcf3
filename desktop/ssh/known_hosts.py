"""Host keys a person trusts: Caponier's own known_hosts file, and those of ssh(1), which are only read."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.plan import Trust
from desktop.ssh.known_hosts_line import HASHED, KnownKey, hashed, note, read_line

_Paths = tuple[Path, ...]


class KnownHosts:
    """Later files add to earlier ones; only `own_path` is ever written. Any thread may use it; calls block for files.

    `user_paths` and `global_paths` are those of ssh(1), for whoever names no others. `locked` gives what keeps other
    processes from changing the folder of our own file meanwhile; raises `OSError`.
    """

    def __init__(
        self,
        own_path: Path,
        user_paths: Iterable[Path] = (),
        global_paths: Iterable[Path] = (),
        locked: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._own_path = own_path
        self._user_paths = tuple(user_paths)
        self._global_paths = tuple(global_paths)
        self._guard = threading.Lock()
        self._locked = locked

    def about(self, trust: Trust) -> list[KnownKey]:
        """Every entry that names the host, with or without its port, our own first.

        A file that can't be read says nothing.
        """
        names = (trust.name, name_without_port(trust.name))
        return [entry for path in self.paths_of(trust) for entry in self._entries(path, *names)]

    def all_entries(self) -> list[KnownKey]:
        """Of our own file and the usual ones."""
        return [entry for path in self.paths_of(Trust("")) for entry in self._entries(path)]

    def paths_of(self, trust: Trust) -> _Paths:
        """The files that count for a host, in their order."""
        user = self._user_paths if trust.user_files is None else tuple(map(Path, trust.user_files))
        everybody = self._global_paths if trust.global_files is None else tuple(map(Path, trust.global_files))
        return (self._own_path, *user, *everybody)

    def add(self, trust: Trust, key_type: str, key: str) -> None:
        """Know a host by a key from now on. Raises `ConfigNotWritable`."""
        self.add_entries([KnownKey(_hosts_field(trust), key_type, key)])

    def add_entries(self, entries: Iterable[KnownKey]) -> None:
        """Append to our own file, with the time instead of comments. Raises `ConfigNotWritable`."""
        now = datetime.now(UTC)
        lines = "".join(f"{replace(entry, comment=note(now)).rendered()}\n" for entry in entries).encode()
        with self._changing():
            descriptor = os.open(self._own_path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "ab+") as file:
                file.write(lines if _ends_a_line(file) else b"\n" + lines)

    def replace(self, trust: Trust, key_type: str, key: str) -> None:
        """Know a host by this key instead of by whatever it was known by. Raises `ConfigNotWritable`.

        Other files, and lines of ours that are about other hosts too, stay as they are: the new line says which of
        their keys count no more.
        """
        fresh = KnownKey(_hosts_field(trust), key_type, key)
        former = frozenset(
            entry.fingerprint
            for entry in self.about(trust)
            if not entry.marker
            and entry.names(trust.name)
            and not (entry.is_own and entry.is_only_about(trust.name))
        )
        line = replace(fresh, comment=note(datetime.now(UTC), former - {fresh.fingerprint})).rendered()

        def without_former(entry: KnownKey) -> KnownKey | None:
            return entry if entry.marker or not entry.is_only_about(trust.name) else None

        self._rewrite(without_former, line)

    def forget(self, name: str) -> int:
        """Drop what our own file says about a host, but not its marked lines. Returns how many lines were changed.

        Raises `ConfigNotWritable`.
        """

        def without_name(entry: KnownKey) -> KnownKey | None:
            if entry.marker:
                return entry
            if entry.hosts.startswith(HASHED):
                return None if entry.names(name) else entry
            left = ",".join(each for each in entry.hosts.split(",") if each.lower() != name)
            return replace(entry, hosts=left) if left else None

        return self._rewrite(without_name)

    def remove(self, gone: KnownKey) -> int:
        """Drop an entry of our own file, wherever it is by now. Returns how often it was there.

        Raises `ConfigNotWritable`.
        """
        return self._rewrite(lambda entry: None if entry.rendered() == gone.rendered() else entry)

    def _rewrite(self, change: Callable[[KnownKey], KnownKey | None], added: str = "") -> int:
        """Comments, and what is no entry, stay as they are."""
        changes = 0
        with self._changing():
            lines = _read(self._own_path).splitlines(keepends=True) if self._own_path.exists() else []
            kept = []
            for line in lines:
                entry = read_line(line.decode(errors="surrogateescape"))
                left = None if entry is None else change(entry)
                changes += left != entry
                if entry == left:
                    kept.append(line)
                elif left is not None:
                    kept.append(left.rendered().encode(errors="surrogateescape") + b"\n")
            if added:
                kept.append((b"" if not kept or kept[-1].endswith(b"\n") else b"\n") + added.encode() + b"\n")
            if kept != lines:
                _write_atomically(self._own_path, b"".join(kept))
        return changes

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Alone, with the folder there. Blocks for who else is at it. Raises `ConfigNotWritable`."""
        with self._guard, _as_our_error(self._own_path):
            self._own_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                yield

    def _entries(self, path: Path, *about: str) -> Iterator[KnownKey]:
        try:
            data = _read(path)
        except OSError:
            return
        is_own = path == self._own_path
        # Not splitlines: it ends lines at characters which ssh(1), and an editor's line numbers, take no notice of.
        for number, line in enumerate(data.decode("utf-8-sig", errors="replace").split("\n"), 1):
            entry = read_line(line, *about)
            if entry is not None:
                yield replace(entry, path=str(path), line_number=number, is_own=is_own)


def name_without_port(name: str) -> str:
    """Of a host as known_hosts names it."""
    return name[1:].partition("]")[0] if name.startswith("[") else name


def system_known_hosts() -> tuple[_Paths, _Paths]:
    """The person's own files and the system's, as ssh_config(5) has them by default."""
    ssh_dir = Path.home() / ".ssh"
    system_dir = Path(os.environ.get("PROGRAMDATA", "/etc")) / "ssh"
    return (
        (ssh_dir / "known_hosts", ssh_dir / "known_hosts2"),
        (system_dir / "ssh_known_hosts", system_dir / "ssh_known_hosts2"),
    )


@contextmanager
def _as_our_error(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigNotWritable(path=str(path), reason=error.strerror or str(error)) from None


def _read(path: Path) -> bytes:
    """A pipe or a device is no list of keys, and reading one may never end."""
    return path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else b""


def _write_atomically(path: Path, data: bytes) -> None:
    """A reader sees the old file or the new one, never a part. A symbolic link stays one."""
    path = Path(os.path.realpath(path))
    fresh = path.with_name(f"{path.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    fresh.replace(path)


def _ends_a_line(file: IO[bytes]) -> bool:
    """False where an editor left out the last line end, and an entry added would become part of that line."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return True
    file.seek(size - 1)
    return file.read(1) == b"\n"


def _hosts_field(trust: Trust) -> str:
    return hashed(trust.name) if trust.hash_names else trust.name
