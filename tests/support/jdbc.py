"""Reads JDBC URLs as the drivers do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_COMMON = re.compile(
    r"jdbc:(?P<driver>\w+)://(?P<host>\[[^\]]+\]|[^:/?#]+):(?P<port>\d+)(?P<rest>.*)", re.DOTALL
)
_ORACLE = re.compile(
    r"jdbc:oracle:thin:(?:(?P<user>\"[^\"]*\"|[\w.$#-]+)/(?P<password>\"[^\"]*\"|[\w.$#-]+))?@(?P<tls>tcps://)?"
    r"(?P<host>\[[^\]]+\]|[^:/]+):(?P<port>\d+)/(?P<service>\"[^\"]*\"|[\w.$#-]+)(?:\?(?P<options>.*))?",
    re.DOTALL,
)
# A value in braces has every closing one doubled (Microsoft JDBC documentation, "Building the connection URL").
_PROPERTY = re.compile(r";(?P<key>\w+)=(?P<value>\{(?:[^}]|\}\})*\}|[^;{}]*)", re.DOTALL)


@dataclass(frozen=True)
class JdbcUrl:
    driver: str
    host: str
    port: int
    database: str
    options: dict[str, str]


def read_jdbc(text: str) -> JdbcUrl:
    """With ``?key=value&...`` behind the database, all percent-encoded: PostgreSQL's, MySQL's, Trino's."""
    found = _COMMON.fullmatch(text)
    assert found is not None, text
    path, _, query = found["rest"].partition("?")
    assert path == "" or path.startswith("/"), text
    assert not set(path + query) & set(' "<>\\^`{|}'), text
    return JdbcUrl(
        found["driver"], found["host"].strip("[]"), int(found["port"]), unquote(path[1:]), read_query(query)
    )


def read_query(query: str) -> dict[str, str]:
    """Each key once, as a driver that is strict about it wants."""
    pairs = [part.split("=", 1) for part in query.split("&")] if query else []
    options = {unquote(key): unquote(value) for key, value in pairs}
    assert len(options) == len(pairs), query
    return options


def read_sql_server(text: str) -> JdbcUrl:
    """With ``;key=value`` behind the address."""
    found = _COMMON.fullmatch(text)
    assert found is not None, text
    options, position = {}, 0
    while position < len(found["rest"]):
        each = _PROPERTY.match(found["rest"], position)
        assert each is not None, found["rest"][position:]
        value = each["value"]
        options[each["key"]] = value[1:-1].replace("}}", "}") if value.startswith("{") else value
        position = each.end()
    host = found["host"].strip("[]")
    return JdbcUrl(found["driver"], host, int(found["port"]), options.pop("databaseName", ""), options)


def read_oracle(text: str) -> JdbcUrl:
    """Of the thin driver, as Easy Connect Plus."""
    found = _ORACLE.fullmatch(text)
    assert found is not None, text
    options = read_query(found["options"] or "")
    for key in ("user", "password"):
        if found[key]:
            options[key] = found[key].strip('"')
    service = found["service"].strip('"')
    return JdbcUrl("oracle", found["host"].strip("[]"), int(found["port"]), service, options)
