"""The whole demo: a saved connection that needs no server but this computer."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Self

from desktop.core.errors import DemoUnavailable
from desktop.core.model import Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route
from desktop.demo.bastion import DemoBastion
from desktop.demo.sample_data import TOP_COUNTRIES
from desktop.demo.warehouse import DemoWarehouse, driver

DEMO_NAME = "Demo warehouse"

# A name that only the demo bastion resolves, as a real bastion does with a warehouse's private name.
TARGET = Endpoint("warehouse.demo", 5432)


@dataclass(frozen=True, slots=True)
class CountrySales:
    """One row of the demo query."""

    country: str
    orders: int
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    """What came back through the tunnel. `version_line` is PostgreSQL's own ``select version()``."""

    version_line: str
    rows: tuple[CountrySales, ...]


class Demo:
    """A warehouse, a bastion in front of it, and the connection that leads there. Everything blocks."""

    def __init__(self) -> None:
        self._warehouse = DemoWarehouse()
        self._bastion: DemoBastion | None = None
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Raise `DemoUnavailable`, after cleaning up, where a part is missing or does not start within a minute."""
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            self._warehouse.start()
            self._start_bastion()
            undo.pop_all()

    def close(self) -> None:
        """End both servers and remove their files, within a few seconds. Any thread, also during `start`."""
        with self._lock:
            self._closed = True
        if self._bastion is not None:
            self._bastion.close()
        self._warehouse.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connection(self) -> Connection:
        """An unsaved connection with a new id at each call; its secrets are `ssh_password` and `warehouse_password`."""
        at = self._running.endpoint
        hop = Hop(at.host, self._running.user, at.port, Auth(AuthMethod.PASSWORD))
        return Connection(
            name=DEMO_NAME,
            route=Route((hop,)),
            forward=Forward(TARGET),
            kind="postgresql",
            database=self._warehouse.database,
            warehouse_user=self._warehouse.user,
        )

    @property
    def host_key(self) -> str:
        """The bastion's key, ``type base64``, as `Tunnels.accept_host_key` takes it."""
        return self._running.host_key

    @property
    def ssh_password(self) -> str:
        return self._running.password

    @property
    def warehouse_password(self) -> str:
        return self._warehouse.password

    def query(self, local: Endpoint) -> DemoAnswer:
        """Ask the warehouse through a tunnel's local port. Raises `DemoUnavailable` where no answer comes."""
        psycopg = driver()
        try:
            with self._warehouse.connect(through=local) as client:
                ((version_line,),) = client.execute("SELECT version()").fetchall()
                rows = client.execute(TOP_COUNTRIES).fetchall()
        except psycopg.Error as error:
            raise DemoUnavailable(reason=str(error).strip()) from error
        return DemoAnswer(version_line, tuple(CountrySales(*row) for row in rows))

    def _start_bastion(self) -> None:
        with self._lock:
            if self._closed:
                raise DemoUnavailable(reason="it was closed while it started")
            try:
                self._bastion = DemoBastion({TARGET: self._warehouse.endpoint})
            except OSError as error:
                raise DemoUnavailable(reason=str(error)) from error

    @property
    def _running(self) -> DemoBastion:
        if self._bastion is None:
            raise DemoUnavailable(reason="it is not running")
        return self._bastion
