"""The catalogue of warehouses: their usual ports, and the texts other programs want in order to connect.

Snowflake and Databricks have no texts for a forward to one host, which can't serve them: they send their clients on,
Snowflake to cloud storage for large results. They are for a SOCKS port; see `socks_texts` for what is copied there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from urllib.parse import quote

from desktop.core.model import AnyHost, Connection, Endpoint, Target, UnixSocket
from desktop.core.socks_texts import SOCKS_PORT, CopyText, socks_texts

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"\{(\w+)\}")
_HTTPS_PORTS = frozenset({443, 8443})


def _url_part(text: str) -> str:
    return quote(text, safe="")


def _braced(text: str) -> str:
    """A property of a SQL Server JDBC URL: special characters stand in braces."""
    return text if re.fullmatch(r"[\w.-]*", text) else "{" + text.replace("}", "}}") + "}"


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
class Warehouse:
    """One kind of warehouse. `key` is saved with a connection.

    An empty template means that there is no such text. Templates name `address` (``host:port`` as in a
    URL), `host`, `port`, `http` (the scheme), `user`, `database` and `real_host`, the warehouse's own name,
    for TLS (a Unix socket has none); `command` also knows `url` and `conninfo`. A part in ``[...]`` is left
    out where a name inside it is empty, the whole text where a name outside is. A warehouse that
    `needs_any_host` sends its clients on to others.
    """

    key: str
    title: str
    port: int
    url: str = ""
    jdbc: str = ""
    command: str = ""
    jdbc_escape: Callable[[str], str] = _url_part
    needs_any_host: bool = False
    protocol: WireProtocol = WireProtocol.UNKNOWN
    # Of HTTP: where the server says who it is, and what is in the answer; without a login.
    http_path: str = "/"
    http_answer: str = ""
    driver: Driver | None = None


_POSTGRESQL_URL = "postgresql://[{user}@]{address}[/{database}]"
# libpq checks the certificate against `host` and connects to `hostaddr`, so verify-full works through a
# tunnel (PostgreSQL documentation, libpq, "Parameter Key Words").
_CONNINFO = "host={named_host}[ hostaddr={hostaddr}] port={port}[ dbname={database}][ user={user}]"
_MYSQL_COMMAND = "--protocol=TCP -h {host} -P {port}[ -u {user}] -p[ {database}]"

CATALOGUE = (
    Warehouse(
        "postgresql",
        "PostgreSQL",
        5432,
        url=_POSTGRESQL_URL,
        jdbc="jdbc:postgresql://{address}/[{database}]",
        command="psql {conninfo}",
        protocol=WireProtocol.POSTGRESQL,
        driver=Driver.POSTGRESQL,
    ),
    Warehouse(
        "redshift",
        "Amazon Redshift",
        5439,
        url=_POSTGRESQL_URL,
        jdbc="jdbc:redshift://{address}/[{database}]",
        command="psql {conninfo}",
        protocol=WireProtocol.POSTGRESQL,
        driver=Driver.POSTGRESQL,
    ),
    Warehouse(
        "mysql",
        "MySQL",
        3306,
        url="mysql://[{user}@]{address}[/{database}]",
        jdbc="jdbc:mysql://{address}/[{database}]",
        command=f"mysql {_MYSQL_COMMAND}",
        protocol=WireProtocol.MYSQL,
        driver=Driver.MYSQL,
    ),
    Warehouse(
        "mariadb",
        "MariaDB",
        3306,
        url="mariadb://[{user}@]{address}[/{database}]",
        jdbc="jdbc:mariadb://{address}/[{database}]",
        command=f"mariadb {_MYSQL_COMMAND}",
        protocol=WireProtocol.MYSQL,
        driver=Driver.MYSQL,
    ),
    Warehouse(
        "sqlserver",
        "SQL Server",
        1433,
        jdbc="jdbc:sqlserver://{address}[;databaseName={database}][;hostNameInCertificate={real_host}]",
        command="sqlcmd -S tcp:{host},{port}[ -d {database}][ -U {user}]",
        jdbc_escape=_braced,
        protocol=WireProtocol.TDS,
        driver=Driver.SQL_SERVER,
    ),
    Warehouse(
        "oracle",
        "Oracle",
        1521,
        jdbc="jdbc:oracle:thin:@{address}/{database}",
        command="sqlplus {user}@//{address}/{database}",
        protocol=WireProtocol.ORACLE,
    ),
    Warehouse(
        "clickhouse",
        "ClickHouse (HTTP)",
        8123,
        url="{http}://[{user}@]{address}/[?database={database}]",
        jdbc="jdbc:clickhouse://{address}/[{database}]",
        protocol=WireProtocol.HTTP,
        http_path="/ping",
        http_answer="Ok.",
        driver=Driver.CLICKHOUSE_HTTP,
    ),
    Warehouse(
        "clickhouse-native",
        "ClickHouse (native)",
        9000,
        url="clickhouse://[{user}@]{address}[/{database}]",
        command="clickhouse-client --host {host} --port {port}[ --user {user}][ --database {database}]",
        protocol=WireProtocol.CLICKHOUSE,
    ),
    Warehouse(
        "trino",
        "Trino",
        8080,
        url="{http}://{address}",
        jdbc="jdbc:trino://{address}[/{database}]",
        command="trino --server {http}://{address}[ --user {user}][ --catalog {database}]",
        protocol=WireProtocol.HTTP,
        http_path="/v1/info",
        http_answer="nodeVersion",
        driver=Driver.TRINO,
    ),
    # Without directConnection a replica set sends the client on to members that only the bastion can reach.
    Warehouse(
        "mongodb",
        "MongoDB",
        27017,
        url="mongodb://[{user}@]{address}/[{database}]?directConnection=true",
        command="mongosh {url}",
        protocol=WireProtocol.MONGODB,
    ),
    # A lone name before "@" would be taken for a password by redis-cli, so the URL has none.
    Warehouse(
        "redis",
        "Redis",
        6379,
        url="redis://{address}[/{database}]",
        command="redis-cli -h {host} -p {port}[ -n {database}][ --user {user} --askpass]",
        protocol=WireProtocol.REDIS,
    ),
    Warehouse("snowflake", "Snowflake", 443, needs_any_host=True, protocol=WireProtocol.TLS),
    Warehouse("databricks", "Databricks", 443, needs_any_host=True, protocol=WireProtocol.TLS),
)
OTHER = Warehouse("other", "Other (any TCP service)", 0)
_BY_KEY = {entry.key: entry for entry in CATALOGUE}
# Kinds that share a port with everything that speaks HTTPS: the port alone says nothing.
_HTTPS_PORT = 443
# What the sockets of servers are called: PostgreSQL's documentation, unix_socket_directories; MySQL's and MariaDB's,
# socket; Redis' own redis.conf; MongoDB's, unixDomainSocket.
_SOCKET_NAMES = (
    (re.compile(r"\.s\.PGSQL\.\d+"), "postgresql"),
    (re.compile(r"mysqlx?d?\.sock"), "mysql"),
    (re.compile(r"mariadbd?\.sock"), "mariadb"),
    (re.compile(r"redis(-server)?\.sock"), "redis"),
    (re.compile(r"mongodb-\d+\.sock"), "mongodb"),
)
_ANY_PORT = 15432


def warehouse(key: str) -> Warehouse:
    """The catalogue's entry, or `OTHER` for a key it does not know."""
    return _BY_KEY.get(key, OTHER)


