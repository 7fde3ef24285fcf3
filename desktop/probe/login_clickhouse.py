"""A login to ClickHouse by its HTTP interface (ClickHouse documentation, "HTTP Interface")."""

from __future__ import annotations

import contextlib
import re
from http import HTTPStatus
from urllib.parse import urlencode

from desktop.core.warehouse_errors import (
    WarehouseAuthRejected,
    WarehouseClientNotAllowed,
    WarehouseDatabaseMissing,
    WarehouseTooManyConnections,
)
from desktop.probe.login import LoggedIn, LoginRequest, Refusals, refusal_for
from desktop.probe.login_http import HttpTalk, basic
from desktop.probe.said import cleaned

# ClickHouse's ErrorCodes.cpp: UNKNOWN_DATABASE, UNKNOWN_USER, WRONG_PASSWORD, IP_ADDRESS_NOT_ALLOWED,
# TOO_MANY_SIMULTANEOUS_QUERIES, DATABASE_ACCESS_DENIED, REQUIRED_PASSWORD, AUTHENTICATION_FAILED.
_REFUSALS: Refusals = {
    "81": WarehouseDatabaseMissing,
    "192": WarehouseAuthRejected,
    "193": WarehouseAuthRejected,
    "194": WarehouseAuthRejected,
    "195": WarehouseClientNotAllowed,
    "202": WarehouseTooManyConnections,
    "291": WarehouseDatabaseMissing,
    "516": WarehouseAuthRejected,
}
_SAID = re.compile(r"Code: (\d+)\W+(?:e\.displayText\(\) = )?(?:DB::Exception: )?(.*)", re.DOTALL)


def log_in(request: LoginRequest) -> LoggedIn:
    """Blocks, at most `timeout_s` for each answer. Raises `WarehouseError`."""
    connection = request.connection
    asked = {"query": "SELECT version()"} | ({"database": connection.database} if connection.database else {})
    headers = {"Authorization": basic(connection.warehouse_user, request.password or "")}
    with contextlib.closing(HttpTalk(request)) as talk:
        answer = talk.ask("GET", f"/?{urlencode(asked)}", headers)
    if answer.status == HTTPStatus.OK:
        return LoggedIn(cleaned(answer.body))
    found = _SAID.match(answer.body)
    if found is not None:
        raise refusal_for(request, found[1], found[2].partition(", e.what()")[0], _REFUSALS)
    if answer.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise request.refusal(WarehouseAuthRejected, answer.body)
    raise refusal_for(request, "", f"HTTP status {answer.status}: {answer.body}", _REFUSALS)
