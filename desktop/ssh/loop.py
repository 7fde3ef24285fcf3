"""A thread around a selector: sockets, timers, and tasks that other threads hand in."""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from desktop.core.timers import Timer, Timers
from desktop.ssh.readiness import Handler, best_readiness

log = logging.getLogger(__name__)

_FAILED = "a task of %s failed"
SCRATCH_BYTES = 256 * 1024
# An answer within this computer takes less; nobody notices what comes so much later.
_QUIET_S = 0.001
QUIET_OR_NOT_S = 0.005


class Loop:
    """`post` and its like, `is_here`, `stop` and `join` are for any thread, everything else for the loop's own."""

    def __init__(self, name: str, at_end: Callable[[], None]) -> None:
        self._at_end = at_end
        self._readiness = best_readiness()
        self._timers = Timers()
        self._todo: deque[Callable[[], None]] = deque()
        self._chores: deque[Callable[[], None]] = deque()
        self._chores_due_mono = 0.0
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        self._rung = False
        self._ident = 0
        self._stopping = False
        # For what a handler reads, and has dealt with when it returns.
        self.scratch = memoryview(bytearray(SCRATCH_BYTES))
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self.watch(self._bell, selectors.EVENT_READ, self._hear_bell)
        self._thread.start()

    def post(self, task: Callable[[], None]) -> None:
        """Run `task` on the loop's thread, in a turn. Does not block; after the end it is dropped."""
        self._todo.append(task)
        # The loop's own thread is awake.
        if not self._rung and not self.is_here:
            self._rung = True
            with suppress(OSError):
                self._ringer.send(b"!")

    def post_when_quiet(self, task: Callable[[], None]) -> None:
        """Run `task` when nothing has come for a millisecond, or some milliseconds later where there is no such moment.

        The thread is not woken for it. Whoever was sent something may wait on this thread's processor until it sleeps:
        an opening on loopback lost 0.1 of its 1.7 ms to that, by the times of its system calls (perf(1)).
        """
        if not self._chores:
            self._chores_due_mono = time.monotonic() + QUIET_OR_NOT_S
        self._chores.append(task)

    def run_when_quiet(self, task: Callable[[], None]) -> None:
        """Like `post_when_quiet`; but any other thread runs `task` itself, and now."""
        if self.is_here:
            self.post_when_quiet(task)
        else:
            task()

    @property
    def is_here(self) -> bool:
        """The calling thread is the loop's own."""
        return threading.get_ident() == self._ident

    def stop(self) -> None:
        self.post(self._stop)

    def join(self, timeout_s: float) -> bool:
        """True when the thread has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def watch(self, sock: socket.socket, mask: int, handler: Handler) -> None:
        """Call `handler(ready)` when `sock` is ready for `mask`; 0 stops it. Before `sock` is closed it must be 0.

        A socket has one handler, always the same.
        """
        self._readiness.watch(sock, mask, handler)

    def call_later(self, delay_s: float, task: Callable[[], None]) -> Timer:
        return self._timers.add(time.monotonic() + delay_s, task)

    def _stop(self) -> None:
        self._stopping = True

    def _run(self) -> None:
        self._ident = threading.get_ident()
        try:
            while not self._stopping:
                self._turn()
        except Exception:
            log.exception("%s ended", self._thread.name)
        finally:
            self._clean_up()

    def _turn(self) -> None:
        ready = self._readiness.wait(self._wait_s())
        # What the handlers hand in has its turn when the sockets had another: an answer may have come meanwhile, and is
        # waited for.
        due = len(self._todo)
        for handler, mask in ready:
            # One client's fault must not end the service of all others.
            try:
                handler(mask)
            except Exception:
                log.exception(_FAILED, self._thread.name)
        for _ in range(due):
            self._guard(self._todo.popleft())
        if self._chores and (not (ready or due) or time.monotonic() >= self._chores_due_mono):
            for _ in range(len(self._chores)):
                self._guard(self._chores.popleft())
        while (timer := self._timers.pop_due(time.monotonic())) is not None:
            self._guard(timer.task)

    def _clean_up(self) -> None:
        self._guard(self._at_end)
        self._readiness.close()
        self._bell.close()
        self._ringer.close()

    def _guard(self, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception:
            log.exception(_FAILED, self._thread.name)

    def _wait_s(self) -> float | None:
        if self._todo:
            return 0
        at = self._timers.next_at()
        wait_s = None if at is None else max(at - time.monotonic(), 0)
        if self._chores:
            return _QUIET_S if wait_s is None else min(wait_s, _QUIET_S)
        return wait_s

    def _hear_bell(self, _ready: int) -> None:
        with suppress(OSError):
            self._bell.recv(4096)
        # After the bell is emptied, or a ring in between would be swallowed and nobody would ring again; before the
        # tasks run, so that whoever posts too late for them rings.
        self._rung = False
