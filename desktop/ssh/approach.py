"""The connection attempts to one address of a bastion."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from dataclasses import dataclass

from desktop.ssh.acknowledgement import acknowledge_each
from desktop.ssh.resolve import AddressInfo
from desktop.ssh.retransmission import retransmit_eagerly
from desktop.ssh.wire import Wire

# Out of step with the whole seconds of the lasting socket, so that the server seldom hears of both. An attempt makes
# some twenty at most; between attempts the engine waits longer and longer, which keeps a dead host from being knocked
# at twice a second for ever.
FRESH_SYN_EVERY_S = 0.45
# RFC 6298 section 2: a SYN is sent again after a second. A longer handshake tells that the first SYN was lost.
_SYN_AGAIN_AFTER_S = 1.0


def _codes(*names: str) -> frozenset[int]:
    """Of errno, with those of Windows' own numbers where there are any."""
    spelled = [prefix + name for name in names for prefix in ("", "WSA")]
    return frozenset(getattr(errno, name) for name in spelled if hasattr(errno, name))


_IN_PROGRESS = _codes("EINPROGRESS", "EWOULDBLOCK") | {0}
_REFUSED = _codes("ECONNREFUSED")
_RESET = _codes("ECONNRESET", "ECONNABORTED", "EPIPE")
_NO_NETWORK = _codes("ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL", "EAFNOSUPPORT")
_NOT_OURS = _codes("EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL")
_UNCHOSEN = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, never bound
_NO_ROUTE = _codes("EHOSTUNREACH")


@dataclass(frozen=True, slots=True)
class Reached:
    """A connected socket, which the receiver closes, and the IP addresses of this computer's and of the other end.

    `addresses` are None where no TCP connection of ours leads there. `round_trip_s` is what the TCP handshake took,
    from the SYN that was answered on, or None where nothing was answered yet. `silent_s` is how long the path to the
    bastion gave no answer before: 0 where the first SYN was answered.
    """

    wire: Wire
    addresses: tuple[str, str] | None
    round_trip_s: float | None
    silent_s: float = 0.0


class Approach:
    """Two sockets towards one address, a lasting one and a fresh one that is replaced about every half second.

    The kernel sends a lost SYN again after 1, 2, 4, 8 s, so that a connection begun while the path was cut may come
    about seconds after the path is back; a fresh SYN gets through at once. The lasting socket is for paths with a
    round trip longer than a fresh one lives. A server never hears of the sockets given up: their handshake is not
    complete, and the kernel answers a late SYN-ACK with a reset.
    """

    def __init__(
        self,
        address: AddressInfo,
        selector: selectors.BaseSelector,
        silent_since_mono: float,
        bind_address: str = "",
    ) -> None:
        self.address = address
        self.is_over = False
        self.fresh_due_mono = 0.0
        # This computer's address that was last tried from, empty where the kernel did not choose one.
        self.source = ""
        self._selector = selector
        self._bind_address = bind_address
        self._silent_since_mono = silent_since_mono
        self._started: dict[Wire, float] = {}
        self._lasting: Wire | None = None
        self._fresh: Wire | None = None
        self._last_code = 0

    @property
    def is_refused(self) -> bool:
        return self._last_code in _REFUSED

    @property
    def lacks_address(self) -> bool:
        """True where the address to come from is not this computer's now."""
        return bool(self._bind_address) and self._last_code in _NOT_OURS

    @property
    def is_turned_away(self) -> bool:
        """True where a connection was made and reset at once."""
        return self._last_code in _RESET

    @property
    def is_offline(self) -> bool:
        """True where this computer, or one on the way, says that there is no network."""
        return self._last_code in _NO_NETWORK or (self.is_over and self._last_code in _NO_ROUTE)

    def send_syn(self, now: float) -> None:
        """By a fresh socket; also where the approach was over."""
        self.is_over = False
        self.fresh_due_mono = now + FRESH_SYN_EVERY_S
        if self._lasting is None:
            self._lasting = self._connect(now)
            return
        if self._fresh is not None:
            self._drop(self._fresh)
        self._fresh = self._connect(now)

    def result(self, wire: Wire) -> Reached | None:
        """What became of a socket of this approach that `select` found ready; None where it failed."""
        started = self._started[wire]
        code = wire.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or _prepare(wire)
        if code:
            # What a router on the way says (ICMP) may be over in a moment. Only the host itself refuses or resets.
            self._fail(code, for_good=code in _REFUSED | _RESET)
            self._drop(wire)
            return None
        self._release(wire)
        # It is sent again on whole seconds: what is beyond them is the way of the SYN that was answered, and back.
        lost_s, round_trip_s = divmod(time.monotonic() - started, _SYN_AGAIN_AFTER_S)
        addresses = _bare(wire.getsockname()[0]), _bare(self.address[1][0])
        return Reached(wire, addresses, round_trip_s, lost_s + (started - self._silent_since_mono))

    def close(self) -> None:
        for wire in tuple(self._started):
            self._drop(wire)

    def _connect(self, now: float) -> Wire | None:
        family, address = self.address
        try:
            wire = Wire(family)
        except OSError as error:
            self._fail(error.errno or 0, for_good=True)
            return None
        wire.setblocking(False)
        code = self._bind(wire) or wire.connect_ex(address)
        if code not in _IN_PROGRESS:
            wire.close()
            self._fail(code, for_good=True)
            return None
        self.source = _source_of(wire)
        self._started[wire] = now
        self._selector.register(wire, selectors.EVENT_WRITE, self)
        return wire

    def _bind(self, wire: Wire) -> int:
        if self._bind_address:
            try:
                wire.bind((self._bind_address, 0))
            except OSError as error:
                # Also what is no address, or not of this family (gaierror, whose numbers are others).
                known = isinstance(error.errno, int) and not isinstance(error, socket.gaierror)
                return error.errno or errno.EADDRNOTAVAIL if known else errno.EADDRNOTAVAIL
        return 0

    def _fail(self, code: int, *, for_good: bool) -> None:
        self._last_code = code
        self.is_over = self.is_over or for_good

    def _drop(self, wire: Wire) -> None:
        self._release(wire)
        wire.close()

    def _release(self, wire: Wire) -> None:
        self._selector.unregister(wire)
        del self._started[wire]
        if wire is self._lasting:
            self._lasting = None
        if wire is self._fresh:
            self._fresh = None


def _source_of(wire: Wire) -> str:
    """Chosen when the first packet goes out."""
    try:
        source = _bare(wire.getsockname()[0])
    except OSError:
        return ""
    return "" if source in _UNCHOSEN else source


def _prepare(wire: Wire) -> int:
    """ECONNRESET where the other side has ended the connection already, which some systems tell only here; else 0."""
    try:
        wire.setblocking(True)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError:
        return errno.ECONNRESET
    retransmit_eagerly(wire)
    acknowledge_each(wire)
    wire.note_contact()
    return 0


def _bare(address: str) -> str:
    """Without the zone of a link-local IPv6 address (RFC 4007 section 11), which interfaces' lists leave out."""
    return address.partition("%")[0]
