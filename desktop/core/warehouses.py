"""The catalogue of warehouses: their usual ports, and the texts other programs want in order to connect.

Left out on purpose: warehouses that one forward can't serve, such as Snowflake, whose results come from cloud
storage.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from desktop.core.model import Connection, Endpoint

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"\{(\w+)\}")
_HTTPS_PORTS = frozenset({443, 8443})


def _url_part(text: str) -> str:
    return quote(text, safe="")


def _braced(text: str) -> str:
    """A property of a SQL Server JDBC URL: special characters stand in braces."""
    return text if re.fullmatch(r"[\w.-]*", text) else "{" + text.replace("}", "}}") + "}"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One kind of warehouse. `key` is saved with a connection.

    An empty template means that there is no such text. Templates name `address` (``host:port`` as in a
    URL), `host`, `port`, `http` (the scheme), `user`, `database` and `real_host`, the warehouse's own name,
    for TLS; `command` also knows `url` and `conninfo`. A part in ``[...]`` is left out where a name inside it
    is empty, the whole text where a name outside is.
    """

    key: str
    title: str
    port: int
    url: str = ""
    jdbc: str = ""
    command: str = ""
    jdbc_escape: Callable[[str], str] = _url_part


@dataclass(frozen=True, slots=True)
class CopyText:
    """`label` says which text it is: ``URL``, ``JDBC``, the command line's program, or ``Host and port``."""

    label: str
    text: str


_POSTGRESQL_URL = "postgresql://[{user}@]{address}[/{database}]"
# libpq checks the certificate against `host` and connects to `hostaddr`, so verify-full works through a
# tunnel (PostgreSQL documentation, libpq, "Parameter Key Words").
_CONNINFO = "host={real_host} hostaddr={host} port={port}[ dbname={database}][ user={user}]"
_MYSQL_COMMAND = "--protocol=TCP -h {host} -P {port}[ -u {user}] -p[ {database}]"

CATALOGUE = (
    Warehouse(
        "postgresql",
        "PostgreSQL",
        5432,
        url=_POSTGRESQL_URL,
        jdbc="jdbc:postgresql://{address}/[{database}]",
        command="psql {conninfo}",
    ),
    Warehouse(
        "redshift",
        "Amazon Redshift",
        5439,
        url=_POSTGRESQL_URL,
        jdbc="jdbc:redshift://{address}/[{database}]",
        command="psql {conninfo}",
    ),
    Warehouse(
        "mysql",
        "MySQL",
        3306,
        url="mysql://[{user}@]{address}[/{database}]",
        jdbc="jdbc:mysql://{address}/[{database}]",
        command=f"mysql {_MYSQL_COMMAND}",
    ),
    Warehouse(
        "mariadb",
        "MariaDB",
        3306,
        url="mariadb://[{user}@]{address}[/{database}]",
        jdbc="jdbc:mariadb://{address}/[{database}]",
        command=f"mariadb {_MYSQL_COMMAND}",
    ),
    Warehouse(
        "sqlserver",
        "SQL Server",
        1433,
        jdbc="jdbc:sqlserver://{address}[;databaseName={database}];hostNameInCertificate={real_host}",
        command="sqlcmd -S tcp:{host},{port}[ -d {database}][ -U {user}]",
        jdbc_escape=_braced,
    ),
    Warehouse(
        "oracle",
        "Oracle",
        1521,
        jdbc="jdbc:oracle:thin:@{address}/{database}",
        command="sqlplus {user}@//{address}/{database}",
    ),
    Warehouse(
        "clickhouse",
        "ClickHouse (HTTP)",
        8123,
        url="{http}://[{user}@]{address}/[?database={database}]",
        jdbc="jdbc:clickhouse://{address}/[{database}]",
    ),
    Warehouse(
        "clickhouse-native",
        "ClickHouse (native)",
        9000,
        url="clickhouse://[{user}@]{address}[/{database}]",
        command="clickhouse-client --host {host} --port {port}[ --user {user}][ --database {database}]",
    ),
    Warehouse(
        "trino",
        "Trino",
        8080,
        url="{http}://{address}",
        jdbc="jdbc:trino://{address}[/{database}]",
        command="trino --server {http}://{address}[ --user {user}][ --catalog {database}]",
    ),
    # Without directConnection a replica set sends the client on to members that only the bastion can reach.
    Warehouse(
        "mongodb",
        "MongoDB",
        27017,
        url="mongodb://[{user}@]{address}/[{database}]?directConnection=true",
        command="mongosh {url}",
    ),
    # A lone name before "@" would be taken for a password by redis-cli, so the URL has none.
    Warehouse(
        "redis",
        "Redis",
        6379,
        url="redis://{address}[/{database}]",
        command="redis-cli -h {host} -p {port}[ -n {database}][ --user {user} --askpass]",
    ),
)
OTHER = Warehouse("other", "Other (any TCP service)", 0)
_BY_KEY = {entry.key: entry for entry in CATALOGUE}


def warehouse(key: str) -> Warehouse:
    """The catalogue's entry, or `OTHER` for a key it does not know."""
    return _BY_KEY.get(key, OTHER)


def copy_texts(connection: Connection, local: Endpoint) -> tuple[CopyText, ...]:
    """What a person may copy to use `connection` through `local`. Never holds a password."""
    entry = warehouse(connection.kind)
    names = _fixed_names(connection, local)
    url = _fill(entry.url, names | _named(connection, _url_part))
    jdbc = _fill(entry.jdbc, names | _named(connection, entry.jdbc_escape))
    conninfo = _fill(_CONNINFO, names | _named(connection, _conninfo_value))
    for_shell = {"url": _shell_word(url), "conninfo": _shell_word(conninfo)}
    command = _fill(entry.command, names | _named(connection, _shell_word) | for_shell)
    texts = (
        CopyText("URL", url),
        CopyText("JDBC", jdbc),
        CopyText(entry.command.split(" ", 1)[0], command),
        CopyText("Host and port", str(local)),
    )
    return tuple(copy_text for copy_text in texts if copy_text.text)


def _fixed_names(connection: Connection, local: Endpoint) -> dict[str, str]:
    http = "https" if connection.forward.target.port in _HTTPS_PORTS else "http"
    return {"address": str(local), "host": local.host, "port": str(local.port), "http": http}


def _named(connection: Connection, escape: Callable[[str], str]) -> dict[str, str]:
    names = {
        "user": connection.warehouse_user,
        "database": connection.database,
        "real_host": connection.forward.target.host,
    }
    return {name: escape(value) if value else "" for name, value in names.items()}


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
