"""Which library logs in to which kind of warehouse."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.warehouses import Driver, warehouse
from desktop.probe.login import LoggedIn, LoginNotTried, LoginRequest

# Each library is imported when it is needed: together they would slow every start of the program down.


def _postgresql(request: LoginRequest) -> LoggedIn:
    from desktop.probe import login_postgresql

    return login_postgresql.log_in(request)


def _mysql(request: LoginRequest) -> LoggedIn:
    from desktop.probe import login_mysql

    return login_mysql.log_in(request)


def _sql_server(request: LoginRequest) -> LoggedIn:
    from desktop.probe import login_sqlserver

    return login_sqlserver.log_in(request)


def _clickhouse(request: LoginRequest) -> LoggedIn:
    from desktop.probe import login_clickhouse

    return login_clickhouse.log_in(request)


def _trino(request: LoginRequest) -> LoggedIn:
    from desktop.probe import login_trino

    return login_trino.log_in(request)


_WAYS: dict[Driver, Callable[[LoginRequest], LoggedIn]] = {
    Driver.POSTGRESQL: _postgresql,
    Driver.MYSQL: _mysql,
    Driver.SQL_SERVER: _sql_server,
    Driver.CLICKHOUSE_HTTP: _clickhouse,
    Driver.TRINO: _trino,
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
