"""What a person reads about a `Cause`, in window and terminal: a title and an advice for every code."""

from __future__ import annotations

import shlex

from desktop.core.errors import Cause
from desktop.core.model import AuthMethod, SecretKind
from desktop.wording import (
    agents,
    challenges,
    hops,
    host_keys,
    key_offers,
    local,
    login,
    route,
    ssh_config,
    terminal,
    warehouse,
)
from desktop.wording.problems import problem_text
from desktop.wording.sentences import Sentence, filled

__all__ = ["advice", "advice_once", "command_line_advice", "problem_text", "title"]

_SENTENCES = (
    route.SENTENCES
    | hops.SENTENCES
    | host_keys.SENTENCES
    | login.SENTENCES
    | key_offers.SENTENCES
    | challenges.SENTENCES
    | agents.SENTENCES
    | local.SENTENCES
    | ssh_config.SENTENCES
    | warehouse.SENTENCES
    | terminal.SENTENCES
)
_UNKNOWN = Sentence("Something went wrong", "The log folder holds the details.")
_SECRETS = {
    "password_needed": SecretKind.SSH_PASSWORD,
    "proxy_password_needed": SecretKind.PROXY_PASSWORD,
    "passphrase_needed": SecretKind.KEY_PASSPHRASE,
    "passphrase_wrong": SecretKind.KEY_PASSPHRASE,
    "warehouse_password_needed": SecretKind.WAREHOUSE_PASSWORD,
    "warehouse_auth_rejected": SecretKind.WAREHOUSE_PASSWORD,
}


def title(cause: Cause) -> str:
    """What happened and to what, in one line without a full stop."""
    return filled(_SENTENCES.get(cause.code, _UNKNOWN).title, cause)


def advice(cause: Cause) -> str:
    """What to do about it, in a few sentences, for a connection that is on."""
    again = " Caponier keeps trying." if _SENTENCES.get(cause.code, _UNKNOWN).is_retried else ""
    return advice_once(cause) + again


def advice_once(cause: Cause) -> str:
    """What to do about it, where nothing is tried again by itself."""
    return filled(_SENTENCES.get(cause.code, _UNKNOWN).advice, cause)


def command_line_advice(cause: Cause, name: str, *, is_once: bool = False) -> str:
    """`advice`, with the command that answers the cause where there is one. `name` is the connection's."""
    answer, words = _answering_command(cause, shlex.quote(name)), (advice_once if is_once else advice)(cause)
    return f"{words}\n{answer}" if answer else words


def _answering_command(cause: Cause, name: str) -> str:
    if cause.code == "host_key_unknown" and cause.fact("fingerprint"):
        return f"To accept it: caponier up {name} --accept-host-key {cause.fact('fingerprint')}"
    if cause.code == "host_key_changed" and cause.fact("key"):
        return f"To replace the old key: caponier up {name} --replace-host-key {cause.fact('fingerprint')}"
    if cause.code == "warehouse_changed":
        return f"If that is right: caponier guard {name} --accept"
    if cause.fact("store"):
        asks = f"To be asked for it, run this in a terminal: caponier up {name}"
        # Nobody is asked for a warehouse's.
        return "" if cause.code == "warehouse_password_needed" else asks
    kind = _secret_kind(cause)
    whose = f" --jump-host {shlex.quote(cause.fact('login'))}" if cause.fact("login") else ""
    return f"To store it in the keyring: caponier secret set {name} {kind}{whose}" if kind else ""


def _secret_kind(cause: Cause) -> SecretKind | None:
    if cause.code == "auth_rejected" and cause.fact("method") == AuthMethod.PASSWORD:
        return SecretKind.SSH_PASSWORD
    if cause.code == "key_unreadable" and not cause.fact("path"):
        return SecretKind.PRIVATE_KEY
    if cause.code == "proxy_login_rejected" and cause.fact("user"):
        return SecretKind.PROXY_PASSWORD
    return _SECRETS.get(cause.code)
