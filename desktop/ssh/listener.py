"""The listening end of a local forward."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable

from desktop.core.errors import CaponierError, PortInUse, PortNotAllowed
from desktop.core.model import LOOPBACKS, Endpoint, Forward

# Hundreds of clients may come at once after a wake; Linux cuts this to net.core.somaxconn.
BACKLOG = 1024
_TAKEN = {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)}

PortHolder = Callable[[int], str]


def listen(forward: Forward, who_holds: PortHolder) -> socket.socket:
    """A non-blocking listening socket; the caller closes it. Raises `PortInUse`, `PortNotAllowed`."""
    family = socket.AF_INET6 if ":" in forward.local_host else socket.AF_INET
    if forward.local_host not in LOOPBACKS:
        # The editor refuses such a host; a connections file edited by hand may still hold one.
        raise PortNotAllowed(port=forward.local_port, reason="only loopback addresses are allowed")
    failure: CaponierError
    listener: socket.socket | None = None
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        _claim_alone(listener)
        listener.bind((forward.local_host, forward.local_port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        if listener is not None:
            listener.close()
        failure = _failure(error, forward.local_port, who_holds)
    else:
        return listener
    raise failure


def bound_endpoint(listener: socket.socket) -> Endpoint:
    name = listener.getsockname()
    return Endpoint(name[0], name[1])


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
