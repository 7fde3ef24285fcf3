"""The secrets of a link: what was typed in this run, then the keyring, for each of the link's connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future

from desktop.core.model import SecretKind
from desktop.core.ports import SecretStore


class Typed:
    """What the person gave since the program started. Memory only; written by the engine thread."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, SecretKind], str] = {}

    def put(self, connection_id: str, kind: SecretKind, value: str) -> None:
        self._values[connection_id, kind] = value

    def get_any(self, connection_ids: tuple[str, ...], kind: SecretKind) -> str | None:
        """Of the first connection that has one. Any thread."""
        keys = ((connection_id, kind) for connection_id in connection_ids)
        return next((self._values[key] for key in keys if key in self._values), None)

    def forget(self, connection_id: str) -> None:
        for kind in SecretKind:
            self._values.pop((connection_id, kind), None)


class LinkSecrets:
    """Implements `core.ports.SecretSource` for one login attempt. Asked from the dialling thread."""

    def __init__(self, typed: Callable[[SecretKind], str | None], ids: tuple[str, ...], store: SecretStore):
        self._typed = typed
        self._ids = ids
        self._store = store

    def get(self, kind: SecretKind) -> Future[str | None]:
        answer: Future[str | None] = Future()
        typed = self._typed(kind)
        if typed is not None:
            answer.set_result(typed)
        else:
            self._ask_next(iter(self._ids), kind, answer)
        return answer

    def _ask_next(self, ids: Iterator[str], kind: SecretKind, answer: Future[str | None]) -> None:
        connection_id = next(ids, None)
        if connection_id is None:
            answer.set_result(None)
            return
        stored = self._store.get(connection_id, kind)
        stored.add_done_callback(lambda done: self._take(done, ids, kind, answer))

    def _take(
        self, stored: Future[str | None], ids: Iterator[str], kind: SecretKind, answer: Future[str | None]
    ) -> None:
        """Keyring's thread, or the asking one."""
        error = stored.exception()
        if error is not None:
            answer.set_exception(error)
        elif stored.result() is not None:
            answer.set_result(stored.result())
        else:
            self._ask_next(ids, kind, answer)
