"""A connection to something unknown, as probes speak over it: bounded in time and amount, in clear or encrypted."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import Protocol

# Whatever it is that speaks there, more is never read.
MOST_HEARD_BYTES = 64 * 1024
_READ_BYTES = 16 * 1024


class Silence(Exception):
    """Nothing came within the time."""


class HungUp(Exception):
    """The other side ended without a word."""


class Line(Protocol):
    """Both methods block, and raise `Silence` at the deadline. One thread."""

    def say(self, data: bytes) -> None:
        """Where the other side has hung up, that is found out by hearing."""

    def hear(self, within_s: float | None = None) -> bytes:
        """What comes next, at least a byte; nothing where the other side has ended."""


class SocketLine:
    """A connected socket, which stays the caller's. `timeout_s` is for everything that is said and heard over it.

    Another thread that shuts the socket down makes it return at once, as if the other side had ended.
    """

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._sock = sock
        self._deadline_mono = time.monotonic() + timeout_s

    def say(self, data: bytes) -> None:
        self._wait_no_longer(None)
        try:
            self._sock.sendall(data)
        except TimeoutError:
            raise Silence from None
        except OSError:
            return

    def hear(self, within_s: float | None = None) -> bytes:
        self._wait_no_longer(within_s)
        try:
            return self._sock.recv(_READ_BYTES)
        except TimeoutError:
            raise Silence from None
        except OSError:
            return b""

    def _wait_no_longer(self, within_s: float | None) -> None:
        left_s = self._deadline_mono - time.monotonic()
        if within_s is not None:
            left_s = min(left_s, within_s)
        if left_s <= 0:
            raise Silence
        try:
            self._sock.settimeout(left_s)
        except OSError:
            # It was closed under us: hearing says so.
            return


class TlsLine:
    """TLS over another line, whatever that wraps it in. The constructor shakes hands.

    It raises `ssl.SSLError` as OpenSSL has it, `ssl.CertificateError` among them, `Silence`, and `HungUp`.
    `answers_within_s` is for each answer of the handshake.
    """

    def __init__(
        self, under: Line, context: ssl.SSLContext, name: str, answers_within_s: float | None = None
    ) -> None:
        self._under = under
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name or None)
        self._has_heard = False
        try:
            self._until_done(self._tls.do_handshake, answers_within_s)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            # Up to Python 3.11.2, Debian's, the one is told as the other (CPython issue 95494).
            if not self._has_heard:
                raise HungUp from None
            raise

    @property
    def certificate(self) -> bytes:
        """The server's, in DER; empty where it has shown none."""
        return self._tls.getpeercert(binary_form=True) or b""

    @property
    def protocol(self) -> str:
        """``TLSv1.3``, and the like."""
        return self._tls.version() or "TLS"

    def say(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    def hear(self, within_s: float | None = None) -> bytes:
        heard: list[bytes] = []
        try:
            self._until_done(lambda: heard.append(self._tls.read(_READ_BYTES)), within_s)
        except ssl.SSLError:
            # It ended without a farewell, or broke off.
            return b""
        return heard[0]

    def _until_done(self, step: Callable[[], None], within_s: float | None) -> None:
        while True:
            try:
                step()
            except ssl.SSLWantReadError:
                self._flush()
            except ssl.SSLError:
                # An alert that says why goes out before it is over.
                self._flush()
                raise
            else:
                self._flush()
                return
            heard = self._under.hear(within_s)
            if heard:
                self._has_heard = True
                self._incoming.write(heard)
            else:
                self._incoming.write_eof()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._under.say(self._outgoing.read())


class Conversation:
    """What has been heard over a line since the last question."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.heard = b""
        self.is_over = False

    def ask(self, question: bytes) -> None:
        self.heard = b""
        self.line.say(question)

    def hear_until(self, is_enough: Callable[[bytes], bool], within_s: float | None = None) -> bytes:
        """Everything since the last question, once that is enough or the other side has ended.

        Raises `Silence` where nothing more comes and it is not enough; what came is in `heard`.
        """
        while not self.is_over and not is_enough(self.heard) and len(self.heard) < MOST_HEARD_BYTES:
            more = self.line.hear(within_s)
            self.is_over = not more
            self.heard += more
        return self.heard
