"""Logs in to a warehouse over a socket that is connected already, and runs the smallest query there is.

Only on a person's demand. A login is tried once: what refuses it may count.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from desktop.core.identity import UNKNOWN, WarehouseIdentity
from desktop.core.model import Connection
from desktop.core.warehouse_errors import (
    WarehouseAuthRejected,
    WarehouseClientNotAllowed,
    WarehouseDatabaseMissing,
    WarehouseError,
    WarehouseHungUp,
    WarehouseLoginFailed,
    WarehouseSilent,
)
from desktop.probe.said import cleaned

TIMEOUT_S = 15.0
# What servers and logs see of us.
PROGRAM_NAME = "caponier check"


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """`sock` is connected and blocking, and the login's from now on: it closes it. `password` is None without one."""

    connection: Connection
    sock: socket.socket
    password: str | None = field(default=None, repr=False)
    timeout_s: float = TIMEOUT_S

    @property
    def about(self) -> dict[str, str]:
        """The facts that every error has."""
        return {"target": str(self.connection.forward.target), "kind": self.connection.kind}

    def refusal(self, which: type[WarehouseError], said: str) -> WarehouseError:
        """One of the leaves that carry the server's own words."""
        facts = self.about | {"detail": cleaned(said, self.password or "") or "nothing"}
        if which in (WarehouseAuthRejected, WarehouseClientNotAllowed):
            facts["user"] = self.connection.warehouse_user
        if which is WarehouseDatabaseMissing:
            facts["database"] = self.connection.database
        return which(**facts)

    def lost(self, error: OSError | None) -> WarehouseError:
        """It never answered, or hung up in the middle."""
        if isinstance(error, TimeoutError):
            return WarehouseSilent(**self.about, timeout_s=f"{self.timeout_s:g}")
        return WarehouseHungUp(**self.about)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """`version` is what the server says of itself, cleaned."""

    version: str
    identity: WarehouseIdentity = UNKNOWN


class LoginNotTried(Exception):
    """Nothing is wrong: this login is beyond us. `reason` is a sentence for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# By the server's number or name of an error; what is not listed is `WarehouseLoginFailed`.
Refusals = dict[str, type[WarehouseError]]


def refusal_for(request: LoginRequest, code: str, said: str, refusals: Refusals) -> WarehouseError:
    return request.refusal(refusals.get(code, WarehouseLoginFailed), said)
