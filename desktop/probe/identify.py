"""By what a warehouse can be known again, without a login."""

from __future__ import annotations

import socket

from desktop.core.errors import CaponierError
from desktop.core.identity import WarehouseIdentity
from desktop.core.model import Connection
from desktop.probe.visit import Visit


def identify(connection: Connection, sock: socket.socket) -> WarehouseIdentity:
    """Its certificate, where it has one, and its greeting. Blocks; raises as `Visit.greet` does.

    The socket stays the caller's, who may shut it down meanwhile. A server of MySQL's protocol counts it as a broken
    handshake: see `look.is_harmless`.
    """
    visit = Visit(connection, lambda: sock, verifies=False)
    greeting = visit.greet()
    certificate = ""
    try:
        found = visit.encrypt()
    except CaponierError:
        # Without TLS, or with one that is broken, the greeting is all there is.
        found = None
    if found is not None and found.certificate is not None:
        certificate = found.certificate.fingerprint
    return WarehouseIdentity(certificate=certificate, greeting=greeting.greeting)
