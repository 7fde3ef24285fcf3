"""A login to Trino by its client protocol (Trino documentation, "Trino client REST API"), and to Presto by the same.

By http.client: Trino's own package for Python needs three compiled libraries, and makes its own connections.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from desktop.core.warehouse_errors import (
    WarehouseAuthRejected,
    WarehouseClientNotAllowed,
    WarehouseDatabaseMissing,
    WarehouseLoginFailed,
    WarehouseStarting,
    WarehouseTooManyConnections,
)
from desktop.probe.login import PROGRAM_NAME, LoggedIn, LoginRequest, Refusals, refusal_for
from desktop.probe.login_http import Answer, HttpTalk, basic
from desktop.probe.said import cleaned
from desktop.probe.tls_context import begins_with_tls

# Trino's StandardErrorCode.java.
_REFUSALS: Refusals = {
    "CATALOG_NOT_FOUND": WarehouseDatabaseMissing,
    "PERMISSION_DENIED": WarehouseAuthRejected,
    "QUERY_QUEUE_FULL": WarehouseTooManyConnections,
    "SERVER_SHUTTING_DOWN": WarehouseStarting,
    "SERVER_STARTING_UP": WarehouseStarting,
}
_STATUSES = {
    HTTPStatus.UNAUTHORIZED: WarehouseAuthRejected,
    HTTPStatus.FORBIDDEN: WarehouseClientNotAllowed,
    HTTPStatus.SERVICE_UNAVAILABLE: WarehouseStarting,
}
# A query is queued, planned, run and finished, with a page for each; a busy server has some more.
_MOST_PAGES = 50


def log_in(request: LoginRequest) -> LoggedIn:
    """Blocks, at most `timeout_s` for each answer. Raises `WarehouseError`. A password goes through TLS only."""
    with contextlib.closing(HttpTalk(request)) as talk:
        told = talk.ask("GET", "/v1/info", {}).json()
        for page in _pages(talk, request):
            if "error" in page:
                error = page["error"] if isinstance(page["error"], dict) else {}
                said = str(error.get("message", ""))
                raise refusal_for(request, str(error.get("errorName", "")), said, _REFUSALS)
    version = told.get("nodeVersion")
    return LoggedIn(cleaned(str(version.get("version", ""))) if isinstance(version, dict) else "")


def _pages(talk: HttpTalk, request: LoginRequest) -> Iterator[dict[str, Any]]:
    headers = _headers(request)
    answer = talk.ask("POST", "/v1/statement", headers, "SELECT 1")
    for _ in range(_MOST_PAGES):
        page = _page(answer, request)
        yield page
        if "nextUri" not in page:
            return
        # Its host is the coordinator's own idea of itself: only the path is of use here.
        answer = talk.ask("GET", urlsplit(str(page["nextUri"])).path, headers)
    raise request.refusal(WarehouseLoginFailed, "SELECT 1 did not come to an end")


def _page(answer: Answer, request: LoginRequest) -> dict[str, Any]:
    if answer.status == HTTPStatus.OK:
        return answer.json()
    which = _STATUSES.get(HTTPStatus(answer.status), WarehouseLoginFailed)
    raise request.refusal(which, answer.body or f"HTTP status {answer.status}")


def _headers(request: LoginRequest) -> dict[str, str]:
    connection = request.connection
    prefix = "X-Presto" if connection.kind == "presto" else "X-Trino"
    headers = {f"{prefix}-User": connection.warehouse_user, f"{prefix}-Source": PROGRAM_NAME}
    catalog, _, schema = connection.database.partition("/")
    headers |= {f"{prefix}-Catalog": catalog} if catalog else {}
    headers |= {f"{prefix}-Schema": schema} if schema else {}
    if request.password is not None and begins_with_tls(connection):
        headers["Authorization"] = basic(connection.warehouse_user, request.password)
    return headers
