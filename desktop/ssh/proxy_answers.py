"""How a proxy may answer, whatever it speaks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProxyLogin:
    user: str
    password: str = field(repr=False)


class NoSuchProxy(Exception):
    """It does not speak as a proxy of that kind. The argument is what it said, in bytes."""


class LoginRefused(Exception):
    """It wants a login, and not the one it got, if any."""


class WayForbidden(Exception):
    """It does not want to lead there. The argument is its reason, untrusted."""


class NoWay(Exception):
    """It did not get there. The argument is its reason, untrusted."""
