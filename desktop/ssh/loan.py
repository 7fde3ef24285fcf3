"""Whose turn it is to read a connection: its own thread's, or, while little comes, that of the relay.

The relay's thread has asked for what comes, is awake, and its processor has at hand what it takes to read it. To wake
the connection's own thread for that cost an opening on loopback 0.3 of 1.4 ms. Where much comes, that one reads it, and
the relay sends meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

# As paramiko's reader does.
_LOOK_UP_S = 2.0


class Loan:
    """Of the right to read. The connection's own thread lends it, and the relay's gives it back."""

    def __init__(self) -> None:
        self._given_back = threading.Event()
        self._on_lent: Callable[[], None] | None = None
        self._is_wanted: Callable[[], bool] = lambda: False

    def offer(self, on_lent: Callable[[], None], is_wanted: Callable[[], bool]) -> None:
        """From now on, as long as it `is_wanted`. Both are called on the connection's own thread. The relay."""
        self._is_wanted = is_wanted
        self._on_lent = on_lent

    def withdraw(self) -> None:
        """The relay reads nothing any more, or the connection is over. Idempotent. Any thread."""
        self._on_lent = None
        self._given_back.set()

    def give_back(self) -> None:
        """For now. The relay."""
        self._given_back.set()

    @property
    def is_wanted(self) -> bool:
        """The connection's own thread."""
        return self._on_lent is not None and self._is_wanted()

    def lend(self, is_over: Callable[[], bool]) -> None:
        """Block until it is given back; not for ever where the connection `is_over`. The connection's own thread."""
        self._given_back.clear()
        # Only now: it may have been withdrawn since anybody looked.
        on_lent = self._on_lent
        if on_lent is None:
            return
        on_lent()
        while not self._given_back.wait(_LOOK_UP_S) and not is_over():
            pass
