"""The branch of the error tree for what stands between this computer and the bastion.

::

    RouteError            on this computer            BindAddressMissing
    ├── JumpError         over a jump host            JumpRefused  JumpUnreachable
    └── ProxyError        through a proxy             ProxyFailed  ProxyRefused  NotAProxy  ProxyPasswordNeeded
        │                                             ProxyLoginRejected
        └── ProxyCommandError   of our own starting   ProxyCommandUnusable  ProxyCommandEnded  ProxyCommandGarbage
                                                      ProxyCommandSilent
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


class BindAddressMissing(RouteError):
    """`address` is to be used towards `host`, and is not this computer's now: a VPN's that is off, perhaps."""

    code = "bind_address_missing"
    retryable = True
    fact_names = ("address", "host")


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


class ProxyTrouble(StrEnum):
    """Why a proxy leads nowhere now."""

    NAME = "name"
    REFUSED = "refused"
    SILENT = "silent"
    HUNG_UP = "hung-up"
    # It answers, and could not connect to the host.
    NO_WAY = "no-way"


class ProxyError(RouteError):
    """What stands in front of the first hop. `kind` is a `ProxyKind`, `proxy` is ``host:port``."""


class ProxyFailed(ProxyError):
    """`trouble` is a `ProxyTrouble`; `detail` is what the proxy says to it, often nothing. `host` is the first hop."""

    code = "proxy_failed"
    retryable = True
    fact_names = ("kind", "proxy", "host", "trouble", "detail")


class ProxyRefused(ProxyError):
    """Its rules do not allow the way, or it does not know how. `detail` is what it says to that."""

    code = "proxy_refused"
    fact_names = ("kind", "proxy", "host", "port", "detail")


class NotAProxy(ProxyError):
    """`answer` is the printable start of what it said instead."""

    code = "not_a_proxy"
    fact_names = ("kind", "proxy", "answer")


class ProxyPasswordNeeded(ProxyError):
    """`login` names the secret, as in `PlannedHop`; `store` as in `PasswordNeeded`."""

    code = "proxy_password_needed"
    fact_names = ("kind", "proxy", "user", "login", "store")


class ProxyLoginRejected(ProxyError):
    """`user` is empty where none was given and the proxy wants one."""

    code = "proxy_login_rejected"
    fact_names = ("kind", "proxy", "user", "login")


class ProxyCommandError(ProxyError):
    """`command` is what was run. `detail` are the last lines it wrote to its standard error, often nothing."""


class ProxyCommandUnusable(ProxyCommandError):
    """It was not started."""

    code = "proxy_command_unusable"
    fact_names = ("command", "reason")


class ProxyCommandEnded(ProxyCommandError):
    """Before the server said anything. `status` is its exit status, negative the number of a signal, or empty."""

    code = "proxy_command_ended"
    retryable = True
    fact_names = ("command", "status", "detail")


class ProxyCommandGarbage(ProxyCommandError):
    """`answer` is the printable start of what came instead of an SSH server's greeting."""

    code = "proxy_command_garbage"
    fact_names = ("command", "answer", "detail")


class ProxyCommandSilent(ProxyCommandError):
    code = "proxy_command_silent"
    retryable = True
    fact_names = ("command", "timeout_s", "detail")
