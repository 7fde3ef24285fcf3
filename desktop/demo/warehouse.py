"""The demo's warehouse: a real PostgreSQL on a loopback port, with a few tables to look at."""

from __future__ import annotations

import atexit
import contextlib
import secrets
import time
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self

from desktop.core.errors import DemoUnavailable
from desktop.core.model import Endpoint
from desktop.demo.postgres_server import PostgresServer
from desktop.demo.sample_data import TABLES

if TYPE_CHECKING:
    import psycopg

START_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 10
DATABASE = "shop"
USER = "analyst"

SETUP = """
CREATE ROLE {user} LOGIN PASSWORD '{password}';

CREATE DATABASE {database} OWNER {user};

"""


class DemoWarehouse:
    """`user` logs in to `database` with `password`, and owns it. Made anew, password included, at each start."""

    def __init__(self) -> None:
        self.database = DATABASE
        self.user = USER
        self.password = secrets.token_urlsafe(18)
        self._server = PostgresServer()

    @property
    def endpoint(self) -> Endpoint:
        return self._server.endpoint

    def start(self) -> None:
        """Block until the tables can be queried, at most `START_TIMEOUT_S`.

        Raises `DemoUnavailable`, and has cleaned up then.
        """
        deadline_mono = time.monotonic() + START_TIMEOUT_S
        setup = SETUP.format(user=self.user, password=self.password, database=self.database)
        psycopg = driver()
        atexit.register(self.close)
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            try:
                self._server.start(setup, self._answers, deadline_mono)
                with self.connect() as connection:
                    connection.execute(TABLES)
            except (OSError, psycopg.Error) as error:
                raise DemoUnavailable(reason=str(error).strip()) from error
            undo.pop_all()

    def close(self) -> None:
        """Stop the server and remove its files, in at most 10 s. From any thread; a running `start` then fails."""
        self._server.close()
        atexit.unregister(self.close)

    def connect(self, through: Endpoint | None = None) -> psycopg.Connection:
        """A new client connection, by way of a tunnel's local port if one is given. Raises `psycopg.Error`.

        What the environment (PGSSLMODE ...) says of the person's own warehouses is overruled.
        """
        at = through or self.endpoint
        connection: psycopg.Connection = driver().connect(
            host=at.host,
            port=at.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            connect_timeout=CONNECT_TIMEOUT_S,
            sslmode="disable",
            gssencmode="disable",
            channel_binding="disable",
            options="-c statement_timeout=10000",
        )
        return connection

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except driver().OperationalError:
            return False
        return True


def driver() -> ModuleType:
    """Import psycopg, which the demo needs and the app does not. Raises `DemoUnavailable`."""
    try:
        import psycopg
    except ImportError as missing:
        raise DemoUnavailable(reason="the package psycopg is not installed") from missing
    return psycopg
