"""The way to a bastion as ssh(1) spells it: jump hosts (-J), and a ProxyCommand in front of the first of them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.forward_spec import parse_port
from desktop.core.model import (
    CONFIGURED_PORT,
    SSH_PORT,
    Auth,
    AuthMethod,
    Hop,
    Proxy,
    ProxyKind,
    Route,
    address_of,
)
from desktop.core.ssh_arguments import destination_parts, is_host
from desktop.core.ssh_options import USUAL_IDENTITIES

NO_WAY = "none"
# ssh(1), -W: the hop's standard input and output lead to the next one.
STDIO_FORWARD = "[%h]:%p"


def parse_jumps(text: str) -> tuple[Hop, ...]:
    """The argument of -J, nearest first. Raises `CommandNotUnderstood`."""
    return tuple(_jump(word) for word in text.split(",")) if text.lower() != NO_WAY else ()


def way_words(route: Route) -> list[str]:
    """The options that lead ssh to the bastion of `route`.

    -J says nothing about how to log in to a jump host, nor can it begin behind a proxy: where that matters, each hop
    is the next one's ProxyCommand instead.
    """
    jumps = route.hops[:-1]
    if jumps and route.proxy is None and all(_logs_in_by_itself(hop.auth) for hop in jumps):
        return ["-J", ",".join(login(hop.user, address_of(hop.endpoint)) for hop in jumps)]
    command = proxy_command(route.proxy) if route.proxy is not None else ""
    for hop in jumps:
        command = shlex.join(["ssh", *_command_option(command), "-W", STDIO_FORWARD, *hop_words(hop)])
    return _command_option(command, nested=False)


def hop_words(hop: Hop) -> list[str]:
    """Port, login and destination of one ssh."""
    usual = CONFIGURED_PORT if hop.is_alias else SSH_PORT
    words = ["-p", str(hop.port)] if hop.port != usual else []
    words += _auth_words(hop.auth)
    destination = login(hop.user, hop.host)
    return [*words, "--", destination] if destination.startswith("-") else [*words, destination]


def proxy_command(proxy: Proxy) -> str:
    """For ssh(1) on a system that has OpenBSD's nc, or connect-proxy where the proxy wants a login.

    nc has no login for SOCKS; connect-proxy asks for the password, which so gets into no argument list.
    """
    socks = proxy.kind is ProxyKind.SOCKS5
    if proxy.kind is ProxyKind.COMMAND:
        return proxy.command
    if proxy.user:
        place = shlex.quote(_without_tokens(f"{proxy.user}@{proxy.endpoint}"))
        return f"connect-proxy {'-S' if socks else '-H'} {place} %h %p"
    place = shlex.quote(_without_tokens(str(proxy.endpoint)))
    return f"nc -X {'5' if socks else 'connect'} -x {place} %h %p"


def login(user: str, host: str) -> str:
    return f"{user}@{host}" if user else host


def _jump(word: str) -> Hop:
    user, host, port = destination_parts(word.strip())
    if not is_host(host):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_HOST, part=word)
    return Hop(host, user, parse_port(port) if port else SSH_PORT)


def _command_option(command: str, *, nested: bool = True) -> list[str]:
    if not command:
        return []
    return ["-o", f"ProxyCommand={_without_tokens(command) if nested else command}"]


def _without_tokens(text: str) -> str:
    """So that the ssh around it hands the percent signs on: TOKENS in ssh_config(5)."""
    return text.replace("%", "%%")


def _logs_in_by_itself(auth: Auth) -> bool:
    """True where ssh finds the same login without being told."""
    usual = [f"~/.ssh/{name}" for name in USUAL_IDENTITIES]
    found = auth.method is AuthMethod.KEY_FILE and auth.identity_file in usual and not auth.certificate_file
    return found or not _auth_words(auth)


def _auth_words(auth: Auth) -> Sequence[str]:
    certificate = ["-o", f"CertificateFile={_quoted(auth.certificate_file)}"] if auth.certificate_file else []
    if auth.method is AuthMethod.KEY_FILE:
        return [*certificate, "-i", auth.identity_file]
    if auth.method is AuthMethod.INTERACTIVE:
        return ["-o", "PreferredAuthentications=keyboard-interactive"]
    if auth.method is not AuthMethod.AGENT:
        return []
    agent = ["-o", f"IdentityAgent={_quoted(auth.agent)}"] if auth.agent else []
    one_key = ["-o", "IdentitiesOnly=yes", "-i", auth.identity_file] if auth.identity_file else []
    return [*certificate, *agent, *one_key]


def _quoted(value: str) -> str:
    """As ssh_config(5) has it for a value with spaces."""
    return f'"{value}"' if re.search(r"\s", value) else value
