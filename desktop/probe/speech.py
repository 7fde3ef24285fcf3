"""What each wire protocol is asked, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from desktop.core.model import Connection
from desktop.probe.line import Conversation, Line


class TlsOffer(Enum):
    """What a server has said about encryption."""

    NONE = auto()
    # The protocol begins in clear and may go on in TLS.
    UPGRADE = auto()
    # It is being spoken to in TLS already.
    AT_ONCE = auto()
    # Nobody asked, or nobody can.
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Greeting:
    """`name` is what stands there in words: "PostgreSQL", "MariaDB 10.11.6". `greeting` is by what it is known again.

    Only what stays the same from one connection to the next is in it; empty where it says nothing of itself.
    """

    name: str
    greeting: str = ""
    tls: TlsOffer = TlsOffer.UNKNOWN


@dataclass(frozen=True, slots=True)
class Speech:
    """One wire protocol, as a client speaks it that only wants to know who is there.

    `hello` is what is sent; empty where the server speaks first, which is all that is listened to then. `is_whole` says
    that an answer is complete, `read` what it means; None where it is another protocol's. `upgrade` begins TLS on the
    connection that was greeted; None where there is no such thing, or TLS comes before everything else.
    """

    hello: Callable[[Connection], bytes]
    is_whole: Callable[[bytes], bool]
    read: Callable[[Connection, bytes], Greeting | None]
    upgrade: Callable[[Conversation], Line] | None = None
    # HTTP's and others' have a port of their own, or another one, for TLS.
    may_begin_with_tls: bool = False


def nothing(_connection: Connection) -> bytes:
    return b""
