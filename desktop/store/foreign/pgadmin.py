"""The file that pgAdmin 4 exports: "Import/Export Servers" in its menu Tools.

The format is that of pgAdmin's documentation, "Import/Export Servers", and its source, web/pgadmin/utils/__init__.py:
up to version 6 the settings for TLS stand beside the server's, since version 7 they are in ConnectionParameters, in
libpq's words. The file never holds a password, and mostly not the path of the tunnel's key. The database in which
pgAdmin keeps its servers holds passwords, and is never opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop.core.foreign import ForeignEntry, Obstacle, Remark
from desktop.core.model import Auth, Hop
from desktop.store.fields import Damaged
from desktop.store.foreign.content import json_of
from desktop.store.foreign.entries import Bastions, Given, entry_of
from desktop.store.foreign.jdbc import is_secret
from desktop.store.foreign.tls_settings import tls_of
from desktop.store.foreign.values import flag_in, object_in, text_in, texts_in

# The group that holds whatever was put into no other.
_USUAL_GROUP = "Servers"


def read(path: Path, login_name: str) -> Sequence[ForeignEntry]:
    """Raises `Damaged`, `OSError`."""
    document = json_of(path).values
    if "Servers" not in document:
        raise Damaged("it holds no servers of pgAdmin")
    return [_entry(key, value, login_name) for key, value in object_in(document, "Servers").items()]


def _entry(key: str, value: object, login_name: str) -> ForeignEntry:
    if not isinstance(value, dict):
        return ForeignEntry(key, obstacle=Obstacle.NOT_UNDERSTOOD)
    name = value.get("Name")
    shown = name if isinstance(name, str) and name else key
    return entry_of(shown, lambda: _given(shown, value, login_name))


def _given(name: str, value: Mapping[str, object], login_name: str) -> Given:
    bastions = Bastions(login_name)
    hops = [_hop(value, bastions)] if flag_in(value, "UseSSHTunnel") else []
    parameters = texts_in(object_in(value, "ConnectionParameters"))
    tls, remarks = tls_of({**texts_in(value), **parameters})
    has_password = any(is_secret(each) and text_in(value, each) for each in value)
    group = text_in(value, "Group")
    return Given(
        name,
        "postgresql",
        # libpq connects to hostaddr where there is one, but the certificate is made out to the host.
        text_in(value, "Host") or parameters.get("host", "") or parameters.get("hostaddr", ""),
        text_in(value, "Port"),
        text_in(value, "MaintenanceDB"),
        text_in(value, "Username"),
        "" if group == _USUAL_GROUP else group,
        tls,
        hops,
        remarks=[*([Remark.LOGIN_LEFT] if has_password else []), *bastions.remarks, *remarks],
    )


def _hop(value: Mapping[str, object], bastions: Bastions) -> Hop:
    is_by_key = flag_in(value, "TunnelAuthentication")
    auth = bastions.key_file(text_in(value, "TunnelIdentityFile")) if is_by_key else Auth()
    user = text_in(value, "TunnelUsername")
    return bastions.hop(text_in(value, "TunnelHost"), text_in(value, "TunnelPort"), user, auth)
