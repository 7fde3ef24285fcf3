"""DBeaver's ``data-sources.json``, in ``.dbeaver`` of each project, and the older ``.dbeaver-data-sources.xml``.

The format is that of DBeaver's source: DataSourceSerializerModern.java and DataSourceSerializerLegacy.java, and for
the SSH tunnel and its jump hosts SSHConstants.java and SSHUtils.java. User names and passwords are mostly in
``credentials-config.json``, encrypted: that file is never opened.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop.core.foreign import ForeignEntry, Obstacle, Remark
from desktop.core.model import Auth, AuthMethod, Hop
from desktop.core.tls import Tls
from desktop.store.fields import Damaged
from desktop.store.foreign.content import json_of, xml_of
from desktop.store.foreign.entries import Bastions, Given, LeftOut, entry_of
from desktop.store.foreign.jdbc import JdbcUrl, is_secret, jdbc_url
from desktop.store.foreign.kinds import is_in_a_file, kind_of
from desktop.store.foreign.tls_settings import tls_of
from desktop.store.foreign.values import flag_in, object_in, text_in, texts_in

_SSH, _SOCKS, _PROFILE = "ssh_tunnel", "socks_proxy", "config-profile"
# SSHConstants.java
_MOST_JUMP_SERVERS = 5
_NO_URL = JdbcUrl("")


def read(path: Path, login_name: str) -> Sequence[ForeignEntry]:
    """Raises `Damaged`, `OSError`."""
    document = _of_xml(xml_of(path)) if path.suffix.casefold() == ".xml" else json_of(path).values
    if "connections" not in document:
        raise Damaged("it holds no connections of DBeaver")
    profiles = object_in(document, "network-profiles")
    return [
        _entry(name, value, profiles, login_name)
        for name, value in object_in(document, "connections").items()
    ]


def _entry(key: str, value: object, profiles: Mapping[str, object], login_name: str) -> ForeignEntry:
    if not isinstance(value, dict):
        return ForeignEntry(key, obstacle=Obstacle.NOT_UNDERSTOOD)
    name = value.get("name")
    shown = name if isinstance(name, str) and name else key
    return entry_of(shown, lambda: _given(shown, value, profiles, login_name))


def _given(name: str, value: Mapping[str, object], profiles: Mapping[str, object], login_name: str) -> Given:
    settings = object_in(value, "configuration")
    # A connection that uses another driver in place of its own names its own as the original.
    names = [text_in(value, key) for key in ("original-driver", "driver", "original-provider", "provider")]
    url = jdbc_url(text_in(settings, "url")) or _NO_URL
    if is_in_a_file(*names, url.scheme):
        raise LeftOut(Obstacle.NOT_A_SERVER)
    handlers = _handlers(settings, profiles)
    is_by_url = text_in(settings, "configurationType") == "URL" or not text_in(settings, "host")
    bastions = Bastions(login_name)
    hops = _hops(handlers.get(_SSH, {}), bastions)
    tls, remarks = _tls(settings, handlers, url)
    has_password = url.has_password or _holds_secret(value) or any(map(_holds_secret, handlers.values()))
    return Given(
        name,
        kind_of(*names, url.scheme),
        url.host if is_by_url else text_in(settings, "host"),
        url.port if is_by_url else text_in(settings, "port"),
        url.database if is_by_url else text_in(settings, "database"),
        text_in(settings, "user") or url.user,
        text_in(value, "folder"),
        tls,
        hops,
        remarks=[
            *([Remark.LOGIN_LEFT] if has_password else []),
            *([Remark.PROXY_LEFT] if _SOCKS in handlers else []),
            *bastions.remarks,
            *remarks,
        ],
    )


def _handlers(
    settings: Mapping[str, object], profiles: Mapping[str, object]
) -> dict[str, Mapping[str, object]]:
    """Those that are on. A connection with a network profile takes them from there."""
    handlers = dict(object_in(settings, "handlers"))
    if profile := text_in(settings, _PROFILE):
        if profile not in profiles:
            raise LeftOut(Obstacle.TUNNEL_UNKNOWN)
        handlers |= object_in(object_in(profiles, profile), "handlers")
    named = {name: object_in(handlers, name) for name in handlers}
    return {name: handler for name, handler in named.items() if flag_in(handler, "enabled")}


def _hops(handler: Mapping[str, object], bastions: Bastions) -> list[Hop]:
    if not handler:
        return []
    values = object_in(handler, "properties")
    hops = []
    for number in range(_jump_server_count(values)):
        prefix = f"jumpServer{number}."
        if not flag_in(values, f"{prefix}enabled"):
            break
        hops.append(_hop(values, prefix, text_in(values, f"{prefix}name"), bastions))
    user = text_in(handler, "user") or text_in(values, "user")
    return [*hops, _hop(values, "", user, bastions)]


def _jump_server_count(values: Mapping[str, object]) -> int:
    count = text_in(values, "jumpServer.count")
    return min(int(count), _MOST_JUMP_SERVERS) if count.isascii() and count.isdigit() else _MOST_JUMP_SERVERS


def _hop(values: Mapping[str, object], prefix: str, user: str, bastions: Bastions) -> Hop:
    host, port = text_in(values, f"{prefix}host"), text_in(values, f"{prefix}port")
    # "0" is DBeaver's word for none.
    return bastions.hop(host, "" if port == "0" else port, user, _auth(values, prefix, bastions))


def _auth(values: Mapping[str, object], prefix: str, bastions: Bastions) -> Auth:
    way = text_in(values, f"{prefix}authType")
    if way == "AGENT":
        return Auth(AuthMethod.AGENT)
    if way != "PUBLIC_KEY":
        return Auth()
    path = text_in(values, f"{prefix}keyPath")
    if not path and values.get(f"{prefix}keyValue"):
        return Auth(AuthMethod.PASTED_KEY)
    return bastions.key_file(path)


def _tls(
    settings: Mapping[str, object], handlers: Mapping[str, Mapping[str, object]], url: JdbcUrl
) -> tuple[Tls, tuple[Remark, ...]]:
    """The page for TLS says more than the driver's properties, and those more than the URL."""
    values = {**url.properties, **texts_in(object_in(settings, "properties"))}
    for name, handler in handlers.items():
        if name.endswith("ssl"):
            values |= texts_in(object_in(handler, "properties"))
    return tls_of(values)


