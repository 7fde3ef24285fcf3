"""What is said to a proxy before it becomes a mere pipe."""

from __future__ import annotations

import selectors
import socket
import time
from types import TracebackType
from typing import Self

from desktop.ssh.cancel import CancelToken
from desktop.ssh.wire import Wire

_SHOWN_BYTES = 256


class ProxySilent(Exception):
    """There was no answer in time."""


class ProxyGone(Exception):
    """The connection ended before the answer was whole."""


class ProxyTalk:
    """On a wire that blocks again when the context is left. Nothing is read beyond what is asked for.

    Its methods block until `until_mono` at most. They raise `ProxySilent`, `ProxyGone`, `Cancelled`.
    """

    def __init__(self, wire: Wire, until_mono: float, cancel: CancelToken) -> None:
        self._wire = wire
        self._until_mono = until_mono
        self._cancel = cancel
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        self._wire.setblocking(False)
        self._selector.register(self._wire, selectors.EVENT_READ)
        self._selector.register(self._cancel, selectors.EVENT_READ)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._selector.close()
        self._wire.setblocking(True)

    def say(self, data: bytes) -> None:
        """The few bytes of a greeting have room in any buffer of a new connection: nothing waits."""
        try:
            sent = self._wire.send(data)
        except OSError:
            raise ProxyGone from None
        if sent < len(data):
            raise ProxySilent

    def hear(self, size: int) -> bytes:
        """So many bytes."""
        heard = b""
        while len(heard) < size:
            heard += self._take(size - len(heard))
        return heard

    def hear_until(self, mark: bytes, most: int) -> bytes:
        """Up to and with `mark`; without it where there are `most` bytes and no mark, or where it can't follow."""
        heard = b""
        while not heard.endswith(mark) and len(heard) < most:
            seen = self._take(most - len(heard), socket.MSG_PEEK)
            end = (heard + seen).find(mark)
            size = end + len(mark) - len(heard) if end >= 0 else len(seen)
            heard += self._take(size)
        return heard

    def left_over(self) -> bytes:
        """The start of what else is there now. Does not block."""
        data = bytearray(_SHOWN_BYTES)
        try:
            return bytes(data[: self._wire.recv_into(data)])
        except OSError:
            return b""

    def _take(self, most: int, flags: int = 0) -> bytes:
        """What is there, at least one byte. Not by `Wire.recv`, which reads ahead for the SSH server."""
        data = bytearray(most)
        while True:
            self._wait()
            try:
                size = self._wire.recv_into(data, most, flags)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError:
                raise ProxyGone from None
            if not size:
                raise ProxyGone
            return bytes(data[:size])

    def _wait(self) -> None:
        """Until something is there to be read."""
        while True:
            self._cancel.check()
            left_s = self._until_mono - time.monotonic()
            if left_s <= 0:
                raise ProxySilent
            ready = self._selector.select(left_s)
            # So that it can sleep again. There is nothing to be tried afresh.
            self._cancel.take_nudge()
            if any(key.fileobj is self._wire for key, _ in ready):
                return
