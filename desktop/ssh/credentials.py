"""Secrets as the dialling thread asks for them."""

from __future__ import annotations

from concurrent.futures import TimeoutError as FutureTimeout

from desktop.core.errors import SecretStoreError
from desktop.core.model import SecretKind
from desktop.core.ports import SecretSource
from desktop.ssh.cancel import CancelToken

_LOOK_AGAIN_S = 0.05


class Credentials:
    """`store_trouble` is the code of what kept the keyring from answering, or empty. `cancel` calls the attempt off."""

    def __init__(self, source: SecretSource, cancel: CancelToken) -> None:
        self._source = source
        self.cancel = cancel
        self.store_trouble = ""

    def ask(self, kind: SecretKind, login: str = "") -> str | None:
        """Blocks while the keyring asks the person to unlock it. Raises `Cancelled`."""
        answer = self._source.get(kind, login)
        while True:
            self.cancel.check()
            try:
                return answer.result(timeout=_LOOK_AGAIN_S)
            except FutureTimeout:
                continue
            except SecretStoreError as error:
                self.store_trouble = error.code
                return None