def _holds_secret(value: object) -> bool:
    """Whether a password or a pasted key stands anywhere below."""
    if not isinstance(value, dict):
        return False
    for name, below in value.items():
        is_one = is_secret(name) or name.endswith("keyValue")
        if (is_one and isinstance(below, str) and below) or _holds_secret(below):
            return True
    return False


def _of_xml(root: ET.Element) -> Mapping[str, object]:
    """The older file in the words of the newer."""
    if root.tag != "data-sources":
        raise Damaged("it holds no connections of DBeaver")
    return {
        "connections": {
            each.get("id", str(number)): _source_of_xml(each)
            for number, each in enumerate(root.iter("data-source"), 1)
        }
    }


def _source_of_xml(source: ET.Element) -> Mapping[str, object]:
    connection = source.find("connection")
    if connection is None:
        return dict(source.attrib)
    handlers = {
        each.get("id", ""): {**each.attrib, "properties": _properties_of_xml(each)}
        for each in connection.iter("network-handler")
    }
    configuration = {
        **connection.attrib,
        "properties": _properties_of_xml(connection),
        "handlers": handlers,
    }
    return {**source.attrib, "configuration": configuration}


def _properties_of_xml(parent: ET.Element) -> Mapping[str, object]:
    return {each.get("name", ""): each.get("value") or each.text or "" for each in parent.findall("property")}
