"""A check of one connection: its stages, and who runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from desktop.core.errors import Cause
from desktop.core.identity import UNKNOWN, WarehouseIdentity
from desktop.core.model import Connection


class StageName(StrEnum):
    """In their order; the first four are repeated for each SSH server on the way. Printed by ``check --json``.

    `DIRECT` tells whether the warehouse can be reached without the bastion; it never fails.
    """

    ROUTE = "route"
    SSH = "ssh"
    HOST_KEY = "host_key"
    LOGIN = "login"
    FORWARD = "forward"
    WAREHOUSE = "warehouse"
    PROTOCOL = "protocol"
    TLS = "tls"
    WAREHOUSE_LOGIN = "warehouse_login"
    DIRECT = "direct"


@dataclass(frozen=True, slots=True)
class Stage:
    """`detail` tells what was found; `cause` is None where the stage went well. `ms` is how long it took.

    `hop` is the place of the server that the stage is about, nearest first from 0; None where it is about the
    warehouse. `server` is that server where there are several, else empty. `note` is what the person should know
    though nothing failed. `identity` is what this stage found out about who the warehouse is.
    """

    name: str
    ms: float
    detail: str = ""
    cause: Cause | None = None
    hop: int | None = None
    server: str = ""
    note: str = ""
    identity: WarehouseIdentity = UNKNOWN


class RunningCheck(Protocol):
    def stop(self) -> None:
        """Call it off; nothing is told after that. Idempotent, any thread, does not wait for anything."""


class Checks(Protocol):
    def start(
        self,
        connection: Connection,
        tell: Callable[[Stage], None],
        ended: Callable[[], None],
        *,
        with_login: bool = False,
    ) -> RunningCheck:
        """Walk the stages on a thread of the check's own, from which `tell` gets each and `ended` is called once.

        It logs in beside whatever is up, with what the keyring holds, and asks nobody; `with_login` it also logs in to
        the warehouse, with the password in the keyring. Does not block.
        """
