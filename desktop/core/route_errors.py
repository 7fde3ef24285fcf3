"""The branch of the error tree for what stands between this computer and the bastion.

::

    RouteError
    └── JumpError         over a jump host            JumpRefused  JumpUnreachable
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from desktop.core.errors import Cause, RouteError

_HOP = "hop"


def at_hop(cause: Cause, place: int) -> Cause:
    """With the place of the server that it is about, nearest first from 0: names may repeat along a route."""
    return replace(cause, facts=(*cause.facts, (_HOP, str(place))))


def hop_of(cause: Cause) -> int | None:
    """The place that `at_hop` noted."""
    noted = cause.fact(_HOP)
    return int(noted) if noted else None


class JumpTrouble(StrEnum):
    """What a jump host says of a host that it did not reach."""

    REFUSED = "refused"
    NAME = "name"
    TIMEOUT = "timeout"


class JumpError(RouteError):
    """The jump host `jump` let us in, and opened no way to `host`, the next SSH server."""


class JumpRefused(JumpError):
    """It may not, or will not. Trying again by itself would log in there for nothing, as often as that is done."""

    code = "jump_refused"
    fact_names = ("jump", "host", "port")


class JumpUnreachable(JumpError):
    """It tried. `trouble` is a `JumpTrouble`."""

    code = "jump_unreachable"
    retryable = True
    fact_names = ("jump", "host", "port", "trouble")
