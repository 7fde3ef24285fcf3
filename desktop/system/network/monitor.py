"""Watches the network: by the system's doorbell, or by looking every two seconds where there is none."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable

from desktop.system.network.burst import Burst
from desktop.system.network.doorbell import Doorbell
from desktop.system.network.fingerprint import Fingerprint

POLL_S = 2.0

log = logging.getLogger(__name__)


class NullMonitor:
    """Implements `desktop.core.system_ports.NetworkMonitor`: never a change."""

    def start(self, on_change: Callable[[], None]) -> None: ...

    def close(self) -> None: ...


class WatchingMonitor:
    """Implements `desktop.core.system_ports.NetworkMonitor`. `start` once and `close` belong to one thread.

    `open_bell` raises `OSError` where there is no doorbell; then, and when it breaks, `look` is compared every
    `poll_s` seconds. What changes after `start` has returned is told.
    """

    def __init__(
        self, open_bell: Callable[[], Doorbell], look: Callable[[], Fingerprint], poll_s: float = POLL_S
    ) -> None:
        self._open_bell = open_bell
        self._look = look
        self._poll_s = poll_s
        self._bell: Doorbell | None = None
        self._seen: Fingerprint | None = None
        self._burst = Burst()
        self._on_change: Callable[[], None] = lambda: None
        self._stopping = threading.Event()
        self._waker: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        try:
            self._begin()
        except (OSError, RuntimeError) as error:  # out of files, or of threads
            log.info("the network is not watched: %s", error)
            self._end_bell()

    def close(self) -> None:
        self._stopping.set()
        if self._thread is not None and self._waker is not None:
            self._waker.close()
            self._thread.join()
            self._thread = None

    def _begin(self) -> None:
        alarm, waker = socket.socketpair()
        try:
            self._install_bell()
            thread = threading.Thread(target=self._run, args=(alarm,), name="network monitor")
            thread.start()
        except BaseException:
            alarm.close()
            waker.close()
            raise
        self._waker, self._thread = waker, thread

    def _install_bell(self) -> None:
        try:
            self._bell = self._open_bell()
        except OSError as error:
            log.info("the network has no doorbell, so it is looked at every %g s: %s", self._poll_s, error)
            self._seen = self._look()

    def _run(self, alarm: socket.socket) -> None:
        try:
            with alarm, selectors.DefaultSelector() as selector:
                selector.register(alarm, selectors.EVENT_READ)
                if self._bell is not None:
                    selector.register(self._bell.sock, selectors.EVENT_READ)
                while not self._stopping.is_set():
                    self._turn(selector)
        except Exception:
            log.exception("the network is no longer watched")
        finally:
            self._end_bell()

    def _turn(self, selector: selectors.BaseSelector) -> None:
        ready = [key.fileobj for key, _ in selector.select(self._wait_s())]
        if self._stopping.is_set():
            return
        if self._bell is None:
            self._compare()
        elif self._bell.sock in ready:
            self._answer_bell(selector, self._bell)
        if self._burst.take(time.monotonic()):
            self._on_change()

    def _wait_s(self) -> float | None:
        wait_s = self._burst.wait_s(time.monotonic())
        return self._poll_s if wait_s is None and self._bell is None else wait_s

    def _answer_bell(self, selector: selectors.BaseSelector, bell: Doorbell) -> None:
        try:
            if not bell.heard():
                return
        except OSError as error:
            log.info("the network's doorbell broke, so it is looked at every %g s: %s", self._poll_s, error)
            selector.unregister(bell.sock)
            self._end_bell()
            self._seen = self._look()
        # A broken bell may have swallowed a change.
        self._burst.hear(time.monotonic())

    def _compare(self) -> None:
        now_seen = self._look()
        if now_seen != self._seen:
            self._seen = now_seen
            self._burst.hear(time.monotonic())

    def _end_bell(self) -> None:
        if self._bell is not None:
            self._bell.close()
            self._bell = None
