"""DataGrip's data sources, and those of the other IDEs by JetBrains: ``.idea/dataSources.xml`` of a project.

There is no specification; the format is that of the files themselves, as projects keep them in public repositories.
``dataSources.local.xml`` beside it has the user names and the SSH tunnel of each data source, by its uuid.
``sshConfigs.xml``, in the project or in the ``options`` of the IDE, has the bastions by their id. In older
versions the bastion stands in ``<ssh-properties>`` itself. Passwords are in none of them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from desktop.core.foreign import ForeignEntry, Obstacle, Remark
from desktop.core.model import CONFIGURED_PORT, Auth, AuthMethod, Hop
from desktop.store.fields import Damaged
from desktop.store.foreign.broken import BrokenFiles, reading
from desktop.store.foreign.content import xml_of
from desktop.store.foreign.entries import Bastions, Given, LeftOut, entry_of, port_of
from desktop.store.foreign.jdbc import JdbcUrl, is_secret, jdbc_url
from desktop.store.foreign.kinds import is_in_a_file, kind_of
from desktop.store.foreign.tls_settings import tls_of

_SHARED, _LOCAL, _SSH = "dataSources.xml", "dataSources.local.xml", "sshConfigs.xml"
_MODES = {"REQUIRE": "require", "VERIFY_CA": "verify-ca", "VERIFY_FULL": "verify-full"}
_USUAL_SSH_PORT = "22"


def read(
    path: Path, login_name: str, ssh_configs: Iterable[Path], broken: BrokenFiles
) -> Sequence[ForeignEntry]:
    """`path` may be the project's folder. `ssh_configs` are those of IDEs.

    One with bastions that can't be read is only noted as `broken`: what needs no bastion of it needs it not at all.
    Raises `Damaged`, `OSError`, and `ImportUnreadable` for the file with the tunnels: without it, all would be direct.
    """
    path = _shared_file(path)
    root = xml_of(path)
    if root.find("component") is None:
        raise Damaged("it holds no data sources of DataGrip")
    local = _sources(path.with_name(_LOCAL)) if path.name == _SHARED else {}
    bastions = _bastions([*ssh_configs, path.with_name(_SSH)], broken)
    return [
        _entry(each, local.get(each.get("uuid", "")), bastions, login_name, path)
        for each in root.iter("data-source")
    ]


def _shared_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    inside = path / ".idea" / _SHARED
    return inside if inside.is_file() else path / _SHARED


def _sources(path: Path) -> dict[str, ET.Element]:
    """By uuid. Raises `ImportUnreadable`."""
    with reading(path):
        if not path.is_file():
            return {}
        return {each.get("uuid", ""): each for each in xml_of(path).iter("data-source")}


def _bastions(paths: Iterable[Path], broken: BrokenFiles) -> dict[str, ET.Element]:
    """By id; of two with one id, the later file's."""
    bastions: dict[str, ET.Element] = {}
    for path in paths:
        with broken.noting(path):
            if path.is_file():
                bastions |= {each.get("id", ""): each for each in xml_of(path).iter("sshConfig")}
    return bastions


def _entry(
    source: ET.Element,
    local: ET.Element | None,
    bastions: Mapping[str, ET.Element],
    login_name: str,
    path: Path,
) -> ForeignEntry:
    name = source.get("name", "")
    parts = [each for each in (local, source) if each is not None]
    # Where a project's paths begin, and the person's: JetBrains' words for them.
    macros = {"$USER_HOME$": "~", "$PROJECT_DIR$": str(path.parent.parent)}
    return entry_of(name, lambda: _given(name, source, parts, bastions, Bastions(login_name), macros))


