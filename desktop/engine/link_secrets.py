"""The secrets of a link: what was typed in this run, then the keyring, for each of the link's connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future

from desktop.core.model import SecretKind
from desktop.core.ports import SecretStore

# A kind, and whose of that kind: `PlannedHop.login`.
Slot = tuple[SecretKind, str]


class Typed:
    """What the person gave since the program started. Memory only; written by the engine thread."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, Slot], str] = {}

    def put(self, connection_id: str, slot: Slot, value: str) -> None:
        self._values[connection_id, slot] = value

    def get_any(self, connection_ids: tuple[str, ...], slot: Slot) -> str | None:
        """Of the first connection that has one. Any thread."""
        keys = ((connection_id, slot) for connection_id in connection_ids)
        return next((self._values[key] for key in keys if key in self._values), None)

    def forget(self, connection_id: str) -> None:
        self._values = {key: value for key, value in self._values.items() if key[0] != connection_id}


def nothing_typed(_slot: Slot) -> None:
    """For a `LinkSecrets` that has the keyring alone."""


class LinkSecrets:
    """Implements `core.ports.SecretSource` for one login attempt. Asked from the dialling thread."""

    def __init__(self, typed: Callable[[Slot], str | None], ids: tuple[str, ...], store: SecretStore) -> None:
        self._typed = typed
        self._ids = ids
        self._store = store

    def get(self, kind: SecretKind, login: str = "") -> Future[str | None]:
        answer: Future[str | None] = Future()
        typed = self._typed((kind, login))
        if typed is not None:
            answer.set_result(typed)
        else:
            self._ask_next(iter(self._ids), (kind, login), answer)
        return answer

    def _ask_next(self, ids: Iterator[str], slot: Slot, answer: Future[str | None]) -> None:
        connection_id = next(ids, None)
        if connection_id is None:
            answer.set_result(None)
            return
        stored = self._store.get(connection_id, *slot)
        stored.add_done_callback(lambda done: self._take(done, ids, slot, answer))

    def _take(
        self, stored: Future[str | None], ids: Iterator[str], slot: Slot, answer: Future[str | None]
    ) -> None:
        """Keyring's thread, or the asking one."""
        error = stored.exception()
        if error is not None:
            answer.set_exception(error)
        elif stored.result() is not None:
            answer.set_result(stored.result())
        else:
            self._ask_next(ids, slot, answer)
