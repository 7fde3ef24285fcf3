"""``add``, ``list``, ``secret set`` and ``remove``."""

from __future__ import annotations

import getpass
import json
import sys
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace

from desktop.compose.backstage import Backstage
from desktop.core.aliases import AliasView
from desktop.core.config_errors import ConnectionInvalid, JumpHostNotFound
from desktop.core.errors import SecretStoreLocked, SecretStoreMissing
from desktop.core.forward_spec import parse_place
from desktop.core.model import (
    DIRECT,
    AnyHost,
    Auth,
    AuthMethod,
    Connection,
    Forward,
    Hop,
    Proxy,
    ProxyKind,
    Route,
    SecretKind,
)
from desktop.core.plan import PROXY_LOGIN, login_of, logins_of
from desktop.core.ssh_arguments import destination_parts
from desktop.core.ssh_command import no_forward, parse_ssh_command
from desktop.core.ssh_proxy import parse_proxy_url
from desktop.core.validation import Fault, Field
from desktop.core.warehouse_errors import NoTunnelToOpen
from desktop.core.warehouses import kind_for
from desktop.engine.alias_drafts import alias_hop, is_by_alias, with_its_forwards
from desktop.engine.drafts import drafts_of, login_name, spread_name
from desktop.ssh.agent_look import agents_hold
from desktop.ssh.keys import pasted_key_fingerprint
from desktop.ssh_config.view import AliasViews
from desktop.wording.aliases import left_out_line, narrowed_line, stands_for_line
from desktop.wording.exchange import way_line
from desktop.wording.messages import advice, title

# An unlock dialog waits for a person.
_KEYRING_TIMEOUT_S = 120


def add(
    backstage: Backstage, name: str, ssh_command: str, kind: str | None, agent_key: str, proxy: str
) -> None:
    """Raises `CommandNotUnderstood`, `ConnectionInvalid`, `ConfigNotWritable`.

    `agent_key` is the fingerprint of the one key to offer to the bastion, `proxy` the URL of a proxy; or empty.
    """
    parsed = parse_ssh_command(ssh_command, needs_forward=False)
    if proxy:
        parsed = replace(parsed, proxy=parse_proxy_url(proxy))
    if agent_key:
        auth = replace(parsed.hop.auth, method=AuthMethod.AGENT, identity_file="", key_fingerprint=agent_key)
        parsed = replace(parsed, hop=replace(parsed.hop, auth=auth))
    view = None
    if not parsed.names_file:
        view = AliasViews().view(alias_hop(parsed), is_nearest=not parsed.jumps)
        _tell_trouble(view, takes_forwards=not parsed.forwards)
        parsed = with_its_forwards(parsed, view)
    if not parsed.forwards:
        raise no_forward()
    drafts = drafts_of(parsed, backstage.library, login_name(), _agent_has_keys, view)
    for draft in spread_name(name, drafts, backstage.library):
        connection = replace(draft, kind=kind or draft.kind)
        backstage.library.put(connection)
        print(f"Saved {_described(connection)}")
    if view is not None and view.is_known:
        print(stands_for_line(view, stays=is_by_alias(parsed, view)))
    for option in parsed.not_taken:
        print(f"Not carried over: {option}", file=sys.stderr)


def add_direct(backstage: Backstage, name: str, place: str, kind: str | None) -> None:
    """Raises `CommandNotUnderstood`, `ConnectionInvalid`, `ConfigNotWritable`. `place` is ``host:port``."""
    target = parse_place(place)
    connection = Connection(name, DIRECT, Forward(target), kind or kind_for(target))
    backstage.library.put(connection)
    print(f"Saved {_described(connection)}")


def _tell_trouble(view: AliasView, *, takes_forwards: bool) -> None:
    if view.cause is not None:
        print(f"{title(view.cause)}. {advice(view.cause)}", file=sys.stderr)
        print(f"Until then {view.alias} is taken for the name of a server.", file=sys.stderr)
    if takes_forwards and view.is_known:
        for line in filter(None, (left_out_line(view), narrowed_line(view))):
            print(line, file=sys.stderr)


def show_list(backstage: Backstage, *, as_json: bool) -> None:
    for connection in backstage.library.connections:
        print(json.dumps(_listed(connection)) if as_json else _described(connection))
    if not backstage.library.connections and not as_json:
        print("No connections yet. Add one: caponier add NAME 'ssh -N -L 15432:warehouse:5432 me@bastion'")


