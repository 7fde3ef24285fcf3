"""The OS keyring behind one worker thread."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any, TypeVar

from desktop.core.errors import SecretStoreError, SecretStoreLocked, SecretStoreMissing
from desktop.core.model import SecretKind
from desktop.store.backend import find_backend
from desktop.store.keyring_errors import translated
from desktop.store.vault import Entries, Vault

T = TypeVar("T")

# Enough for a call under way to end by itself, a few times over; far too short for a person at a dialog.
_LAST_CALL_S = 0.5


@dataclass(frozen=True, slots=True)
class _Call:
    """`action` may hold a secret, so it never shows in a `repr()`."""

    connection_id: str
    entry: str
    action: Callable[[Vault], Any] = field(repr=False)
    future: Future[Any]


class KeyringSecrets:
    """Implements `desktop.core.ports.SecretStore`. Every method may be called from any thread.

    `on_secret` is told each secret that passes, in whatever thread it passes: the log's redaction wants to know
    them. Nothing else keeps a secret once its future is answered.
    """

    def __init__(
        self,
        on_secret: Callable[[str], None] = lambda _secret: None,
        find_entries: Callable[[], Entries] = find_backend,
    ) -> None:
        self._on_secret = on_secret
        self._find_entries = find_entries
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._unanswered: set[Future[Any]] = set()
        self._worker: threading.Thread | None = None
        self._closed = False

    def get(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[str | None]:
        return self._ask(connection_id, _entry(kind, login), self._read)

    def set(self, connection_id: str, kind: SecretKind, value: str, login: str = "") -> Future[None]:
        self._on_secret(value)
        return self._ask(connection_id, _entry(kind, login), lambda vault: vault.set(value))

    def delete(self, connection_id: str, kind: SecretKind, login: str = "") -> Future[None]:
        return self._ask(connection_id, _entry(kind, login), Vault.delete)

    def close(self) -> None:
        """Give what was asked half a second to be done, then fail what still waits and end the worker.

        A password that was stored just before the program ends must not be lost; an open unlock dialog is not waited
        for.
        """
        with self._guard:
            self._closed = True
            worker, self._worker = self._worker, None
        self._calls.put(None)
        # A future's callback runs in the worker, and may be what closes.
        if worker is not None and worker is not threading.current_thread():
            worker.join(_LAST_CALL_S)
        with self._guard:
            given_up, self._unanswered = self._unanswered, set()
        for future in given_up:
            _fail(future, SecretStoreLocked())

    def _read(self, vault: Vault) -> str | None:
        secret = vault.get()
        if secret is not None:
            self._on_secret(secret)
        return secret

    def _ask(self, connection_id: str, entry: str, action: Callable[[Vault], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._guard:
            if not self._closed:
                self._unanswered.add(future)
                self._calls.put(_Call(connection_id, entry, action, future))
                self._start_worker()
                return future
        future.set_exception(SecretStoreMissing())
        return future

    def _start_worker(self) -> None:
        if self._worker is None:
            # A daemon, because an open unlock dialog blocks the D-Bus call under it without any deadline or way to
            # cancel: the program must be able to end while the dialog stands. In every other case `close` ends it.
            self._worker = threading.Thread(target=self._run, name="keyring", daemon=True)
            self._worker.start()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            if not call.future.done():
                self._carry_out(call)
            with self._guard:
                self._unanswered.discard(call.future)
            # An idle worker's frame must not keep the secret alive.
            del call

    def _carry_out(self, call: _Call) -> None:
        try:
            result = call.action(Vault(self._find_entries(), call.connection_id, call.entry))
        except Exception as error:  # noqa: BLE001 - the top of this thread's work: any backend may raise anything
            trouble = translated(error)
        else:
            with contextlib.suppress(InvalidStateError):
                call.future.set_result(result)
            return
        # Outside of the handler: the foreign error, whose frames hold the secret, must not hang on ours as context.
        _fail(call.future, trouble)


def _entry(kind: SecretKind, login: str) -> str:
    """What the entry is called after the connection's id. A login may hold a slash; nothing takes the name apart."""
    return f"{kind.value}@{login}" if login else kind.value


def _fail(future: Future[Any], trouble: SecretStoreError) -> None:
    with contextlib.suppress(InvalidStateError):
        future.set_exception(trouble)
