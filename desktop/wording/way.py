"""The hosts between this computer and a warehouse, in a line."""

from __future__ import annotations

from desktop.core.model import Hop, Proxy, ProxyKind, Route
from desktop.wording.hop_names import alias_remark, login_text

PROXY_NAMES = {
    ProxyKind.SOCKS5: "SOCKS5 proxy",
    ProxyKind.HTTP: "HTTP proxy",
    ProxyKind.COMMAND: "Proxy command",
}


def through(route: Route) -> str:
    """Everything on the way, nearest first: what follows the word "through"."""
    stops = [_hop_name(hop) for hop in route.hops]
    if route.proxy is not None:
        stops.insert(0, proxy_name(route.proxy))
    *first, last = stops
    return f"{', '.join(first)} and {last}" if first else last


def proxy_name(proxy: Proxy) -> str:
    """Without the command's words, which may be long."""
    if proxy.kind is ProxyKind.COMMAND:
        return "a command"
    return f"the {PROXY_NAMES[proxy.kind]} {proxy.endpoint}"


def _hop_name(hop: Hop) -> str:
    return f"{login_text(hop)}{alias_remark(hop)}"
