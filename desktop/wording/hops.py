"""Sentences about what stands between this computer and the bastion: jump hosts and proxies."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.errors import Cause
from desktop.wording.login import password_advice
from desktop.wording.sentences import Sentence, by_fact

_JUMP_TITLES = {
    "refused": "{jump} could not connect to {host} on port {port}",
    "name": "{jump} does not find the name {host}",
    "timeout": "{jump} got no answer from {host} on port {port}",
}
_JUMP_ADVICE = {
    "refused": "Seen from {jump}, nothing listens there, or a firewall rejects it. Check host and port of {host}.",
    "name": "The name is looked up on the jump host {jump}. Use the name or the address that {host} has there.",
    "timeout": "A firewall between {jump} and {host} may drop the connection, or {host} is switched off.",
}


_PROXY_TITLES = {
    "name": "The name of the proxy {proxy} was not found",
    "refused": "The proxy {proxy} refused the connection",
    "silent": "The proxy {proxy} did not answer",
    "hung-up": "The proxy {proxy} hung up before it answered",
    "no-way": "The proxy {proxy} could not connect to {host}",
}
_PROXY_ADVICE = {
    "name": "Check the spelling of its name. If only your company's network knows it, connect to the VPN first.",
    "refused": "Its host is there, but nothing listens on that port. Check the proxy's port.",
    "silent": "Check host and port of the proxy. It may be switched off, or behind a firewall, or need a VPN.",
    "hung-up": "It may be no proxy of that kind, or allow nobody from this address. Check its host, port and kind.",
    "no-way": "It says: {detail}. Check host and port of {host} as the proxy sees them.",
}


def _proxy_rejected_title(cause: Cause) -> str:
    return "The proxy {proxy} refused {user}" if cause.fact("user") else "The proxy {proxy} wants a login"


def _proxy_rejected_advice(cause: Cause) -> str:
    if cause.fact("user"):
        return "User name or password are wrong, or not allowed from here. Caponier does not try them again by itself."
    return "Give the connection a user name for the proxy, then connect again."


def _command_ended_title(cause: Cause) -> str:
    return (
        "The proxy command ended with status {status}"
        if cause.fact("status")
        else "The proxy command hung up"
    )


def _with_last_words(advice: str) -> Callable[[Cause], str]:
    """Advice behind what the command has written to its standard error, if anything."""
    return lambda cause: f"It said: {{detail}}. {advice}" if cause.fact("detail") else advice


SENTENCES = {
    "jump_refused": Sentence(
        "{jump} does not let you go on to {host}",
        "The login at {jump} worked, but its administrator does not allow connections from there to port {port}"
        " of {host}. The settings that can forbid it are AllowTcpForwarding and PermitOpen in sshd_config, and"
        " permitopen= and restrict before your key in authorized_keys. Once it is allowed, connect again.",
    ),
    "jump_unreachable": Sentence(
        by_fact("trouble", _JUMP_TITLES, "refused"),
        by_fact("trouble", _JUMP_ADVICE, "refused"),
        is_retried=True,
    ),
    "bind_address_missing": Sentence(
        "This computer does not have the address {address} now",
        "Connections to {host} are to come from it (BindAddress). If it is a VPN's, connect that; otherwise"
        " take the setting out.",
        is_retried=True,
    ),
    "proxy_failed": Sentence(
        by_fact("trouble", _PROXY_TITLES, "silent"),
        by_fact("trouble", _PROXY_ADVICE, "silent"),
        is_retried=True,
    ),
    "proxy_refused": Sentence(
        "The proxy {proxy} does not allow the way to {host}",
        "It says: {detail}. Many proxies allow port 443 alone; this is port {port}. Ask whoever runs the proxy to allow"
        " it, or use another way in.",
    ),
    "not_a_proxy": Sentence(
        "{proxy} does not answer as a proxy of that kind",
        "It said: {answer}. Check host and port of the proxy, and whether it is a SOCKS5 or an HTTP proxy.",
    ),
    "proxy_password_needed": Sentence(
        "The password of {user} for the proxy {proxy} is needed", password_advice
    ),
    "proxy_login_rejected": Sentence(_proxy_rejected_title, _proxy_rejected_advice),
    "proxy_command_unusable": Sentence(
        "The proxy command can't be started",
        "Reason: {reason}. The command is: {command}. Correct it, then connect again.",
    ),
    "proxy_command_ended": Sentence(
        _command_ended_title,
        _with_last_words("Try the command in a terminal: {command}."),
        is_retried=True,
    ),
    "proxy_command_garbage": Sentence(
        "What the proxy command leads to is not an SSH server",
        _with_last_words(
            "It printed: {answer}. Try it in a terminal: {command}. It must print nothing of its own."
        ),
    ),
    "proxy_command_silent": Sentence(
        "The proxy command led nowhere within {timeout_s} seconds",
        _with_last_words("Nothing came from the server. Try the command in a terminal: {command}."),
        is_retried=True,
    ),
}
