"""paramiko's transport as its documentation says, for a version of paramiko that `lane` was not made for.

It forwards the same, more slowly: data crosses one thread more, openings beyond some for a target at once queue up,
and the window is the same for every path. Of two refusals that arrive in the same moment paramiko keeps one reason, and
either asker may get it; the other asks again. So does one whose way was opened and closed in the same moment.

paramiko's reader thread answers a close and a channel's request by itself, and waits for the end of an exchange of keys
with that; only it can finish the exchange. While the server asks for new keys, as OpenSSH does after the same number
of bytes, it sends nothing of that kind in between. So the asking is left to the server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import paramiko

from desktop.core.model import Endpoint, Place
from desktop.ssh.backlog import Backlog
from desktop.ssh.forwarding import CIPHERS, ORIGIN, SOCKET_KIND, ChannelSink, Handler
from desktop.ssh.key_query import has_algorithm_for
from desktop.ssh.plain_channel import PlainChannel
from desktop.ssh.plain_log import LOG_CHANNEL, Words
from desktop.ssh.plain_openings import Openings
from desktop.ssh.plain_packets import PlainPacketizer
from desktop.ssh.plain_pump import Pump
from desktop.ssh.receive_window import BASE_BYTES
from desktop.ssh.wire import Wire

# RFC 4344 section 3.2, for blocks of 128 bits: new keys are due after 2^32 of them.
REKEY_BYTES = 1 << 36
CONGESTED_BYTES = 256 * 1024
_IDLE_CHECK_S = 2.0
# Longer than any system tries to connect. An answer that nobody waits for any more would leave the way open.
_ANSWER_WITHIN_S = 900.0
_TRIES = 3
# paramiko counts the time that the person takes. A server that is gone is noticed all the same while the person is
# asked.
INTERVIEW_TIMEOUT_S = 3600.0


class PlainLane(paramiko.Transport):
    """Implements `ForwardingLane`. Its thread is the reader thread, and one more, the pump, lives as long.

    `on_end` is called on the reader thread when it is over. `round_trip_s` stays unknown: nothing is to be fitted to
    it, and nothing chosen by it.
    """

    def __init__(self, wire: Wire, name: str, on_end: Callable[[], None]) -> None:
        super().__init__(wire, default_window_size=BASE_BYTES, packetizer_class=PlainPacketizer)
        self.name = name
        self.set_log_channel(LOG_CHANNEL)
        self.packetizer.REKEY_BYTES = REKEY_BYTES
        options = self.get_security_options()
        options.ciphers = [cipher for cipher in CIPHERS if cipher in options.ciphers] or options.ciphers
        # How often paramiko's reader looks up from an idle socket; hanging up the wire wakes it at once.
        wire.settimeout(_IDLE_CHECK_S)
        self.words = Words()
        self.round_trip_s: float | None = None
        self.sent_mono = 0.0
        self.on_queued: Callable[[], None] | None = None
        self.on_pong: Callable[[float], None] | None = None
        self._wire = wire
        self._on_end = on_end
        self._backlog: Backlog | None = None
        self._banner = ""
        self._pump = Pump(f"{name} pump", wire.hang_up)
        self._openings = Openings(f"{name} opening")
        self._ping_lock = threading.Lock()
        self._ping_due = self._pinging = False
        wire.on_caught_up = self._pump.reader_caught_up

    def run(self) -> None:
        self._pump.start()
        try:
            super().run()
        finally:
            # Ends the thread of a handshake's timer.
            self.packetizer.complete_handshake()
            self._pump.stop()
            self._on_end()

    @property
    def disconnect_text(self) -> str:
        return self.words.farewell

    def auth_interactive(self, username: str, handler: Handler) -> list[str]:
        """`handler` is called on the reader thread, which is deaf while it blocks."""
        self._note_banner()
        kept: list[BaseException] = []

        def answer(title: str, text: str, prompts: list[tuple[str, bool]]) -> list[str]:
            try:
                return handler(title, text, prompts)
            except Exception as failure:  # noqa: BLE001 - it is for whoever logs in, not for paramiko's log
                kept.append(failure)
                self._wire.hang_up()
                return []

        self.auth_timeout = INTERVIEW_TIMEOUT_S
        try:
            return list(super().auth_interactive(username, answer))
        finally:
            if kept:
                raise kept[0]

    @property
    def login_banner(self) -> str:
        self._note_banner()
        return self._banner

    def _note_banner(self) -> None:
        """paramiko forgets it with the next method."""
        said = self.get_banner()
        if said:
            self._banner = said.decode(errors="replace") if isinstance(said, bytes) else str(said)

    @property
    def awaits_answer(self) -> bool:
        return self.is_active() and not self._wire.is_cut_off()

    def methods_left(self, username: str) -> list[str]:
        """paramiko keeps that to itself where it was a refusal, and tells it whoever logs in by no method at all."""
        self._note_banner()
        try:
            self.auth_none(username)
        except paramiko.BadAuthenticationType as refusal:
            return list(refusal.allowed_types)
        except (paramiko.SSHException, EOFError, OSError):
            pass
        return []

    def auth_publickey(
        self, username: str, key: paramiko.PKey, event: threading.Event | None = None
    ) -> list[str]:
        try:
            return list(super().auth_publickey(username, _Signing(key), event))
        finally:
            self._note_banner()

    def would_take_key(self, username: str, key: paramiko.PKey) -> bool:  # noqa: ARG002 - the protocol's
        """What paramiko offers to everybody signs at once."""
        return has_algorithm_for(self, key)

    def open_forward(self, target: Place, sink: ChannelSink) -> PlainChannel:
        channel = PlainChannel(sink, self._pump.ring)
        self._openings.add(target, lambda: self._open(channel, target))
        return channel

    def prepare(self, target: Place) -> None:
        """Nothing can be made beforehand."""

    def measure(self) -> None:
        """Not worth a thread that waits for the answer."""

    def latest_round_trip_s(self, now_mono: float) -> float:  # noqa: ARG002 - the protocol's
        return 0.0

    def offer_reading(self, on_lent: Callable[[], None], is_wanted: Callable[[], bool]) -> None:
        """paramiko's thread reads, and nobody else can."""

    def read_lent(self) -> bool:
        return False

    def give_back(self) -> None: ...

    def end_offer(self) -> None: ...

    def hold_back(self, on_waiting: Callable[[], None]) -> Backlog:
        self._backlog = self._wire.hold_back(on_waiting)
        return self._backlog

    @property
    def congested(self) -> bool:
        return self._backlog is not None and self._backlog.size >= CONGESTED_BYTES

    def run_queue(self) -> None:
        """Nothing is ever left to the relay thread."""

    def ping(self) -> None:
        """Asked again before the answer came, it asks once more after that."""
        with self._ping_lock:
            self._ping_due = True
            if self._pinging:
                return
            self._pinging = True
        threading.Thread(target=self._ask_for_answers, name=f"{self.name} ping").start()

    def _open(self, channel: PlainChannel, target: Place) -> None:
        """A thread of the openings. Blocks until the server has answered, or the lane is over."""
        give_up_at = time.monotonic() + _ANSWER_WITHIN_S
        for _ in range(_TRIES):
            if not channel.is_wanted:
                return
            try:
                inner = self._ask(target)
            except paramiko.ChannelException as refusal:
                channel.refused(refusal.code, self.words.refusal)
                return
            except (EOFError, OSError):
                return
            except paramiko.SSHException:
                if not self.is_active() or time.monotonic() >= give_up_at:
                    return
                # Refused at the same moment as another, whose reason is the one that paramiko kept; or closed before
                # we could look. Nothing was sent yet: it can be asked for again.
                continue
            self._begin(channel, inner)
            return
        channel.refused(paramiko.OPEN_FAILED_CONNECT_FAILED, "")

    def _ask(self, target: Place) -> paramiko.Channel:
        if isinstance(target, Endpoint):
            ends = (target.host, target.port), (ORIGIN.host, ORIGIN.port)
            return self.open_channel("direct-tcpip", *ends, timeout=_ANSWER_WITHIN_S)
        with self.packetizer.opening(target):
            return self.open_channel(SOCKET_KIND, timeout=_ANSWER_WITHIN_S)

    def _begin(self, channel: PlainChannel, inner: paramiko.Channel) -> None:
        channel.opened(inner)
        self._pump.take_in(channel)
        if inner.closed:
            # By the server, or with the lane: the reader notes which, when it next comes by.
            self.ping()

    def _ask_for_answers(self) -> None:
        """A thread of its own: paramiko waits without a limit, up to the end of the lane."""
        while self._take_ping():
            asked_mono = time.monotonic()
            try:
                self.global_request("keepalive@openssh.com", wait=True)
            except (paramiko.SSHException, EOFError, OSError):
                self._wire.hang_up()
                continue
            if self.is_active() and self.on_pong is not None:
                self.on_pong((time.monotonic() - asked_mono) * 1000)

    def _take_ping(self) -> bool:
        with self._ping_lock:
            self._pinging = self._ping_due and self.is_active()
            self._ping_due = False
            return self._pinging


class _Signing(paramiko.PKey):
    """Where `key` does not sign, the server gets an empty signature to refuse: paramiko would end the lane over it."""

    def __init__(self, key: paramiko.PKey) -> None:
        super().__init__()
        self._key = key

    def get_name(self) -> str:
        return str(self._key.get_name())

    def asbytes(self) -> bytes:
        return bytes(self._key.asbytes())

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> Any:
        try:
            return self._key.sign_ssh_data(data, algorithm)
        except paramiko.SSHException:
            return b""
