"""Logins to warehouses that can't be had here, against the bytes that their documentation specifies."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Mapping

import pytest

from desktop.core.model import DIRECT, Connection, Endpoint, Forward
from tests.support.checking import Checked, Checking
from tests.support.checking import bastion as bastion
from tests.support.checking import checking as checking
from tests.support.clickhouse import ClickHouse
from tests.support.echo import TcpService
from tests.support.mariadb import MariaDb
from tests.support.postgres_server import Postgres
from tests.support.tds_server import prelogin_answer, refusal

PASSWORD = "s3cret-of-the-warehouse"


def to(target: Endpoint, kind: str, database: str = "") -> Connection:
    return Connection("near", DIRECT, Forward(target), kind, database, "analyst")


_INFO: Mapping[str, object] = {"nodeVersion": {"version": "476"}, "starting": False}


def _trino(
    checking: Checking, *pages: Mapping[str, object], status: str = "200 OK"
) -> tuple[Checked, list[bytes]]:
    """A coordinator that knows /v1/info, and answers a statement with `pages`."""
    heard: list[bytes] = []
    rest = list(pages)

    def serve(client: socket.socket) -> None:
        while request := client.recv(1 << 12):
            heard.append(request)
            if not request.startswith((b"GET ", b"POST ")):
                # The statement, which may come behind its headers.
                continue
            is_info = b" /v1/info " in request
            page = _INFO if is_info else rest.pop(0)
            body = json.dumps(page).encode()
            said = "200 OK" if is_info else status
            client.sendall(f"HTTP/1.1 {said}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    with TcpService(serve) as service:
        return checking(to(service.endpoint, "trino", "sales"), PASSWORD), heard


def test_trino_runs_a_query_to_its_end(checking: Checking) -> None:
    next_page = {"id": "q", "nextUri": "http://elsewhere.example.com/v1/statement/queued/q/1"}
    done, heard = _trino(checking, next_page, {"id": "q", "data": [[1]], "stats": {"state": "FINISHED"}})
    assert done.well, done.err
    assert done.last["detail"] == "analyst, Trino 476"
    assert b"GET /v1/statement/queued/q/1 " in heard[-1]
    assert b"X-Trino-User: analyst" in heard[-1]
    # A password is not for the clear.
    assert not any(b"Authorization" in each for each in heard)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("CATALOG_NOT_FOUND", "warehouse_database_missing"),
        ("QUERY_QUEUE_FULL", "warehouse_too_many_connections"),
    ],
)
def test_trino_refuses(checking: Checking, name: str, code: str) -> None:
    done, _ = _trino(checking, {"id": "q", "error": {"message": "no", "errorName": name}})
    assert done.failure == ("warehouse_login", code)


def test_trino_wants_to_know_who_it_is(checking: Checking) -> None:
    done, _ = _trino(checking, {}, status="401 Unauthorized")
    assert done.failure == ("warehouse_login", "warehouse_auth_rejected")


def test_no_password_gets_into_a_log(
    checking: Checking,
    caplog: pytest.LogCaptureFixture,
    postgres_server: Postgres,
    mariadb_server: MariaDb,
    clickhouse_server: ClickHouse,
) -> None:
    def refuse(client: socket.socket) -> None:
        client.recv(1 << 12)
        client.sendall(prelogin_answer(2))
        client.recv(1 << 12)
        client.sendall(refusal((18456, f"Login failed with {PASSWORD}.")))

    with caplog.at_level(logging.DEBUG), TcpService(refuse) as service:
        for target, kind in (
            (postgres_server.endpoint, "postgresql"),
            (mariadb_server.endpoint, "mariadb"),
            (clickhouse_server.http, "clickhouse"),
            (service.endpoint, "sqlserver"),
        ):
            assert checking(to(target, kind), PASSWORD).failure[1] == "warehouse_auth_rejected"
    ours = [record for record in caplog.records if not record.name.startswith("pytds")]
    assert PASSWORD not in "".join(record.getMessage() for record in ours)
