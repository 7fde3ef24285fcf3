"""What the program asks of the operating system. Each Protocol is implemented once for each system."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from desktop.core.errors import Cause


class Autostart(Protocol):
    """Whether the system starts the window, hidden, when the person logs in. Blocks for one file or registry value."""

    def is_on(self) -> bool:
        """False also where the entry can't be read, or where the person switched it off by the system's own means."""

    def switch(self, *, on: bool) -> None:
        """Make the entry anew, for the program as it runs now, or remove it. Raises `ConfigNotWritable`."""


class NetworkView(Protocol):
    """What the kernel says about the network now. Cheap, does not block, any thread."""

    def has_address(self, address: str) -> bool:
        """True while `address` is one of this computer's."""

    def source_towards(self, address: str) -> str | None:
        """The local address from which packets to `address` would leave; None where there is no way."""


class NetworkMonitor(Protocol):
    """Says when the network may have changed. Where it can't watch, it stays silent: that means "unchanged"."""

    def start(self, on_change: Callable[[], None]) -> None:
        """Call `on_change` from now on, from a thread of its own, once for a burst of changes."""

    def close(self) -> None:
        """End the thread, and wait for that. Idempotent; also without a `start`."""


class PowerMonitor(Protocol):
    """Says when the computer goes to sleep and wakes. Where it can't watch, it stays silent."""

    def start(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:
        """Call them from now on, from threads of its own. Where the system allows, sleep waits for `on_sleep`.

        `on_wake` gets the seconds of sleep where they are known. One wake may be told twice, by two ways.
        """

    def close(self) -> None:
        """End the threads, and wait for that. Idempotent; also without a `start`."""


class TerminalRun(Protocol):
    """A program that was started in a terminal, which goes on by itself."""

    def trouble(self) -> Cause | None:
        """A `terminal_failed`, where the terminal has ended by now and says that it failed. Does not block."""


class Terminal(Protocol):
    """The person's terminal. Blocks for a look into some folders, and for the start of a process."""

    def find(self, program: str) -> str:
        """The whole path of a program, empty where it is not installed."""

    def open(self, words: Sequence[str]) -> TerminalRun:
        """Run a program in a new window, which waits for Return where it fails. Nothing of `words` may be secret.

        `words` begin with what `find` gave. Raises `TerminalMissing`, `TerminalFailed`.
        """


class Clock(Protocol):
    def mono(self) -> float:
        """Seconds that never jump back, for deadlines."""

    def wall(self) -> float:
        """Seconds since the epoch, for people."""
