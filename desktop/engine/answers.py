"""What the person answered: secrets typed in, and host keys accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future

from desktop.core.errors import CaponierError, Unexpected
from desktop.core.model import Route, SecretKind
from desktop.core.plan import PROXY_LOGIN, logins_of
from desktop.core.ports import (
    Notice,
    SecretSource,
    SecretStore,
    Update,
)
from desktop.engine.link_secrets import LinkSecrets, Slot, Typed
from desktop.engine.tunnel import Tunnel
from desktop.engine.worker import Task

TunnelsOn = Callable[[Route], Iterable[Tunnel]]


class Answers:
    """Engine thread. `tunnels_on` gives the connections that share a login."""

    def __init__(
        self,
        secrets: SecretStore,
        tunnels_on: TunnelsOn,
        post: Callable[[Task], None],
        tell: Callable[[Update], None],
    ) -> None:
        self._secrets = secrets
        self._tunnels_on = tunnels_on
        self._post = post
        self._tell = tell
        self._typed = Typed()

    def secrets_for(self, route: Route) -> SecretSource:
        """Of all connections on `route`."""
        # Those that are wanted come first: an old password of a connection nobody uses must not beat theirs.
        sharers = sorted(self._tunnels_on(route), key=lambda tunnel: not tunnel.wanted)
        ids = tuple(tunnel.connection.id for tunnel in sharers)
        return LinkSecrets(lambda slot: self._typed.get_any(ids, slot), ids, self._secrets)

    def accepted_keys_for(self, route: Route) -> frozenset[str]:
        return frozenset().union(*(tunnel.accepted_keys for tunnel in self._tunnels_on(route)))

    def take_secret(self, tunnel: Tunnel, slot: Slot, value: str, *, remember: bool) -> None:
        # Those who share the login may hold an older answer, which must not win over this one.
        for sharer in self._tunnels_on(tunnel.connection.route):
            self._typed.put(sharer.connection.id, slot, value)
        if remember:
            connection_id = tunnel.connection.id
            stored = self._secrets.set(connection_id, slot[0], value, slot[1])
            stored.add_done_callback(lambda done: self._post(lambda: self._note_stored(connection_id, done)))

    def forget(self, tunnel: Tunnel) -> None:
        """What the person gave for one bastion must not serve for another."""
        self._typed.forget(tunnel.connection.id)
        tunnel.accepted_keys = frozenset()

    def delete_stored(self, tunnel: Tunnel, still_on: Route | None = None) -> None:
        """Also of those who let in nobody any more; what `still_on` needs stays.

        A jump host under another name, port or user is somebody else, and its secrets are asked for again. So is a
        proxy.
        """
        kept = set(logins_of(still_on)) if still_on is not None else set()
        if still_on is not None and still_on.proxy != tunnel.connection.route.proxy:
            kept.discard(PROXY_LOGIN)
        for login in logins_of(tunnel.connection.route):
            for kind in SecretKind if login not in kept else ():
                self._secrets.delete(tunnel.connection.id, kind, login)

    def _note_stored(self, connection_id: str, stored: Future[None]) -> None:
        error = stored.exception()
        if error is not None:
            known = error if isinstance(error, CaponierError) else Unexpected(detail=type(error).__name__)
            self._tell(Update(notices=(Notice(connection_id, known.cause),)))
