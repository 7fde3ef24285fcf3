"""The look that nobody asked for, at real warehouses and at ones in trouble."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from desktop.core.model import Endpoint, Hop, Route
from desktop.core.warehouse_errors import WarehouseUnidentified
from desktop.probe.look import is_harmless, look
from tests.support.clickhouse import ClickHouse
from tests.support.echo import TcpService
from tests.support.local_clients import client_of
from tests.support.mariadb import MariaDb
from tests.support.postgres_server import Postgres
from tests.support.redis_server import Redis
from tests.support.stage import connection_to


def looked_at(target: Endpoint, kind: str) -> str:
    connection = replace(connection_to(target, Route((Hop("bastion", "me"),))), kind=kind)
    with client_of(target) as sock:
        cause = look(connection, sock)
    return cause.code if cause is not None else ""


def test_an_unattended_look_finds_real_warehouses_well(
    postgres_server: Postgres, redis_server: Redis, clickhouse_server: ClickHouse
) -> None:
    assert looked_at(postgres_server.endpoint, "postgresql") == ""
    assert looked_at(redis_server.endpoint, "redis") == ""
    assert looked_at(clickhouse_server.http, "clickhouse") == ""


def test_an_unattended_look_is_never_made_at_a_mariadb(mariadb_server: MariaDb) -> None:
    assert not any(map(is_harmless, ("mysql", "mariadb", "oracle", "other", "sqlserver", "mongodb")))
    with pytest.raises(ValueError, match="no look at mariadb"):
        looked_at(mariadb_server.endpoint, "mariadb")


@pytest.mark.parametrize("kind", ["postgresql", "redis"])
def test_an_unattended_look_sees_who_hangs_up_and_who_is_silent(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.probe.look.LOOK_TIMEOUT_S", 1.0)

    def hang_up(client: socket.socket) -> None:
        client.recv(64)

    def listen(client: socket.socket) -> None:
        while client.recv(64):
            pass

    with TcpService(hang_up) as one, TcpService(listen) as other:
        assert looked_at(one.endpoint, kind) == "warehouse_hung_up"
        assert looked_at(other.endpoint, kind) == "warehouse_silent"
        with pytest.raises(WarehouseUnidentified):
            looked_at(one.endpoint, "trino")