def kind_for(target: Target) -> str:
    """The warehouse that is usually there."""
    if isinstance(target, Endpoint) and target.port != _HTTPS_PORT:
        return next((entry.key for entry in CATALOGUE if entry.port == target.port), OTHER.key)
    if isinstance(target, UnixSocket):
        name = PurePosixPath(target.path).name
        return next((kind for pattern, kind in _SOCKET_NAMES if pattern.fullmatch(name)), OTHER.key)
    return OTHER.key


def likely_port(connection: Connection) -> int:
    """A local port for a command that can't leave it to the system."""
    match connection.forward.target:
        case Endpoint(_, port):
            return port
        case AnyHost():
            return SOCKS_PORT
        case UnixSocket():
            return warehouse(connection.kind).port or _ANY_PORT


def copy_texts(connection: Connection, local: Endpoint) -> tuple[CopyText, ...]:
    """What a person may copy to use `connection` through `local`. Never holds a password."""
    if isinstance(connection.forward.target, AnyHost):
        return socks_texts(connection.kind, local)
    entry = warehouse(connection.kind)
    names = _fixed_names(connection.forward.target, local)
    url = _fill(entry.url, names | _named(connection, _url_part))
    jdbc = _fill(entry.jdbc, names | _named(connection, entry.jdbc_escape))
    conninfo = _fill(_CONNINFO, names | _named(connection, _conninfo_value) | _libpq_hosts(connection, local))
    for_shell = {"url": _shell_word(url), "conninfo": _shell_word(conninfo)}
    command = _fill(entry.command, names | _named(connection, _shell_word) | for_shell)
    texts = (
        CopyText("URL", url),
        CopyText("JDBC", jdbc),
        CopyText(entry.command.split(" ", 1)[0], command),
        CopyText("Host and port", str(local)),
    )
    return tuple(copy_text for copy_text in texts if copy_text.text)


def _fixed_names(target: Target, local: Endpoint) -> dict[str, str]:
    is_https = isinstance(target, Endpoint) and target.port in _HTTPS_PORTS
    http = "https" if is_https else "http"
    return {"address": str(local), "host": local.host, "port": str(local.port), "http": http}


def _named(connection: Connection, escape: Callable[[str], str]) -> dict[str, str]:
    names = {
        "user": connection.warehouse_user,
        "database": connection.database,
        "real_host": _real_host(connection),
    }
    return {name: escape(value) if value else "" for name, value in names.items()}


def _real_host(connection: Connection) -> str:
    target = connection.forward.target
    return target.host if isinstance(target, Endpoint) else ""


def _libpq_hosts(connection: Connection, local: Endpoint) -> dict[str, str]:
    real_host = _real_host(connection)
    if not real_host:
        return {"named_host": local.host, "hostaddr": ""}
    return {"named_host": _conninfo_value(real_host), "hostaddr": local.host}


def _fill(template: str, names: Mapping[str, str]) -> str:
    def all_known(part: str) -> bool:
        return all(names[name] for name in _NAME.findall(part))

    chosen = _OPTIONAL.sub(lambda match: match[1] if all_known(match[1]) else "", template)
    return _NAME.sub(lambda match: names[match[1]], chosen) if all_known(chosen) else ""


def _conninfo_value(text: str) -> str:
    if re.fullmatch(r"[^\s'\\]+", text):
        return text
    return "'" + text.replace("\\", r"\\").replace("'", r"\'") + "'"


def _shell_word(text: str) -> str:
    """`text` as one shell word; in double quotes where that is enough, because cmd.exe knows no others."""
    if text == shlex.quote(text) or re.search(r'["$`\\!]', text):
        return shlex.quote(text)
    return f'"{text}"'
