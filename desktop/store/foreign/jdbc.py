"""What a JDBC URL says of a warehouse. Passwords in it are noticed, never kept.

The forms are those of the drivers' documentation: pgJDBC "Connecting to the Database", MySQL Connector/J "Connection
URL Syntax", SQL Server "Building the connection URL", Oracle "Database URLs and Database Specifiers".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?$|pwd|secret|token|credential|private_?key|access_?key", re.IGNORECASE
)
_DATABASE_NAMES = ("databasename", "database", "db", "catalog")
_USER_NAMES = ("user", "username", "uid")
_ORACLE = re.compile(
    r"(?:[^@]*)@(?://)?(?:(?P<host>\[[^\]]+\]|[^:/(),@\[\]]+)(?::(?P<port>\d+))?(?:[:/](?P<service>[^:/?]+))?)"
)
_ORACLE_PART = r"\(\s*{}\s*=\s*([^()]+?)\s*\)"
_EXASOL = re.compile(r"(?P<host>[^:;/]+)(?:/[0-9A-Fa-f]+)?(?::(?P<port>\d+))?")


@dataclass(frozen=True, slots=True)
class JdbcUrl:
    """`scheme` is what stands between ``jdbc:`` and the host. `host` holds commas where it names several.

    `properties` have names in lower case; those that may be secrets are not among them, and then `has_password`.
    """

    scheme: str
    host: str = ""
    port: str = ""
    database: str = ""
    user: str = ""
    has_password: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)


def is_secret(name: str) -> bool:
    """Whether a property of that name may hold a secret."""
    return _SECRET.search(name) is not None


def jdbc_url(text: str) -> JdbcUrl | None:
    """None for what is no such URL."""
    prefix, _, rest = text.strip().partition(":")
    if prefix.casefold() != "jdbc" or ":" not in rest:
        return None
    if rest.casefold().startswith("oracle:"):
        return _oracle(rest)
    if "://" not in rest.split("?", 1)[0]:
        return _without_slashes(rest)
    scheme, _, rest = rest.partition("://")
    return _usual(scheme, rest)


def _usual(scheme: str, rest: str) -> JdbcUrl:
    """``scheme://[user[:password]@]host[:port][/database][?a=b&c=d]``, or with ``;a=b`` at the end.

    A password may hold an unescaped slash, so that a login is looked for up to the last @ before any property. One with
    an unescaped question mark is not understood: none of it may be taken for a host.
    """
    ends = re.search(r"[?;]", rest)
    place, written = (rest[: ends.start()], rest[ends.start() :]) if ends else (rest, "")
    if "@" in written.partition("=")[0]:
        return JdbcUrl(scheme.casefold(), has_password=True)
    login, is_login, place = place.rpartition("@")
    authority, _, path = place.partition("/")
    user, _, password = login.partition(":") if is_login else ("", "", "")
    values, has_secret = _properties(written)
    if "teradata" in scheme.casefold():
        path, extra = "", _properties(";" + path.replace(",", ";"))
        values, has_secret = {**values, **extra[0]}, has_secret or extra[1]
    host, port = _host_and_port(authority)
    port = port or values.get("portnumber", "") or values.get("dbs_port", "")
    # Db2 has its properties behind a colon.
    database, colon, behind = path.partition(":")
    if colon:
        has_secret = has_secret or _properties(";" + behind)[1]
    return JdbcUrl(
        scheme.casefold(),
        host or values.get("servername", ""),
        port,
        unquote(database.split("/", 1)[0]) or _first(values, _DATABASE_NAMES),
        unquote(user) or _first(values, _USER_NAMES),
        bool(password) or has_secret,
        values,
    )


def _without_slashes(rest: str) -> JdbcUrl:
    """``postgresql:database`` of this computer, ``exa:host:port;schema=...``, or no server at all."""
    scheme, _, place = rest.partition(":")
    place, semicolon, written = place.partition(";")
    values, has_secret = _properties(semicolon + written)
    if scheme.casefold() == "postgresql":
        return JdbcUrl("postgresql", "localhost", database=unquote(place.strip("/").split("?", 1)[0]))
    found = _EXASOL.fullmatch(place) if scheme.casefold() == "exa" else None
    if found is None:
        return JdbcUrl(scheme.casefold(), has_password=has_secret)
    user = _first(values, _USER_NAMES)
    return JdbcUrl("exasol", found["host"], found["port"] or "", "", user, has_secret, values)


def _oracle(rest: str) -> JdbcUrl:
    """``oracle:thin:[user[/password]]@host:port:sid``, ``@//host:port/service``, or a descriptor in brackets."""
    _, _, place = rest.partition(":")
    _, _, place = place.partition(":")
    login, is_login, _ = place.partition("@")
    user, _, password = login.partition("/")
    if "(" in place:
        hosts = _oracle_parts("HOST", place)
        port, service = _oracle_parts("PORT", place), _oracle_parts("(?:SERVICE_NAME|SID)", place)
        return JdbcUrl(
            "oracle", ",".join(hosts), "".join(port[:1]), "".join(service[:1]), user, bool(password)
        )
    found = _ORACLE.match(place) if is_login else None
    if found is None:
        return JdbcUrl("oracle", user=user, has_password=bool(password))
    host = (found["host"] or "").strip("[]")
    return JdbcUrl("oracle", host, found["port"] or "", found["service"] or "", user, bool(password))


def _oracle_parts(name: str, text: str) -> list[str]:
    return re.findall(_ORACLE_PART.format(name), text, re.IGNORECASE)


def _host_and_port(authority: str) -> tuple[str, str]:
    """Of SQL Server's host and instance the host; the instance is found by a service that no tunnel carries."""
    if "," in authority:
        return authority, ""
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d*))?", authority)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    host, _, port = authority.rpartition(":") if authority.count(":") == 1 else (authority, "", "")
    return host.split("\\", 1)[0], port


def _properties(written: str) -> tuple[dict[str, str], bool]:
    """Those that are no secrets, and whether there are others."""
    values: dict[str, str] = {}
    has_secret = False
    for name, value in _pairs(written):
        if is_secret(name):
            has_secret = has_secret or bool(value)
        else:
            values.setdefault(name.casefold(), value)
    return values, has_secret


def _pairs(written: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"[?&;]", written):
        name, equals, value = part.partition("=")
        if equals and name.strip():
            yield unquote(name.strip()), unquote(value.strip())


def _first(values: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if values.get(name)), "")
