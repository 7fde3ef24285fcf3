"""Connections in the files of other programs, as far as those give them without secrets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from desktop.core.errors import Cause
from desktop.core.model import Connection


class Tool(StrEnum):
    """The values are what is typed after ``import --from``."""

    DBEAVER = "dbeaver"
    DATAGRIP = "datagrip"
    PGADMIN = "pgadmin"
    PG_SERVICE = "pg-service"


class Remark(StrEnum):
    """What did not come along with a connection, or is not as the file has it."""

    LOGIN_LEFT = "login-left"
    CLIENT_CERTIFICATE_LEFT = "client-certificate-left"
    PROXY_LEFT = "proxy-left"
    TUNNEL_USER_GUESSED = "tunnel-user-guessed"
    TUNNEL_KEY_UNNAMED = "tunnel-key-unnamed"
    NAME_CHECKED_TOO = "name-checked-too"


class Obstacle(StrEnum):
    """Why an entry of a file can't become a connection."""

    NOT_UNDERSTOOD = "not-understood"
    NOT_A_SERVER = "not-a-server"
    LOCAL_SOCKET = "local-socket"
    NO_HOST = "no-host"
    SEVERAL_HOSTS = "several-hosts"
    NO_PORT = "no-port"
    TUNNEL_UNKNOWN = "tunnel-unknown"


@dataclass(frozen=True, slots=True)
class ForeignEntry:
    """One entry, under its name there. Without a `connection` there is an `obstacle`."""

    name: str
    connection: Connection | None = None
    remarks: tuple[Remark, ...] = ()
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class ForeignFinds:
    """What `files` hold, which are those that were found; none where the tool has none in its usual places.

    `broken` has an `ImportUnreadable` for each file that can't be understood as a whole; it costs no other file.
    """

    files: tuple[str, ...] = ()
    entries: tuple[ForeignEntry, ...] = ()
    broken: tuple[Cause, ...] = ()

    @property
    def refusal(self) -> Cause | None:
        """Where one file can't be understood, and nothing else is worth telling."""
        return self.broken[0] if len(self.broken) == 1 and not self.entries else None


class ForeignFiles(Protocol):
    """The files of other programs on this computer. None of their secrets is kept, not for a moment."""

    def read(self, tool: Tool, path: str = "") -> ForeignFinds:
        """One file, or without a `path` all in the usual places. Blocks for them. Any thread."""