def set_secret(backstage: Backstage, name: str, kind: SecretKind, jump_host: str) -> None:
    """Raises `ConnectionNotFound`, `JumpHostNotFound`, `ConnectionInvalid`, `SecretStoreLocked`, `SecretStoreMissing`.

    And `NoTunnelToOpen` for what a direct connection has no use for.

    `jump_host` is the one the secret is for, as `_jump_host` takes it; empty for the bastion.
    """
    connection = backstage.library.find(name)
    if connection.route.is_direct and kind is not SecretKind.WAREHOUSE_PASSWORD:
        raise NoTunnelToOpen(name=connection.name, target=str(connection.forward.target))
    if kind is SecretKind.WAREHOUSE_PASSWORD:
        _store(backstage, connection, kind, _read_secret(connection, kind))
        return
    hop = _jump_host(connection, jump_host) if jump_host else connection.route.bastion
    login = login_of(hop) if jump_host else PROXY_LOGIN if kind is SecretKind.PROXY_PASSWORD else ""
    if hop.is_alias and kind is SecretKind.PRIVATE_KEY:
        raise ConnectionInvalid(field=Field.BASTION_HOST, problem=Fault.KEYS_ARE_CONFIGURED, detail="")
    value = _read_secret(connection, kind)
    _store(backstage, connection, kind, value, login)
    if kind is SecretKind.PRIVATE_KEY:
        auth = Auth(AuthMethod.PASTED_KEY, key_fingerprint=pasted_key_fingerprint(value))
        backstage.library.put(replace(connection, route=_with_auth(connection.route, hop, auth)))
    elif kind is SecretKind.SSH_PASSWORD and not (hop.is_alias or hop.auth.method is AuthMethod.INTERACTIVE):
        backstage.library.put(replace(connection, route=_with_auth(connection.route, hop, Auth())))


def _store(
    backstage: Backstage, connection: Connection, kind: SecretKind, value: str, login: str = ""
) -> None:
    backstage.secrets.set(connection.id, kind, value, login).result(timeout=_KEYRING_TIMEOUT_S)
    print(f"Stored the {kind} of {connection.name} in the keyring")


def remove(backstage: Backstage, name: str) -> None:
    """Raises `ConnectionNotFound`, `ConfigNotWritable`."""
    connection = backstage.library.find(name)
    backstage.library.remove(connection.id)
    print(f"Removed {connection.name}")
    try:
        for login in logins_of(connection.route):
            for kind in SecretKind:
                backstage.secrets.delete(connection.id, kind, login).result(timeout=_KEYRING_TIMEOUT_S)
    except SecretStoreMissing:
        # Without a keyring nothing was ever stored.
        return
    except (SecretStoreLocked, FutureTimeout):
        print("The keyring is locked; secrets of this connection may still be in it.", file=sys.stderr)


def _agent_has_keys() -> bool:
    return bool(agents_hold().identities)


def _with_auth(route: Route, changed: Hop, auth: Auth) -> Route:
    return replace(
        route, hops=tuple(replace(hop, auth=auth) if hop is changed else hop for hop in route.hops)
    )


def _jump_host(connection: Connection, wanted: str) -> Hop:
    """The one called ``[user@]host[:port]``. Raises `JumpHostNotFound`."""
    user, host, port = destination_parts(wanted)
    for hop in connection.route.hops[:-1]:
        if hop.host == host and user in ("", hop.user) and port in ("", str(hop.port)):
            return hop
    raise JumpHostNotFound(jump_host=wanted, name=connection.name)


def _read_secret(connection: Connection, kind: SecretKind) -> str:
    if sys.stdin.isatty() and kind is not SecretKind.PRIVATE_KEY:
        return getpass.getpass(f"{kind} for {connection.name}: ")
    text = sys.stdin.read()
    return text if kind is SecretKind.PRIVATE_KEY else text.removesuffix("\n").removesuffix("\r")


def _described(connection: Connection) -> str:
    return f"{connection.name}: {way_line(connection)}"


def _listed(connection: Connection) -> dict[str, object]:
    forward = connection.forward
    return {
        "id": connection.id,
        "name": connection.name,
        "kind": connection.kind,
        "group": connection.group,
        "direct": connection.route.is_direct,
        **_listed_route(connection.route),
        "target": None if isinstance(forward.target, AnyHost) else str(forward.target),
        "socks": isinstance(forward.target, AnyHost),
        "local_host": forward.local_host,
        "local_port": forward.local_port,
    }


def _listed_route(route: Route) -> dict[str, object]:
    if route.is_direct:
        return {}
    *jumps, bastion = route.hops
    return {
        "proxy": _listed_proxy(route.proxy),
        "jump_hosts": [_listed_hop(hop) | {"auth": hop.auth.method} for hop in jumps],
        "bastion": _listed_hop(bastion),
        "auth": bastion.auth.method,
        "identity_file": bastion.auth.identity_file or None,
        "certificate_file": bastion.auth.certificate_file or None,
        "agent": bastion.auth.agent or None,
        "key_fingerprint": bastion.auth.key_fingerprint or None,
    }


def _listed_hop(hop: Hop) -> dict[str, object]:
    return {"host": hop.host, "port": hop.port or None, "user": hop.user or None}


def _listed_proxy(proxy: Proxy | None) -> dict[str, object] | None:
    if proxy is None:
        return None
    if proxy.kind is ProxyKind.COMMAND:
        return {"kind": proxy.kind, "command": proxy.command}
    return {"kind": proxy.kind, "host": proxy.host, "port": proxy.port, "user": proxy.user or None}
