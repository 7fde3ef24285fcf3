"""What an alias of ssh_config stands for, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.core.aliases import AliasServer, AliasView
from desktop.core.model import AuthMethod
from desktop.core.plan import AddressFamily, LoginWay, OfferedKeys, Strictness

_NEW_KEYS = {
    Strictness.YES: "a new key is refused",
    Strictness.ASK: "a new key is shown to you first",
    Strictness.ACCEPT_NEW: "a new key is taken, a changed one refused",
}
_FAMILIES = {AddressFamily.IPV4: "IPv4 only", AddressFamily.IPV6: "IPv6 only"}
_ASKED = {
    AuthMethod.INTERACTIVE: "what the server asks, such as a code",
    AuthMethod.PASSWORD: "a password",
}


IMPORT_HEADING = "Import from ~/.ssh/config"
IMPORT_EXPLANATION = (
    "These forwards stand in your ssh configuration. Each becomes a connection through its alias, which is looked up"
    " anew at each login; the file stays as it is."
)
NO_ALIASES = "Your ssh configuration names no alias: a Host line with a name in full, such as Host prod."


@dataclass(frozen=True, slots=True)
class AliasRow:
    """`origin` is ``file:line``, or empty where no file says it."""

    label: str
    text: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class AliasCard:
    """One server: its address, and what is known of it."""

    title: str
    rows: tuple[AliasRow, ...]


def chain_line(view: AliasView) -> str:
    """The servers in one line, nearest first."""
    return " → ".join(_login(server) for server in view.servers)


def alias_cards(view: AliasView) -> tuple[AliasCard, ...]:
    """One for each server, nearest first."""
    return tuple(
        AliasCard(
            _title(server, number, len(view.servers)), tuple(_rows(server, view, is_nearest=number == 1))
        )
        for number, server in enumerate(view.servers, 1)
    )


def alias_note(view: AliasView) -> str:
    """What the person must know about the answer itself; mostly empty."""
    return " ".join(_notes(view))


def left_out_line(view: AliasView) -> str:
    """Which forwards of the alias can't become connections; empty where all can."""
    if not view.left_out:
        return ""
    return f"Left out: {'; '.join(view.left_out)}. A connection listens on a port, not on a Unix socket."


def narrowed_line(view: AliasView) -> str:
    """Which forwards are for this computer alone, though ssh would have them for others as well."""
    narrowed = [str(each.forward.local_port) for each in view.forwards if each.is_narrowed]
    return f"For this computer only, at 127.0.0.1: local port {', '.join(narrowed)}." if narrowed else ""


def stands_for_line(view: AliasView, *, stays: bool) -> str:
    """Once it was saved. `stays`: it is looked up anew at each login; else the command had a key of its own."""
    stands = f"{view.alias} is an alias of your ssh configuration. Now it stands for {chain_line(view)}"
    if stays:
        return f"{stands}; each login looks it up anew."
    return f"{stands}. That was saved, because the command names a key of its own."


def unforwarding_line(without: int) -> str:
    """Of the aliases that are not listed."""
    if not without:
        return ""
    return f"{without} alias forwards nothing." if without == 1 else f"{without} aliases forward nothing."


def no_forwards_line(without: int) -> str:
    """Where there is nothing to import."""
    return f"Nothing to import: {unforwarding_line(without)}" if without else NO_ALIASES


def _notes(view: AliasView) -> Iterator[str]:
    if not view.is_known:
        yield "No Host line names it: ssh would take it for the name of a server."
    if view.skipped_commands:
        places = ", ".join(_short(place, view) for place in view.skipped_commands)
        yield (
            f"Commands of Match exec run only when you connect; here they count as failed ({places}). What they decide"
            " may differ then."
        )


def _title(server: AliasServer, number: int, count: int) -> str:
    return _login(server) if count == 1 else f"{number}. {_login(server)}"


def _login(server: AliasServer) -> str:
    return f"{server.hop.user}@{server.hop.endpoint}"


def _rows(server: AliasServer, view: AliasView, *, is_nearest: bool) -> Iterator[AliasRow]:
    hop = server.hop

    def origin(*options: str) -> str:
        return next((_short(server.origins[name], view) for name in options if name in server.origins), "")

    if server.name.casefold() != hop.endpoint.host.casefold():
        yield AliasRow("Host", f"{server.name} stands for {hop.endpoint.host}", origin("hostname"))
    if "user" in server.origins:
        yield AliasRow("User", hop.user, origin("user"))
    if "port" in server.origins:
        yield AliasRow("Port", str(hop.endpoint.port), origin("port"))
    if is_nearest and view.proxy is not None:
        yield AliasRow("Reached by", view.proxy.command, _short(view.proxy_origin, view))
    if is_nearest and (hop.bind_address or hop.address_family in _FAMILIES):
        bound = [f"from {hop.bind_address}"] if hop.bind_address else []
        family = [_FAMILIES[hop.address_family]] if hop.address_family in _FAMILIES else []
        yield AliasRow("Network", ", ".join(bound + family), origin("bindaddress", "addressfamily"))
    for number, way in enumerate(hop.ways, 1):
        keys_from = (
            origin("identityfile", "identityagent", "identitiesonly") if isinstance(way, OfferedKeys) else ""
        )
        yield AliasRow("Log in with" if number == 1 else "then", _way_text(way, server, view), keys_from)
    yield AliasRow("Host key", _trust_text(server, view), origin("hostkeyalias", "stricthostkeychecking"))


def _way_text(way: LoginWay, server: AliasServer, view: AliasView) -> str:
    if not isinstance(way, OfferedKeys):
        return _ASKED.get(way.method, way.method)
    return ", ".join(_key_texts(way, server, view)) or "no key: none is there"


def _key_texts(way: OfferedKeys, server: AliasServer, view: AliasView) -> Iterator[str]:
    usual = "identityfile" not in server.origins
    files = [*way.identity_files, *way.certificate_files]
    there = [path for path in files if path not in server.missing]
    agent = f"the agent at {_short(way.agent, view)}" if way.agent else "the SSH agent"
    if way.asks_agent and not way.only_these:
        yield f"the keys of {agent}"
    yield from (_short(path, view) for path in there)
    if usual and not there:
        yield f"no key file (none of the usual ones is in {_short(view.home_dir, view)}/.ssh)"
    if not usual:
        yield from (f"{_short(path, view)} (not there)" for path in files if path in server.missing)
    if way.asks_agent and way.only_these:
        yield f"by {agent} where it has them; no other key"


def _trust_text(server: AliasServer, view: AliasView) -> str:
    trust = server.hop.trust
    files = ""
    if trust.user_files is not None:
        named = ", ".join(_short(path, view) for path in trust.user_files)
        files = f", looked up in {named}" if named else ", looked up in no file of yours"
    return f"that of {trust.name}{files}; {_NEW_KEYS[trust.strictness]}"


def _short(path: str, view: AliasView) -> str:
    home = view.home_dir.rstrip("/")
    is_below = path == home or path.startswith((f"{home}/", f"{home}\\"))
    return f"~{path.removeprefix(home)}" if home and is_below else path
