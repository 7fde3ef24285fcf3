"""Reaching the first hop through a program of the person's: ProxyCommand of ssh_config(5)."""

from __future__ import annotations

import math
import time

from desktop.core.errors import BastionTimeout, CaponierError, NotSsh, PeerLost, ServerShedding
from desktop.core.route_errors import (
    ProxyCommandEnded,
    ProxyCommandGarbage,
    ProxyCommandSilent,
    ProxyCommandUnusable,
)
from desktop.ssh.approach import Reached
from desktop.ssh.cancel import CancelToken
from desktop.ssh.proxy_program import ProxyProgram
from desktop.ssh.wire import wire_pair

# What ends with its program has lost its stream a moment before that.
_ENDS_WITHIN_S = 0.5


class CommandWay:
    """Implements `Way`. The program ends with the stream, and takes all that it started with it."""

    def __init__(self, command: str, name: str) -> None:
        self._command = command
        self._program = ProxyProgram(f"{name} proxy command")
        self._started_mono = 0.0

    def reach(self, timeout_s: float, cancel: CancelToken) -> Reached:  # noqa: ARG002 - the program has its own
        """It is not known yet whether the program gets anywhere. Raises `ProxyCommandUnusable`."""
        near, far = wire_pair()
        self._started_mono = time.monotonic()
        try:
            self._program.start(self._command, far)
        except (OSError, ValueError) as error:
            near.close()
            reason = getattr(error, "strerror", None) or str(error)
            raise ProxyCommandUnusable(command=self._command, reason=reason) from None
        near.note_contact()
        return Reached(near, None, None)

    def explained(self, error: CaponierError) -> CaponierError:
        """What there was no SSH server behind the program. Blocks for a moment where it has just ended."""
        if isinstance(error, BastionTimeout) and error.facts["stage"] == "banner":
            waited_s = math.ceil(time.monotonic() - self._started_mono)
            return ProxyCommandSilent(
                command=self._command, timeout_s=waited_s, detail=self._program.last_words()
            )
        if isinstance(error, NotSsh):
            self._program.wait(_ENDS_WITHIN_S)
            answer = error.facts["answer"]
            return ProxyCommandGarbage(
                command=self._command, answer=answer, detail=self._program.last_words()
            )
        if isinstance(error, ServerShedding | PeerLost):
            status = self._program.wait(_ENDS_WITHIN_S)
            told = "" if status is None else str(status)
            return ProxyCommandEnded(command=self._command, status=told, detail=self._program.last_words())
        return error

    def close(self) -> None:
        self._program.end()

    def join(self) -> None:
        self._program.join()
