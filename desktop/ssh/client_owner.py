"""Who a local client came to, as the client sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desktop.ssh.client import LocalClient


class ClientOwner(Protocol):
    """The port a client came through. Relay thread."""

    def client_comes(self) -> None:
        """A way is asked for it, of a session that should answer at once."""

    def client_waits(self) -> None:
        """It is parked, or the session takes long to open its way."""

    def client_opened(self) -> None:
        """Its way is open; nobody may have called `client_comes` before."""

    def client_refused(self, client: LocalClient, reason: int, text: str) -> None: ...

    def client_gone(self, client: LocalClient) -> None: ...
