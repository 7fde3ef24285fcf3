"""What a warehouse's first bytes say of it. The messages are those of the protocols' documentations."""

from __future__ import annotations

import pytest

from desktop.core.first_bytes import FIRST_BYTES, is_awaited, is_enough, judge, silent
from desktop.core.model import Endpoint

PLACE = Endpoint("db.internal", 5432)
STARTUP = b"\x00\x00\x00\x54\x00\x03\x00\x00user\x00me\x00"
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
CANCEL = b"\x00\x00\x00\x10\x04\xd2\x16\x2e\x00\x00\x00\x01\x00\x00\x00\x02"
GET = b"GET / HTTP/1.1\r\n"
TLS_HELLO = b"\x16\x03\x01\x02\x00\x01"
PING = b"*1\r\n$4\r\nPING\r\n"


def pg_error(code: str, message: str) -> bytes:
    fields = f"SFATAL\0VFATAL\0C{code}\0M{message}\0\0".encode()
    return b"E" + (len(fields) + 4).to_bytes(4) + fields


def mysql_error(number: int, message: str) -> bytes:
    body = b"\xff" + number.to_bytes(2, "little") + message.encode()
    return len(body).to_bytes(3, "little") + b"\x00" + body


MYSQL_GREETING = b"\x4a\x00\x00\x00\x0a5.5.5-10.11.6-MariaDB\x00"
NO_PG_HBA = 'no pg_hba.conf entry for host "10.0.0.1", user "me", database "sales", no encryption'


def code(kind: str, said: bytes, first: bytes, *, ended: bool = False) -> str:
    cause = judge(kind, PLACE, said, first, ended=ended)
    return cause.code if cause is not None else ""


@pytest.mark.parametrize(
    ("kind", "said", "first", "expected"),
    [
        ("postgresql", STARTUP, pg_error("57P03", "the database system is starting up"), "warehouse_starting"),
        ("postgresql", STARTUP, pg_error("57P03", "the database system is shutting down"), "warehouse_starting"),
        ("redshift", STARTUP, pg_error("53300", "sorry, too many clients already"), "warehouse_too_many_connections"),
        ("postgresql", SSL_REQUEST, b"N" + pg_error("57P03", "starting up"), "warehouse_starting"),
        ("postgresql", STARTUP, pg_error("28000", NO_PG_HBA), "warehouse_client_not_allowed"),
        ("postgresql", STARTUP, pg_error("28000", 'role "nobody" does not exist'), ""),
        ("postgresql", STARTUP, pg_error("28P01", 'password authentication failed for user "me"'), ""),
        ("postgresql", STARTUP, pg_error("3D000", 'database "sale" does not exist'), ""),
        ("postgresql", STARTUP, b"R\x00\x00\x00\x17\x00\x00\x00\x0aSCRAM-SHA-256\x00\x00", ""),
        ("postgresql", SSL_REQUEST, b"S\x16\x03\x03", ""),
        ("mysql", b"", mysql_error(1040, "Too many connections"), "warehouse_too_many_connections"),
        ("mariadb", b"", mysql_error(1040, "#08004Too many connections"), "warehouse_too_many_connections"),
        ("mariadb", b"", mysql_error(1129, "Host '10.0.0.1' is blocked"), "warehouse_host_blocked"),
        ("mysql", b"", mysql_error(1130, "Host '10.0.0.1' is not allowed"), "warehouse_client_not_allowed"),
        ("mysql", b"", MYSQL_GREETING, ""),
        ("trino", GET, b"HTTP/1.1 503 Service Unavailable\r\nServer: x\r\n", "warehouse_unavailable"),
        ("trino", GET, b"HTTP/1.1 502 Bad Gateway\r\n", "warehouse_unavailable"),
        ("trino", GET, b"HTTP/1.1 401 Unauthorized\r\n", ""),
        ("trino", TLS_HELLO, b"\x16\x03\x03\x00\x7a\x02", ""),
        ("redis", PING, b"-LOADING Redis is loading the dataset in memory\r\n", "warehouse_starting"),
        ("redis", PING, b"-ERR max number of clients reached\r\n", "warehouse_too_many_connections"),
        ("redis", PING, b"-DENIED Redis is running in protected mode\r\n", "warehouse_client_not_allowed"),
        ("redis", PING, b"-NOAUTH Authentication required.\r\n", ""),
        ("postgresql", STARTUP, b"SSH-2.0-OpenSSH_9.6\r\n", "wrong_protocol"),
        ("mysql", b"", b"SSH-2.0-OpenSSH_9.6\r\n", "wrong_protocol"),
        ("postgresql", STARTUP, MYSQL_GREETING, "wrong_protocol"),
        ("postgresql", SSL_REQUEST, b"HTTP/1.1 400 Bad Request\r\n", "wrong_protocol"),
        ("redis", GET, b"HTTP/1.1 400 Bad Request\r\n", ""),
    ],
)  # fmt: skip
def test_the_answer_says_how_the_warehouse_stands(
    kind: str, said: bytes, first: bytes, expected: str
) -> None:
    assert code(kind, said, first) == expected


@pytest.mark.parametrize(
    ("kind", "said"),
    [("postgresql", STARTUP), ("postgresql", SSL_REQUEST), ("mysql", b""), ("trino", GET), ("redis", PING)],
)
def test_who_hangs_up_at_a_proper_word_is_in_trouble(kind: str, said: bytes) -> None:
    assert code(kind, said, b"", ended=True) == "warehouse_hung_up"
    assert is_awaited(kind, said)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("postgresql", b""),
        ("postgresql", CANCEL),
        ("postgresql", GET),
        ("trino", b""),
        ("trino", STARTUP),
        ("snowflake", GET),
        ("other", b"anything"),
    ],
)
def test_who_hangs_up_at_what_needs_no_answer_is_not(kind: str, said: bytes) -> None:
    assert code(kind, said, b"", ended=True) == ""
    assert not is_awaited(kind, said)


def test_what_a_server_said_is_cleaned_before_anybody_sees_it() -> None:
    cause = judge("postgresql", PLACE, STARTUP, pg_error("57P03", "wait\x1b[31m\r\nnow"), ended=False)
    assert cause is not None
    assert cause.fact("detail") == "wait [31m  now"
    assert silent("postgresql", PLACE, 30).fact("timeout_s") == "30"


def test_an_error_in_pieces_is_judged_when_it_is_whole() -> None:
    for whole, kind, said in (
        (pg_error("57P03", "starting up"), "postgresql", STARTUP),
        (mysql_error(1040, "Too many connections"), "mysql", b""),
        (b"HTTP/1.1 503 Service Unavailable\r\n", "trino", GET),
    ):
        assert not any(is_enough(kind, said, whole[:size]) for size in range(len(whole) - 1)), kind
        assert is_enough(kind, said, whole)
    assert is_enough("mysql", b"", b"\xff\xff\xff" + bytes(FIRST_BYTES))


def test_any_garbage_has_a_verdict_and_no_exception() -> None:
    for kind in ("postgresql", "mysql", "trino", "redis", "clickhouse", "sqlserver", "other", "no such kind"):
        for first in (
            b"E",
            b"E\0\0\0",
            b"\xff",
            b"\x00\x00\x00\x00\xff",
            b"\xff" * 600,
            b"HTTP/1.1 50",
            b"-\r\n",
        ):
            is_enough(kind, b"", first)
            judge(kind, PLACE, STARTUP, first, ended=True)
