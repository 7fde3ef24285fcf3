"""By what a warehouse can be known again, without a login."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from desktop.core.errors import CaponierError
from desktop.core.identity import WarehouseIdentity, decided_by
from desktop.core.model import Connection
from desktop.core.tls import TlsMode
from desktop.probe.cluster_mark import may_have_mark
from desktop.probe.speech import TlsOffer
from desktop.probe.visit import TlsFound, Visit


def identify(connection: Connection, sock: socket.socket) -> WarehouseIdentity:
    """Its certificate, where it has one, and its greeting; of a PostgreSQL that shows no certificate, its mark.

    Blocks; raises as `Visit.greet` does. The socket stays the caller's, who may shut it down meanwhile. A server of
    MySQL's protocol counts it as a broken handshake: see `look.is_harmless`.
    """
    visit = Visit(connection, lambda: sock, verifies=False)
    if may_have_mark(connection) and connection.tls.mode is TlsMode.OFF:
        return WarehouseIdentity(cluster_mark=visit.cluster_mark())
    greeting = visit.greet()
    found = _encrypted(visit)
    certificate = found.certificate if found is not None else None
    identity = WarehouseIdentity(
        certificate=certificate.fingerprint if certificate is not None else "", greeting=greeting.greeting
    )
    goes_on = found is not None or greeting.tls is TlsOffer.NONE
    if goes_on and may_have_mark(connection) and _needs_mark(connection, identity):
        identity = replace(identity, cluster_mark=visit.cluster_mark())
    return identity


def identify_surely(
    connection: Connection, connect: Callable[[], AbstractContextManager[socket.socket]]
) -> WarehouseIdentity:
    """The same to be remembered. A mark that is another one on a second connection is none."""
    with connect() as sock:
        found = identify(connection, sock)
    if found.cluster_mark:
        with connect() as sock:
            again = identify(connection, sock)
        if again.cluster_mark != found.cluster_mark:
            return replace(found, cluster_mark="")
    return found


def _encrypted(visit: Visit) -> TlsFound | None:
    """None without TLS, or with one that is broken."""
    try:
        return visit.encrypt()
    except CaponierError:
        return None


def _needs_mark(connection: Connection, found: WarehouseIdentity) -> bool:
    """Also where a guard knows nothing else, though there is a certificate by now."""
    guard = connection.guard
    is_known_by = guard.is_on and decided_by(guard.identity, sees_certificate=True) == "cluster_mark"
    return is_known_by or not found.certificate
