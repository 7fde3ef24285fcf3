"""Who speaks like that? From the first bytes of a server that is not what it should be."""

from __future__ import annotations

import re

from desktop.probe.clickhouse import SAYS_NATIVE

SSH, HTTP, TLS = "ssh", "http", "tls"

# Each with where it is from: RFC 4253 section 4.2; RFC 8446 section 5.1 (alert and handshake records).
_SSH = re.compile(rb"SSH-\d")
_TLS = re.compile(rb"[\x15\x16]\x03[\x00-\x04]")
# MySQL's documentation, "Protocol::HandshakeV10" and "ERR_Packet", as the first packet.
_MYSQL = re.compile(rb"..\x00\x00(?:\x0a[\d.]+[^\x00]*\x00|\xff)", re.DOTALL)
# PostgreSQL's, "SSLRequest" and "ErrorResponse": one letter alone, or an error with its severity.
_POSTGRESQL = re.compile(rb"[SN]\Z|E\x00\x00..S", re.DOTALL)
# Redis', "RESP simple errors".
_REDIS = re.compile(rb"\+PONG|-(?:ERR|NOAUTH|DENIED|LOADING|NOPERM|MASTERDOWN|WRONGPASS)\b")
# MS-TDS 2.2.3.1: a response, the end of its message, and its length.
_TDS = re.compile(rb"\x04\x01\x00.", re.DOTALL)
# TNS, as in `oracle`: a length, no checksum, and a kind of packet that a listener sends.
_ORACLE = re.compile(rb"..\x00\x00[\x02\x04\x05\x0b]\x00", re.DOTALL)
# MongoDB's, "Standard Message Header": OP_REPLY or OP_MSG in answer to something.
_MONGODB = re.compile(rb"...\x00.{8}(?:\x01\x00\x00\x00|\xdd\x07\x00\x00)", re.DOTALL)
# ClickHouse's, "Native protocol": an exception.
_CLICKHOUSE = re.compile(rb"\x02.{4}.DB::", re.DOTALL)
_PATTERNS = (
    (_SSH, SSH),
    (_TLS, TLS),
    (_MYSQL, "mysql"),
    (_POSTGRESQL, "postgresql"),
    (_REDIS, "redis"),
    (_CLICKHOUSE, "clickhouse-native"),
    (_TDS, "sqlserver"),
    (_MONGODB, "mongodb"),
    (_ORACLE, "oracle"),
)
# What servers say when they are asked over HTTP though they speak something else, or of themselves.
_IN_HTTP = (
    (SAYS_NATIVE, "clickhouse-native"),
    (b"X-ClickHouse", "clickhouse"),
    (b"Ok.\n", "clickhouse"),
    (b"MongoDB", "mongodb"),
    (b"nodeVersion", "trino"),
)
_HTTPS_ONLY = re.compile(rb"HTTPS port|HTTPS server|https scheme", re.IGNORECASE)
_MARIADB = re.compile(rb"....\x0a[^\x00]*MariaDB", re.DOTALL)


def classify(heard: bytes) -> str:
    """The key of a kind, `SSH`, `HTTP` or `TLS`, or nothing where nobody can tell."""
    if heard.startswith(b"HTTP/"):
        return _over_http(heard)
    found = next((name for pattern, name in _PATTERNS if pattern.match(heard)), "")
    return "mariadb" if found == "mysql" and _MARIADB.match(heard) else found


def _over_http(heard: bytes) -> str:
    if _HTTPS_ONLY.search(heard):
        return TLS
    return next((name for words, name in _IN_HTTP if words in heard), HTTP)
