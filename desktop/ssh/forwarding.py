"""What the package needs of an SSH connection that carries forwards, and of each forward on it.

Two ways lead there: `lane` with `channel`, fast, and built on paramiko's inner parts; `plain_lane` with
`plain_channel`, slower, and built on what paramiko offers to everybody. `lane_choice` picks one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

from desktop.core.model import LOOPBACK, Endpoint, Place, UnixSocket
from desktop.ssh.backlog import Backlog
from desktop.ssh.ssh_data import ssh_string

# OpenSSH's PROTOCOL, section 2.4.
SOCKET_KIND = "direct-streamlocal@openssh.com"
# Where a client comes from, as the server is told: a port of this computer would mean nothing to it.
ORIGIN = Endpoint(LOOPBACK, 0)
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")

# Gets a title, a text, and the prompts with whether an answer may be shown; gives one answer for each prompt.
Handler = Callable[[str, str, list[tuple[str, bool]]], list[str]]


class ChannelSink(Protocol):
    """What a channel tells the relay, one call at a time. No call may block.

    It comes on the thread that reads the lane: its own, or the relay's. The channel's `send_some` and `grant` may be
    called there, which never wait for an exchange of keys; the rest of what there is to say is for the relay's thread.
    """

    def on_opened(self) -> None: ...

    def on_refused(self, reason: int, text: str) -> None:
        """`reason` is a code of RFC 4254 section 5.1."""

    def on_data(self, data: memoryview) -> None:
        """Lent until `on_settled` returns; more may follow before that."""

    def on_settled(self) -> None:
        """All data that is here has been handed over."""

    def on_window(self) -> None:
        """The server takes more data."""

    def on_eof(self) -> None: ...

    def on_closed(self) -> None:
        """The server closed the channel; answer with `ForwardingChannel.hang_up`."""


class ForwardingChannel(Protocol):
    """A channel that hands everything to its sink. Sending methods are for the relay thread, or as `ChannelSink` says.

    A guard stands around every call of the sink, so that `abandon` is a clear cut: a client that goes over to another
    session must not get a byte of the old one.
    """

    @property
    def confirmed(self) -> bool:
        """The server has opened the way, whether or not the sink has come to know. Any thread."""

    @property
    def shows_progress(self) -> bool:
        """`window` is the server's own: what it grows by, the server has taken of what was sent."""

    @property
    def window(self) -> int:
        """Bytes that `send_some` takes now. After a 0, the sink is told by `on_window`."""

    def send_some(self, data: memoryview) -> int:
        """Send what the window takes, and return how much that was; `data` is the caller's again then."""

    def grant(self, size: int) -> None:
        """Let the server send `size` bytes more."""

    def send_eof(self) -> None:
        """Say that no more data follows; the other direction stays open (RFC 4254 section 5.3)."""

    def hang_up(self) -> None:
        """Close an open channel. Idempotent."""

    def abandon(self) -> None:
        """Tell the sink nothing more, from this moment, and close the channel as soon as the server lets us."""

    def withdraw(self) -> bool:
        """`abandon` it where the server has not answered yet; False where it has, and the sink is being told."""


class ForwardingLane(Protocol):
    """One SSH connection, over a `Wire`. What has no docstring is paramiko's `Transport` as it is documented there.

    Callbacks run on threads of the lane's own. It ends when its wire is hung up. `round_trip_s` is the path's own, None
    while it is unknown, and `sent_mono` when something was last sent that the server is likely to answer.
    """

    banner_timeout: float
    auth_timeout: float
    remote_version: str
    remote_cipher: str
    sent_mono: float
    on_queued: Callable[[], None] | None
    on_pong: Callable[[float], None] | None

    @property
    def round_trip_s(self) -> float | None: ...

    @property
    def disconnect_text(self) -> str:
        """The server's farewell, where it said one."""

    @property
    def ident(self) -> int | None: ...

    def join(self, timeout: float | None = None) -> None: ...

    def is_active(self) -> bool: ...

    def start_client(self, event: threading.Event) -> None: ...

    def get_exception(self) -> Exception | None: ...

    def get_security_options(self) -> Any: ...

    def get_remote_server_key(self) -> Any: ...

    @property
    def login_banner(self) -> str:
        """What the server last said beside a login (RFC 4252 section 5.4), as it came; empty where it said nothing."""

    def auth_none(self, username: str) -> list[str]: ...

    def auth_password(self, username: str, password: str, *, fallback: bool) -> list[str]: ...

    def auth_publickey(self, username: str, key: Any) -> list[str]: ...

    def would_take_key(self, username: str, key: Any) -> bool:
        """Whether it is worth signing with `key`; True where only that can tell. Blocks and raises as a login does."""

    def auth_interactive(self, username: str, handler: Handler) -> list[str]:
        """`handler` may block, on whatever thread it is called, and what it raises is raised here."""

    @property
    def awaits_answer(self) -> bool:
        """While the `handler` of `auth_interactive` runs: the server is still there for what it returns."""

    def methods_left(self, username: str) -> list[str]:
        """What the server would take, once it has refused something; empty where it does not say. May block."""

    def open_forward(self, target: Place, sink: ChannelSink) -> ForwardingChannel:
        """Ask for a channel to `target` and return at once; the sink learns the answer.

        It is of the kind direct-tcpip (RFC 4254 section 7.2), or OpenSSH's own for a Unix socket.
        """

    def prepare(self, target: Place) -> None:
        """Make what the next `open_forward` needs, while there is time. The thread that opens forwards."""

    def measure(self) -> None:
        """Ask for an answer for the sake of `latest_round_trip_s`. Relay thread."""

    def latest_round_trip_s(self, now_mono: float) -> float:
        """Of the latest answer that was asked for, or of the next one so far. Relay thread."""

    def offer_reading(self, on_lent: Callable[[], None], is_wanted: Callable[[], bool]) -> None:
        """Have the relay thread read, by `read_lent`, each time that `on_lent` was called. See `Loan.offer`."""

    def read_lent(self) -> bool:
        """Read what is here; False where the lane's own thread is to go on, after `give_back`. Relay thread."""

    def give_back(self) -> None:
        """The lane's own thread reads from now on. Relay thread."""

    def end_offer(self) -> None:
        """`give_back` it for ever. Relay thread."""

    def hold_back(self, on_waiting: Callable[[], None]) -> Backlog:
        """See `Wire.hold_back`."""

    @property
    def congested(self) -> bool:
        """Nothing more should be read that is to be sent here. `on_queued` and draining may end it."""

    def run_queue(self) -> None:
        """Send what was queued, after `on_queued`. Relay thread only."""

    def ping(self) -> None:
        """Ask for an answer that any server gives, if only a refusal; `on_pong` gets the milliseconds it took."""


def socket_place(target: UnixSocket) -> bytes:
    """What stands behind the sizes where a channel of `SOCKET_KIND` is asked for: the path, and two reserved fields."""
    return ssh_string(target.path.encode()) + ssh_string(b"") + bytes(4)
