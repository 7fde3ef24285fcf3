"""What the kernel says about addresses and ways, asked with sockets that send nothing."""

from __future__ import annotations

import errno
import socket
from typing import Any

_ANY_PORT = 0
_DISCARD = 9  # RFC 863. Nothing is sent; macOS connects no socket to port 0.
_NOWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, never bound
# No such address; no such address family (IPv6 switched off). Any other error, out of files for example, says nothing
# about the address, and nobody should lose a session for it.
_GONE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class KernelView:
    """Implements `core.system_ports.NetworkView`, for IPv4 and IPv6, link-local ones with their scope (``%eth0``)."""

    def has_address(self, address: str) -> bool:
        """Whether a socket can be bound to `address`.

        False for an IPv6 address that is still checked for duplicates (tentative, RFC 4862 section 5.4): nothing can
        be sent from it. True for every address where ``net.ipv4.ip_nonlocal_bind`` or its IPv6 namesake is set.
        """
        try:
            family, place = _resolve(address, _ANY_PORT)
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.bind(place)
        except socket.gaierror:  # the interface of its scope is gone
            return False
        except OSError as error:
            return error.errno not in _GONE
        return True

    def source_towards(self, address: str) -> str | None:
        """What the routing table says. A pulled cable may leave its route behind: no promise that packets arrive."""
        try:
            family, place = _resolve(address, _DISCARD)
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect(place)
                source = str(probe.getsockname()[0])
        except OSError:
            return None
        return None if source in _NOWHERE else source


def _resolve(address: str, port: int) -> tuple[socket.AddressFamily, Any]:
    """Family and socket address, with the scope of a link-local one as a number. Never asks a name server."""
    found = socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
    family, _, _, _, place = found[0]
    return family, place
