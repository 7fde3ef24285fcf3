"""Which library logs in to which kind of warehouse."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.warehouses import Driver, warehouse
from desktop.probe import (
    login_clickhouse,
    login_mysql,
    login_postgresql,
    login_sqlserver,
    login_trino,
)
from desktop.probe.login import LoggedIn, LoginNotTried, LoginRequest

LogIn = Callable[[LoginRequest], LoggedIn]

_WAYS: dict[Driver, LogIn] = {
    Driver.POSTGRESQL: login_postgresql.log_in,
    Driver.MYSQL: login_mysql.log_in,
    Driver.SQL_SERVER: login_sqlserver.log_in,
    Driver.CLICKHOUSE_HTTP: login_clickhouse.log_in,
    Driver.TRINO: login_trino.log_in,
}


def can_log_in(kind: str) -> bool:
    return warehouse(kind).driver is not None


def works_without_password(kind: str) -> bool:
    """Where trying is no wrong password: PostgreSQL says whether it wants one, Trino may want a name only."""
    return warehouse(kind).driver in (Driver.POSTGRESQL, Driver.TRINO)


def log_in(request: LoginRequest) -> LoggedIn:
    """Blocks, at most `timeout_s` for each answer, and closes the socket. Raises `WarehouseError`, `LoginNotTried`."""
    driver = warehouse(request.connection.kind).driver
    if driver is None:
        raise LoginNotTried("Caponier can't log in to this kind of warehouse.")
    with request.sock:
        return _WAYS[driver](request)
