"""The passwords of warehouses in the keyring, for the window: nothing here waits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

from PySide6.QtCore import QObject, Qt, Signal

from desktop.core.errors import Cause, SecretStoreError
from desktop.core.model import SecretKind
from desktop.core.ports import SecretStore

# Gets what is stored, or None; and why that could not be found out, or None.
Tell = Callable[[str | None, Cause | None], None]
_KIND = SecretKind.WAREHOUSE_PASSWORD


class WarehousePasswords(QObject):
    """GUI thread; answers come there too, whenever the keyring gives them. `failed` says why one was not stored."""

    failed = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, store: SecretStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        # Queued: the keyring answers in a thread of its own.
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)

    def look(self, connection_id: str, tell: Tell) -> None:
        self._follow(self._store.get(connection_id, _KIND), tell)

    def keep(self, connection_id: str, password: str) -> None:
        """Store it; `failed` tells if that did not work."""
        self._follow(self._store.set(connection_id, _KIND, password), self._tell_failure)

    def remove(self, connection_id: str, tell: Tell) -> None:
        self._follow(self._store.delete(connection_id, _KIND), tell)

    def _follow(self, future: Future[str | None] | Future[None], tell: Tell) -> None:
        def pass_on(done: object) -> None:
            # The window may have gone while an unlock dialog stood.
            with suppress(RuntimeError):
                self._answered.emit(tell, done)

        future.add_done_callback(pass_on)

    def _on_answered(self, tell: Tell, done: Future[str | None]) -> None:
        if done.cancelled():
            return
        trouble = done.exception()
        if trouble is None:
            tell(done.result(), None)
        elif isinstance(trouble, SecretStoreError):
            tell(None, trouble.cause)
        else:
            raise trouble

    def _tell_failure(self, _kept: str | None, cause: Cause | None) -> None:
        if cause is not None:
            self.failed.emit(cause)
