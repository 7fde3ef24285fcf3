"""The texts a person copies to use a connection in other programs."""

from __future__ import annotations

import ipaddress

from desktop.core.copy_escapes import CannotSay
from desktop.core.copy_template import Template
from desktop.core.copy_text import CopyNote, CopyText, NoteKind, TextKey
from desktop.core.model import AnyHost, Connection, Endpoint
from desktop.core.socks_texts import socks_texts
from desktop.core.texts.postgresql import CONNINFO, PQOPT
from desktop.core.tls import TlsMode
from desktop.core.warehouse_kind import Texts, Warehouse
from desktop.core.warehouses import HTTPS_PORT, warehouse

_YES = "yes"
_LABELS = {
    TextKey.URL: "URL",
    TextKey.JDBC: "JDBC",
    TextKey.ODBC: "ODBC",
    TextKey.SQLALCHEMY: "SQLAlchemy",
    TextKey.DBT: "dbt profile",
    TextKey.ENVIRONMENT: "Environment",
}


def copy_texts(connection: Connection, at: Endpoint, password: str = "") -> tuple[CopyText, ...]:
    """What a person may copy to use `connection`, whose clients connect to `at`: a local port, or the target itself.

    `password` stands in every text that has a place for it, but never in a command line, which other users of the
    computer can read. A kind of text that has no way to write one of the names is left out.
    """
    if isinstance(connection.forward.target, AnyHost):
        return socks_texts(connection.kind, at)
    entry = warehouse(connection.kind)
    values = values_of(connection, at, entry, password)
    texts = [
        _text(key, template, values | (_for_command(entry.texts, values) if key is TextKey.COMMAND else {}))
        for key, template in _templates(entry.texts)
    ]
    address = CopyText("Host and port", str(at), TextKey.ADDRESS)
    return (*(text for text in texts if text is not None), address)


def values_of(connection: Connection, at: Endpoint, entry: Warehouse, password: str = "") -> dict[str, str]:
    """What the templates may name; see `copy_template`."""
    values = {
        "user": connection.warehouse_user,
        "database": connection.database,
        "password": password,
        "profile": connection.name.strip(),
        "ca_file": connection.tls.ca_file,
    }
    flags = _tls_flags(connection, entry)
    values |= flags | _places(connection, at, flags)
    return values | {"pqopt": PQOPT.filled(values)}


def _templates(texts: Texts) -> tuple[tuple[TextKey, Template], ...]:
    return (
        (TextKey.URL, texts.url),
        (TextKey.JDBC, texts.jdbc),
        (TextKey.COMMAND, texts.command),
        (TextKey.ODBC, texts.odbc),
        (TextKey.SQLALCHEMY, texts.sqlalchemy),
        (TextKey.DBT, texts.dbt),
        (TextKey.ENVIRONMENT, texts.environment),
    )


def _text(key: TextKey, template: Template, values: dict[str, str]) -> CopyText | None:
    try:
        text = template.filled(values)
    except CannotSay:
        return None
    if not text:
        return None
    label = _LABELS.get(key) or text.split(" ", 1)[0]
    return CopyText(label, text, key, _note(template, values))


def _for_command(texts: Texts, values: dict[str, str]) -> dict[str, str]:
    """Other users of the computer can read an argument list, so nothing of it holds the password."""
    values = values | {"password": ""}
    return {"password": "", "url": texts.url.filled(values), "conninfo": CONNINFO.filled(values)}


def _note(template: Template, values: dict[str, str]) -> CopyNote | None:
    kinds = template.remarks(values)
    nameless = _is_address(values["name"]) if values["name"] else bool(values["is_elsewhere"])
    if values["checked"] and nameless:
        kinds = (NoteKind.NAME_UNKNOWN, *(kind for kind in kinds if kind is not NoteKind.HOSTS_LINE))
    if not kinds:
        return None
    return CopyNote(kinds[0], values["name"], values["host"], values["ca_file"], kinds[1:])


def _places(connection: Connection, at: Endpoint, flags: dict[str, str]) -> dict[str, str]:
    target = connection.forward.target
    name = _certificate_name(connection)
    name = "" if name == at.host else name
    known = name if name and not _is_address(name) else at.host
    hostaddr = at.host if name and _is_address(at.host) else ""
    libpq = name if name and (hostaddr or flags["verify"]) else at.host
    by_ca = bool(flags["verify"] and connection.tls.ca_file and name)
    by_name = bool(flags["verify"] and not by_ca)
    checked = known if by_name else at.host
    places = {"address": at.host, "known_address": known, "checked_address": checked}
    places |= {"libpq_address": libpq if flags["verify"] else at.host} | (
        {"named_address": name} if name else {}
    )
    return {
        "host": at.host,
        "port": str(at.port),
        "name": name,
        "named_address": "",
        "known_host": known,
        "checked_host": checked,
        "libpq_host": libpq,
        "hostaddr": hostaddr,
        "by_ca": _YES if by_ca else "",
        "by_name": _YES if by_name else "",
        "ca_known": "" if flags["verify"] and not connection.tls.ca_file else _YES,
        "is_elsewhere": _YES if not isinstance(target, Endpoint) or at.host != target.host else "",
    } | {key: str(Endpoint(host, at.port)) for key, host in places.items()}


def _certificate_name(connection: Connection) -> str:
    """Empty of a Unix socket, unless the person said it."""
    target = connection.forward.target
    return connection.tls.server_name or (target.host if isinstance(target, Endpoint) else "")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _tls_flags(connection: Connection, entry: Warehouse) -> dict[str, str]:
    mode, target = connection.tls.mode, connection.forward.target
    # Without a word from the person, a port that is known for it tells.
    is_tls_port = isinstance(target, Endpoint) and target.port in {entry.tls_port, HTTPS_PORT}
    by_port = mode is TlsMode.AUTO and is_tls_port
    flags = {
        "off": mode is TlsMode.OFF,
        "require": mode is TlsMode.REQUIRE,
        "verify": mode is TlsMode.VERIFY,
        "tls": by_port or mode in (TlsMode.REQUIRE, TlsMode.VERIFY),
        "checked": by_port or mode is TlsMode.VERIFY,
        "unchecked": mode is TlsMode.REQUIRE,
        "checks": mode in (TlsMode.AUTO, TlsMode.VERIFY),
    }
    return {name: _YES if holds else "" for name, holds in flags.items()}
