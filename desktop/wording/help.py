"""What helps a person, or their administrator, with a cause: why it is likely so, and what to set exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.core.errors import Cause
from desktop.core.model import Connection, Endpoint
from desktop.core.warehouses import Warehouse, warehouse


@dataclass(frozen=True, slots=True)
class Setting:
    """Something to ask an administrator for: `where` it belongs, and the `text` to put there, whole lines."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Help:
    """`causes` are sentences, the likeliest first."""

    causes: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A cause, and the connection that it came up with."""

    cause: Cause
    connection: Connection

    def fact(self, name: str, otherwise: str = "") -> str:
        return self.cause.fact(name) or otherwise

    @property
    def target(self) -> str:
        """The warehouse's host and port, or its socket."""
        return self.fact("target", str(self.connection.forward.target))

    @property
    def target_host(self) -> str:
        target = self.connection.forward.target
        return target.host if isinstance(target, Endpoint) else self.target

    @property
    def is_socket(self) -> bool:
        return self.target.startswith("/")

    @property
    def is_direct(self) -> bool:
        return self.connection.route.is_direct

    @property
    def near(self) -> str:
        """Who connects to the warehouse."""
        if self.is_direct:
            return "this computer"
        return self.fact("bastion", self.connection.route.bastion.host)

    @property
    def kind(self) -> Warehouse:
        return warehouse(self.fact("kind", self.connection.kind))

    @property
    def ssh_user(self) -> str:
        """Who logs in to the last server, empty where an alias leaves that to ssh_config."""
        return "" if self.is_direct else self.connection.route.bastion.user

    @property
    def warehouse_user(self) -> str:
        return self.fact("user", self.connection.warehouse_user) or "USER"

    @property
    def database(self) -> str:
        return self.fact("database", self.connection.database)


Helper = Callable[[Case], Help]


def sentences(*causes: str, settings: tuple[Setting, ...] = ()) -> Help:
    """Of `causes` those that are not empty."""
    return Help(tuple(cause for cause in causes if cause), settings)
