"""What one kind of warehouse is: the type of an entry of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.copy_template import NONE, Template


class WireProtocol(StrEnum):
    """What a server speaks before a login: by it a kind is recognised, or that something else stands there."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    TDS = "tds"
    ORACLE = "oracle"
    CLICKHOUSE = "clickhouse"
    HTTP = "http"
    MONGODB = "mongodb"
    REDIS = "redis"
    # TLS at once, and nothing that is known inside.
    TLS = "tls"
    # Nothing that can be asked for without harm.
    UNKNOWN = "unknown"


class Driver(StrEnum):
    """What can log in and run SELECT 1."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQL_SERVER = "sqlserver"
    CLICKHOUSE_HTTP = "clickhouse-http"
    TRINO = "trino"


@dataclass(frozen=True, slots=True)
class Texts:
    """What there is to copy; a family of warehouses shares most of it."""

    url: Template = NONE
    jdbc: Template = NONE
    command: Template = NONE
    odbc: Template = NONE
    sqlalchemy: Template = NONE
    dbt: Template = NONE
    environment: Template = NONE


NO_TEXTS = Texts()


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One kind of warehouse. `key` is saved with a connection.

    `tls_port` is where its servers usually wait for TLS from the first byte, 0 where they have no port of its own for
    it. `icon` is what the badge shows: two letters of our own choice, no logo. The labels are what the person knows the
    database and the user as, empty where there is no such thing. A warehouse that `needs_any_host` sends its clients on
    to others.
    """

    key: str
    title: str
    port: int
    icon: str
    texts: Texts = NO_TEXTS
    tls_port: int = 0
    database_label: str = "Database"
    user_label: str = "User"
    needs_any_host: bool = False
    protocol: WireProtocol = WireProtocol.UNKNOWN
    # Of HTTP: where the server says who it is, and what is in the answer; without a login.
    http_path: str = "/"
    http_answer: str = ""
    driver: Driver | None = None