def _given(
    name: str,
    source: ET.Element,
    parts: Sequence[ET.Element],
    known: Mapping[str, ET.Element],
    bastions: Bastions,
    macros: Mapping[str, str],
) -> Given:
    written, driver = _text(parts, "jdbc-url"), _text(parts, "driver-ref")
    url = jdbc_url(written)
    if url is None:
        raise LeftOut(Obstacle.NOT_UNDERSTOOD if written else Obstacle.NO_HOST)
    if is_in_a_file(driver, url.scheme):
        raise LeftOut(Obstacle.NOT_A_SERVER)
    hops = _hops(parts, known, bastions, macros)
    settings, has_secret = _settings(parts, url, macros)
    tls, remarks = tls_of(settings)
    has_password = url.has_password or has_secret
    return Given(
        name,
        kind_of(driver, url.scheme),
        url.host,
        url.port,
        url.database,
        _text(parts, "user-name") or url.user,
        source.get("group", "") or source.get("group-name", ""),
        tls,
        hops,
        remarks=[*([Remark.LOGIN_LEFT] if has_password else []), *bastions.remarks, *remarks],
    )


def _text(parts: Iterable[ET.Element], name: str) -> str:
    """The local file's before the shared one's."""
    return next((text for each in parts if (text := (each.findtext(name) or "").strip())), "")


def _settings(
    parts: Sequence[ET.Element], url: JdbcUrl, macros: Mapping[str, str]
) -> tuple[dict[str, str], bool]:
    """For `tls_of`: the page for TLS says more than the driver's properties, and those more than the URL."""
    settings, has_secret = dict(url.properties), False
    for part in reversed(parts):
        for each in part.iterfind("driver-properties/property"):
            name, value = each.get("name", ""), each.get("value", "")
            if is_secret(name):
                has_secret = has_secret or bool(value)
            else:
                settings[name.casefold()] = value
    for part in reversed(parts):
        tls = part.find("ssl-config")
        if tls is not None and tls.findtext("enabled", "true") == "true":
            files = ("ca-cert", "client-cert", "client-key")
            settings |= {name: _path(tls.findtext(name, ""), macros) for name in files}
            settings["sslmode"] = _MODES.get(tls.findtext("mode", "").strip().upper(), "require")
    return settings, has_secret


def _hops(
    parts: Iterable[ET.Element],
    known: Mapping[str, ET.Element],
    bastions: Bastions,
    macros: Mapping[str, str],
) -> list[Hop]:
    tunnel = next((found for each in parts if (found := each.find("ssh-properties")) is not None), None)
    if tunnel is None or tunnel.findtext("enabled", "").strip() != "true":
        return []
    bastion_id = tunnel.findtext("ssh-config-id", "").strip()
    if not bastion_id:
        return [_older_hop(tunnel, bastions, macros)]
    config = known.get(bastion_id)
    if config is None:
        raise LeftOut(Obstacle.TUNNEL_UNKNOWN)
    return [_hop(config, bastions, macros)]


def _hop(config: ET.Element, bastions: Bastions, macros: Mapping[str, str]) -> Hop:
    host, port, user = (config.get(name, "") for name in ("host", "port", "username"))
    if config.get("authType") == "OPEN_SSH":
        # "OpenSSH config and authentication agent": ssh_config has the say, and the usual port says nothing.
        if not host:
            raise LeftOut(Obstacle.TUNNEL_UNKNOWN)
        configured = CONFIGURED_PORT if port in ("", _USUAL_SSH_PORT) else port_of(port, CONFIGURED_PORT)
        return Hop(host, user, configured, Auth(AuthMethod.SSH_CONFIG))
    is_by_key = config.get("authType") in ("KEY_PAIR", "PRIVATE_KEY")
    auth = bastions.key_file(_path(config.get("keyPath", ""), macros)) if is_by_key else Auth()
    return bastions.hop(host, port, user, auth)


def _older_hop(tunnel: ET.Element, bastions: Bastions, macros: Mapping[str, str]) -> Hop:
    host, port, user = (tunnel.findtext(name, "").strip() for name in ("proxy-host", "port", "user"))
    is_by_key = tunnel.findtext("auth-type", "").strip() == "KEY_PAIR"
    auth = bastions.key_file(_path(tunnel.findtext("key-file", ""), macros)) if is_by_key else Auth()
    return bastions.hop(host, port, user, auth)


def _path(written: str, macros: Mapping[str, str]) -> str:
    path = written.strip()
    for macro, meaning in macros.items():
        path = path.replace(macro, meaning)
    return path
