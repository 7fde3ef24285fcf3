"""What a check finds out about a warehouse without logging in: who speaks there, and whose its certificate is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.core.model import Endpoint
from desktop.core.tls import Tls, TlsMode
from tests.support.authority import TlsAuthority
from tests.support.checking import Checked, Checking
from tests.support.checking import bastion as bastion
from tests.support.checking import checking as checking
from tests.support.clickhouse import ClickHouse
from tests.support.mariadb import MariaDb, mariadb
from tests.support.postgres_server import TLS_NAME, Postgres
from tests.support.redis_server import Redis

REQUIRED = Tls(TlsMode.REQUIRE)


def test_each_stage_tells_who_is_there(
    checking: Checking, postgres_server: Postgres, mariadb_server: MariaDb, redis_server: Redis
) -> None:
    postgres = checking(checking.connection(postgres_server.endpoint, "postgresql", "analyst"))
    assert "until" in postgres.stage("tls")["detail"]
    assert "it is for another name" in postgres.stage("tls")["note"]
    mariadb = checking(checking.connection(mariadb_server.endpoint, "mariadb", "analyst"))
    assert "MariaDB" in mariadb.stage("protocol")["detail"]
    assert "in clear" in mariadb.stage("tls")["note"]
    redis = checking(checking.connection(redis_server.endpoint, "redis"))
    assert redis.stage("protocol")["detail"] == "Redis"
    for done in (postgres, mariadb, redis):
        assert [stage["stage"] for stage in done.stages][-2:] == ["protocol", "tls"]


def test_clickhouse_is_known_by_its_native_port(checking: Checking, clickhouse_server: ClickHouse) -> None:
    done = checking(checking.connection(clickhouse_server.native, "clickhouse-native"))
    assert done.stage("protocol")["detail"] == "ClickHouse (native)"


def test_a_warehouse_of_another_kind_is_told(
    checking: Checking,
    postgres_server: Postgres,
    mariadb_server: MariaDb,
    redis_server: Redis,
    clickhouse_server: ClickHouse,
) -> None:
    def failure(target: Endpoint, kind: str) -> tuple[str, str]:
        return checking(checking.connection(target, kind)).failure

    for kind in ("postgresql", "redis", "clickhouse", "clickhouse-native", "trino"):
        assert failure(mariadb_server.endpoint, kind) == ("protocol", "wrong_protocol"), kind
    assert failure(clickhouse_server.http, "trino") == ("protocol", "wrong_protocol")
    assert failure(checking.hop.endpoint, "postgresql") == ("protocol", "wrong_protocol")
    assert failure(clickhouse_server.http, "postgresql") == ("protocol", "wrong_protocol")
    assert failure(postgres_server.endpoint, "clickhouse") == ("protocol", "wrong_protocol")
    assert failure(redis_server.endpoint, "clickhouse") == ("protocol", "wrong_protocol")


def test_tls_that_is_wanted_is_missing(
    checking: Checking, mariadb_server: MariaDb, clickhouse_server: ClickHouse
) -> None:
    for target, kind in (
        (mariadb_server.endpoint, "mariadb"),
        (clickhouse_server.http, "clickhouse"),
    ):
        assert checking(checking.connection(target, kind, tls=REQUIRED)).failure == (
            "tls",
            "tls_not_offered",
        ), kind


@pytest.fixture(scope="module")
def lapsed(authority: TlsAuthority) -> Iterator[MariaDb]:
    """Its certificate is over."""
    with mariadb(tls=authority.certificate("warehouse.example.com", over=True)) as server:
        yield server


def test_a_certificate_that_is_over_is_told(
    checking: Checking, lapsed: MariaDb, authority: TlsAuthority
) -> None:
    def checked(mode: TlsMode) -> Checked:
        tls = Tls(mode, str(authority.path), "warehouse.example.com")
        return checking(
            checking.connection(lapsed.endpoint, "mariadb", "analyst", "shop", tls), lapsed.password
        )

    refused = checked(TlsMode.VERIFY)
    assert refused.failure == ("tls", "tls_invalid")
    assert "expired" in refused.stage("tls")["detail"]
    assert "It was good until 20" in refused.err
    taken = checked(TlsMode.AUTO)
    assert taken.well, taken.err
    assert "it has expired" in taken.stage("tls")["note"]


def test_a_refused_certificate_is_told_with_its_names_and_its_authority(
    checking: Checking, postgres_server: Postgres, authority: TlsAuthority
) -> None:
    def refused(ca_file: str, name: str) -> Checked:
        tls = Tls(TlsMode.VERIFY, ca_file, name)
        done = checking(checking.connection(postgres_server.endpoint, "postgresql", "analyst", tls=tls))
        assert done.failure == ("tls", "tls_invalid")
        return done

    assert f"It is for {TLS_NAME}" in refused(str(authority.path), "other.example.com").err
    assert "signed by an authority that is not trusted" in refused("", TLS_NAME).last["detail"]
    assert "Example Authority" in refused("", TLS_NAME).err
