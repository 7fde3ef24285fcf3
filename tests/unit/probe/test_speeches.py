"""Each protocol's answer, as specified or recorded, is read for what it is, and for nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from desktop.core.model import Connection, Endpoint, Forward, Hop, Route
from desktop.probe import clickhouse, http, mongodb, mysql, oracle, postgresql, redis, tds
from desktop.probe.classify import classify
from desktop.probe.line import MOST_HEARD_BYTES
from desktop.probe.speech import Greeting, Speech, TlsOffer
from tests.support import recorded

BASE = Connection("sales", Route((Hop("bastion", "ada"),)), Forward(Endpoint("db.internal", 5432)))
ALL = {
    "postgresql": postgresql.SPEECH,
    "mysql": mysql.SPEECH,
    "sqlserver": tds.SPEECH,
    "oracle": oracle.SPEECH,
    "clickhouse-native": clickhouse.SPEECH,
    "trino": http.SPEECH,
    "mongodb": mongodb.SPEECH,
    "redis": redis.SPEECH,
}


@pytest.mark.parametrize(
    ("kind", "said", "greeting"),
    [
        ("postgresql", b"S", Greeting("PostgreSQL", tls=TlsOffer.UPGRADE)),
        ("postgresql", b"N", Greeting("PostgreSQL", tls=TlsOffer.NONE)),
        ("mysql", recorded.MYSQL_GREETING, Greeting("MySQL 8.0.36", "8.0.36", TlsOffer.UPGRADE)),
        (
            "sqlserver",
            recorded.TDS_PRELOGIN_RESPONSE,
            Greeting("SQL Server 12.0.2000", "12.0.2000", TlsOffer.UPGRADE),
        ),
        (
            "sqlserver",
            recorded.TDS_WITHOUT_TLS,
            Greeting("SQL Server 12.0.2000", "12.0.2000", TlsOffer.NONE),
        ),
        ("oracle", recorded.ORACLE_REFUSAL, Greeting("Oracle 19.0.0.0.0", "19.0.0.0.0")),
        ("clickhouse-native", recorded.CLICKHOUSE_TO_BROWSERS, Greeting("ClickHouse (native)")),
        ("trino", recorded.TRINO_INFO, Greeting("Trino 435", "435")),
        ("mongodb", recorded.MONGODB_HELLO, Greeting("MongoDB", "rs0")),
        ("redis", b"+PONG\r\n", Greeting("Redis")),
        ("redis", recorded.REDIS_WANTS_LOGIN, Greeting("Redis")),
    ],
)
def test_an_answer_says_who_it_is_from(kind: str, said: bytes, greeting: Greeting) -> None:
    speech = ALL[kind]
    assert speech.is_whole(said)
    assert speech.read(replace(BASE, kind=kind), said) == greeting


@pytest.mark.parametrize("kind", ALL)
def test_half_an_answer_is_waited_for(kind: str) -> None:
    whole = {
        "mysql": recorded.MYSQL_GREETING,
        "sqlserver": recorded.TDS_PRELOGIN_RESPONSE,
        "oracle": recorded.ORACLE_REFUSAL,
        "trino": recorded.TRINO_INFO,
        "mongodb": recorded.MONGODB_HELLO,
        "redis": b"+PONG\r\n",
        "clickhouse-native": recorded.CLICKHOUSE_TO_BROWSERS,
        "postgresql": b"E\x00\x00\x00\x10SFATAL\x00C57P03\x00\x00",
    }[kind]
    assert not ALL[kind].is_whole(whole[: len(whole) // 3])
    assert not ALL[kind].is_whole(b"")


@pytest.mark.parametrize(
    ("said", "who"),
    [
        (recorded.SSH_BANNER, "ssh"),
        (recorded.MYSQL_GREETING, "mysql"),
        (recorded.MYSQL_TOO_MANY, "mysql"),
        (recorded.MYSQL_GREETING.replace(b"8.0.36\x00", b"5.5.5-10.11.6-MariaDB\x00"), "mariadb"),
        (b"S", "postgresql"),
        (b"E\x00\x00\x00\x50SFATAL\x00", "postgresql"),
        (recorded.TDS_PRELOGIN_RESPONSE, "sqlserver"),
        (recorded.ORACLE_REFUSAL, "oracle"),
        (recorded.MONGODB_HELLO, "mongodb"),
        (recorded.MONGODB_TO_BROWSERS, "mongodb"),
        (recorded.TRINO_INFO, "trino"),
        (recorded.CLICKHOUSE_TO_BROWSERS, "clickhouse-native"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "http"),
        (recorded.REDIS_WANTS_LOGIN, "redis"),
        (b"-ERR unknown command\r\n", "redis"),
        (recorded.TLS_ALERT, "tls"),
        (recorded.HTTPS_ONLY, "tls"),
        (b"220 ftp.example.com ready\r\n", ""),
        (b"", ""),
    ],
)
def test_a_stranger_is_known_by_its_first_bytes(said: bytes, who: str) -> None:
    assert classify(said) == who


@pytest.mark.parametrize("kind", ALL)
def test_nobody_is_taken_for_another(kind: str) -> None:
    others = {
        "ssh": recorded.SSH_BANNER,
        "mysql": recorded.MYSQL_GREETING,
        "sqlserver": recorded.TDS_PRELOGIN_RESPONSE,
        "oracle": recorded.ORACLE_REFUSAL,
        "mongodb": recorded.MONGODB_HELLO,
        "trino": recorded.TRINO_INFO,
        "clickhouse-native": recorded.CLICKHOUSE_TO_BROWSERS,
        "redis": recorded.REDIS_WANTS_LOGIN,
        "tls": recorded.TLS_ALERT,
        "postgresql": b"N",
    }
    del others[kind]
    assert [name for name, said in others.items() if ALL[kind].read(replace(BASE, kind=kind), said)] == []


def test_garbage_is_never_more_than_unknown() -> None:
    luck = random.Random(7)
    for _ in range(2000):
        said = luck.randbytes(luck.choice((0, 1, 5, 20, 200)))
        classify(said)
        for kind, speech in ALL.items():
            speech.is_whole(said)
            speech.read(replace(BASE, kind=kind), said)


def test_what_is_said_to_a_server_is_short_and_holds_no_name_of_a_person() -> None:
    connection = replace(BASE, warehouse_user="ada", database="secret-project")
    for kind, speech in ALL.items():
        hello = _hello(speech, replace(connection, kind=kind))
        assert len(hello) < 200
        assert b"ada" not in hello
        assert b"secret-project" not in hello
    assert MOST_HEARD_BYTES <= 1 << 16


def _hello(speech: Speech, connection: Connection) -> bytes:
    return speech.hello(connection)
