"""The listening end of a local forward."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from desktop.core.errors import CaponierError, PortInUse, PortNotAllowed
from desktop.core.model import LOOPBACKS, Endpoint, Forward

# Hundreds of clients may come at once after a wake; Linux cuts this to net.core.somaxconn.
BACKLOG = 1024
_TAKEN = {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)}

# Ports below are for services of the system (RFC 6335 section 6), and mostly not allowed.
_LOWEST_FREE = 1024
_HIGHEST = 65535
_TRIED_NEAR = 100
# The system draws from thousands, and few of them are avoided.
_DRAWS = 64

PortHolder = Callable[[int], str]


class Listener(socket.socket):
    """Tells its family and type at once.

    `accept` asks for both, for each client, and Python's own socket makes them anew from their numbers each time.
    """

    family = socket.AF_INET
    type = socket.SOCK_STREAM

    def __init__(self, family: socket.AddressFamily) -> None:
        super().__init__(family, socket.SOCK_STREAM)
        self.family = family


def listen(forward: Forward, who_holds: PortHolder, avoided: AbstractSet[int] = frozenset()) -> Listener:
    """A non-blocking listening socket; the caller closes it. Raises `PortInUse`, `PortNotAllowed`.

    An automatic port is none of `avoided`.
    """
    if forward.local_host not in LOOPBACKS:
        # The editor refuses such a host; a connections file edited by hand may still hold one.
        raise PortNotAllowed(port=forward.local_port, reason="only loopback addresses are allowed")
    failure: CaponierError
    listener: Listener | None = None
    try:
        listener = _bound(forward.local_host, forward.local_port, avoided)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        if listener is not None:
            listener.close()
        failure = _failure(error, forward.local_port, who_holds)
    else:
        return listener
    raise failure


def free_port(forward: Forward, avoided: AbstractSet[int]) -> int:
    """A port near the forward's that could be bound a moment ago and is none of `avoided`; 0 where none was."""
    wish = forward.local_port
    if forward.local_host not in LOOPBACKS or not wish:
        return 0
    first = wish + 1 if wish >= _LOWEST_FREE else wish + _LOWEST_FREE
    for port in range(first, min(first + _TRIED_NEAR, _HIGHEST + 1)):
        if port in avoided:
            continue
        try:
            _bound(forward.local_host, port).close()
        except OSError:
            continue
        return port
    return 0


def bound_endpoint(listener: socket.socket) -> Endpoint:
    name = listener.getsockname()
    return Endpoint(name[0], name[1])


def _bound(host: str, port: int, avoided: AbstractSet[int] = frozenset()) -> Listener:
    """Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Held until one is found, or the system might give the same again.
    unwanted: list[Listener] = []
    try:
        for _ in range(_DRAWS):
            listener = Listener(family)
            unwanted.append(listener)
            _claim_alone(listener)
            listener.bind((host, port))
            if port or listener.getsockname()[1] not in avoided:
                unwanted.remove(listener)
                return listener
    finally:
        for listener in unwanted:
            listener.close()
    raise OSError(errno.EADDRINUSE, "no port is left")


def _claim_alone(listener: socket.socket) -> None:
    """Share the port with nobody.

    On Windows SO_REUSEADDR lets two programs have one port, and clients reach either; elsewhere it only passes over
    connections that are still in TIME_WAIT.
    """
    if sys.platform == "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def _failure(error: OSError, port: int, who_holds: PortHolder) -> CaponierError:
    if error.errno in _TAKEN:
        return PortInUse(port=port, holder=who_holds(port))
    return PortNotAllowed(port=port, reason=error.strerror or str(error))
