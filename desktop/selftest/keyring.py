"""Which keyring keeps the secrets, and does it give back what it was given?"""

from __future__ import annotations

import secrets
import sys
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from desktop.core.errors import SecretStoreError
from desktop.core.model import SecretKind
from desktop.selftest.finding import Finding, failed, ok, warning
from desktop.store.backend import find_backend
from desktop.store.secrets import KeyringSecrets

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

_ENTRY = "self-test"
_ANSWER_TIMEOUT_S = 10.0
_INSTEAD = "secrets are asked for each time and kept in memory only"


def keyring() -> Finding:
    """A keyring that is missing, or locked, is a warning. Opens no dialog."""
    try:
        backend = find_backend()
    except (SecretStoreError, RuntimeError):
        return warning(f"none was found; {_INSTEAD}")
    if _would_ask(backend):
        return warning(
            f"{backend.name} is locked, or may be: not tried, because it would ask for its password"
        )
    return _tried(backend.name)


def _tried(name: str) -> Finding:
    """Keeps a made-up secret for a moment."""
    kept = secrets.token_urlsafe(12)
    with closing(KeyringSecrets()) as store:
        try:
            _answer(store.set(_ENTRY, SecretKind.SSH_PASSWORD, kept))
            given_back = _answer(store.get(_ENTRY, SecretKind.SSH_PASSWORD))
            _answer(store.delete(_ENTRY, SecretKind.SSH_PASSWORD))
        except (SecretStoreError, FutureTimeout):
            return warning(f"{name} did not keep a secret; {_INSTEAD}")
    if given_back != kept:
        return failed(f"{name} gave back something else than it was given")
    return ok(f"{name} kept a secret, gave it back and forgot it")


def _answer(future: Future[T]) -> T:
    return future.result(_ANSWER_TIMEOUT_S)


def _would_ask(backend: KeyringBackend) -> bool:
    """Only the Secret Service tells without a dialog whether it is locked; KWallet has to be opened for that."""
    kind = type(backend).__module__
    if sys.platform == "linux" and kind == "desktop.store.secret_service":
        from desktop.store.secret_service import is_locked

        return is_locked()
    return kind == "keyring.backends.kwallet"
