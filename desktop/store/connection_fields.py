"""A connection as JSON fields, and back; without its id, which each kind of file treats in its own way.

Every value is checked for its type, so that a file edited by hand fails here, with the place of the fault, and not
in the middle of a login. A field this version does not know is passed over on reading and gone after the next
save: whoever adds a field raises `migrations.CURRENT_VERSION`, so it can only be somebody's hand edit.
"""

from __future__ import annotations

from desktop.core.identity import NO_GUARD, Guard, WarehouseIdentity
from desktop.core.model import (
    CONFIGURED_PORT,
    LOOPBACK,
    SSH_PORT,
    AnyHost,
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Proxy,
    ProxyKind,
    Route,
    Target,
    UnixSocket,
)
from desktop.core.tls import AUTOMATIC, Tls, TlsMode
from desktop.core.validation import MAX_PORT
from desktop.store.fields import Damaged, Fields, quoted


def fields_of(connection: Connection) -> dict[str, object]:
    return {
        "name": connection.name,
        "group": connection.group,
        "kind": connection.kind,
        "database": connection.database,
        "warehouse_user": connection.warehouse_user,
        "route": [_from_hop(hop) for hop in connection.route.hops],
        **({"proxy": _from_proxy(connection.route.proxy)} if connection.route.proxy else {}),
        "forward": _from_forward(connection.forward),
        **({"tls": _from_tls(connection.tls)} if connection.tls != AUTOMATIC else {}),
        **({"guard": _from_guard(connection.guard)} if connection.guard != NO_GUARD else {}),
    }


def _from_hop(hop: Hop) -> dict[str, object]:
    auth = {
        "method": hop.auth.method.value,
        "identity_file": hop.auth.identity_file,
        "key_fingerprint": hop.auth.key_fingerprint,
        "agent": hop.auth.agent,
        "certificate_file": hop.auth.certificate_file,
    }
    return {"host": hop.host, "port": hop.port, "user": hop.user, "auth": auth}


def _from_proxy(proxy: Proxy) -> dict[str, object]:
    if proxy.kind is ProxyKind.COMMAND:
        return {"kind": proxy.kind.value, "command": proxy.command}
    return {"kind": proxy.kind.value, "host": proxy.host, "port": proxy.port, "user": proxy.user}


def _from_forward(forward: Forward) -> dict[str, object]:
    return {
        "target": _from_target(forward.target),
        "local_host": forward.local_host,
        "local_port": forward.local_port,
    }


def _from_target(target: Target) -> dict[str, object]:
    match target:
        case Endpoint(host, port):
            return {"host": host, "port": port}
        case UnixSocket(path):
            return {"unix_socket": path}
        case AnyHost():
            return {"any_host": True}


def _from_tls(tls: Tls) -> dict[str, object]:
    return {"mode": tls.mode.value, "ca_file": tls.ca_file, "server_name": tls.server_name}


def _from_guard(guard: Guard) -> dict[str, object]:
    identity = guard.identity
    return {
        "is_on": guard.is_on,
        "certificate": identity.certificate,
        "greeting": identity.greeting,
        "system_identifier": identity.system_identifier,
        "cluster_mark": identity.cluster_mark,
    }


def connection_of(fields: Fields) -> Connection:
    """With a fresh id. Raises `Damaged`."""
    hops = tuple(_to_hop(each) for each in fields.list_of_fields("route"))
    return Connection(
        name=fields.text("name"),
        group=fields.text("group", ""),
        kind=fields.text("kind", "postgresql"),
        database=fields.text("database", ""),
        warehouse_user=fields.text("warehouse_user", ""),
        route=Route(hops, _to_proxy(fields.fields("proxy")) if "proxy" in fields.values else None),
        forward=_to_forward(fields.fields("forward")),
        tls=_to_tls(fields.fields("tls")) if "tls" in fields.values else AUTOMATIC,
        guard=_to_guard(fields.fields("guard")) if "guard" in fields.values else NO_GUARD,
    )


def _to_hop(fields: Fields) -> Hop:
    auth = fields.fields("auth")
    method = auth.text("method")
    if method not in list(AuthMethod):
        raise Damaged(f"{auth.place} has an unknown method {quoted(method)}")
    lowest = CONFIGURED_PORT if method == AuthMethod.SSH_CONFIG else 1
    return Hop(
        host=fields.text("host"),
        port=fields.integer("port", lowest, MAX_PORT, default=SSH_PORT),
        user=fields.text("user"),
        auth=Auth(
            AuthMethod(method),
            auth.text("identity_file", ""),
            auth.text("key_fingerprint", ""),
            auth.text("agent", ""),
            auth.text("certificate_file", ""),
        ),
    )


def _to_proxy(fields: Fields) -> Proxy:
    kind = fields.text("kind")
    if kind not in list(ProxyKind):
        raise Damaged(f"{fields.place} has an unknown kind {quoted(kind)}")
    if kind == ProxyKind.COMMAND:
        return Proxy(ProxyKind.COMMAND, command=fields.text("command"))
    port = fields.integer("port", 1, MAX_PORT)
    return Proxy(ProxyKind(kind), fields.text("host"), port, fields.text("user", ""))


def _to_forward(fields: Fields) -> Forward:
    return Forward(
        target=_to_target(fields.fields("target")),
        local_host=fields.text("local_host", LOOPBACK),
        local_port=fields.integer("local_port", 0, MAX_PORT, default=0),
    )


def _to_target(fields: Fields) -> Target:
    if fields.flag("any_host", default=False):
        return AnyHost()
    if "unix_socket" in fields.values:
        return UnixSocket(fields.text("unix_socket"))
    return Endpoint(fields.text("host"), fields.integer("port", 1, MAX_PORT))


def _to_tls(fields: Fields) -> Tls:
    mode = fields.text("mode", TlsMode.AUTO)
    if mode not in list(TlsMode):
        raise Damaged(f"{fields.place} has an unknown mode {quoted(mode)}")
    return Tls(TlsMode(mode), fields.text("ca_file", ""), fields.text("server_name", ""))


def _to_guard(fields: Fields) -> Guard:
    identity = WarehouseIdentity(
        fields.text("certificate", ""),
        fields.text("greeting", ""),
        fields.text("system_identifier", ""),
        fields.text("cluster_mark", ""),
    )
    return Guard(fields.flag("is_on", default=False), identity)
