"""How a connection's warehouse is to be spoken to: in clear, encrypted, or encrypted and verified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TlsMode(StrEnum):
    """The values are written to the connections file."""

    # As each client does by itself: mostly TLS where the server has it, unverified.
    AUTO = "auto"
    OFF = "off"
    REQUIRE = "require"
    # Encrypted, by a certificate for the warehouse's real name, of an authority that is trusted.
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Tls:
    """`ca_file` holds the authorities to trust, in PEM; empty stands for the system's.

    `server_name` is the name in the certificate, where that is not the target's host (a Unix socket, an address).
    """

    mode: TlsMode = TlsMode.AUTO
    ca_file: str = ""
    server_name: str = ""


AUTOMATIC = Tls()
