"""What can go wrong on the way into a terminal."""

from __future__ import annotations

from desktop.core.errors import CaponierError


class TerminalError(CaponierError):
    """A program could not be started in a terminal of the person's."""


class TerminalMissing(TerminalError):
    """`looked_for` are the terminals that are known here, as a list in words."""

    code = "terminal_missing"
    fact_names = ("looked_for",)


class TerminalFailed(TerminalError):
    """`terminal` could not be started, or ended at once, for `reason`."""

    code = "terminal_failed"
    fact_names = ("terminal", "reason")
