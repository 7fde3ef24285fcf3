"""What ssh fills in: ``%h`` and the like, ``${VARIABLE}``, and ``~``; ssh_config(5), "TOKENS" and those after it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.account import Account, home_of
from desktop.ssh_config.fault import Fault

_TOKEN = re.compile(r"%(.?)", re.DOTALL)
_VARIABLE = re.compile(r"\$\{([^}]*)(\}?)")
_EITHER = re.compile(r"%(?P<token>.?)|\$\{(?P<name>[^}]*)(?P<close>\}?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of a host when tokens are filled in. `key_alias` is never empty."""

    alias: str
    host_name: str
    port: int
    user: str
    key_alias: str


def tokens_of(subject: Subject, account: Account) -> dict[str, str]:
    """Every token but ``%%``, ``%f`` and those of host keys, by its letter."""
    port = str(subject.port)
    # The hash tells connections apart and protects nothing; its algorithm is ssh's.
    connection = f"{account.host_name}{subject.host_name}{port}{subject.user}"
    digest = hashlib.sha1(os.fsencode(connection), usedforsecurity=False).hexdigest()
    return {
        "C": digest,
        "L": account.host_name.partition(".")[0],
        "d": account.home_dir,
        "h": subject.host_name,
        "i": str(account.uid),
        "k": subject.key_alias,
        "l": account.host_name,
        "n": subject.alias,
        "p": port,
        "r": subject.user,
        "u": account.name,
    }


def fill_tokens(text: str, tokens: Mapping[str, str]) -> str:
    """Raises `Fault` for a token that is not among them."""
    return _TOKEN.sub(lambda match: _token(match[1], tokens), text)


def fill_variables(text: str, environment: Mapping[str, str]) -> str:
    """Raises `Fault` for a variable that is not set, and for a brace that is never closed."""
    return _VARIABLE.sub(lambda match: _variable(match[1], match[2], environment), text)


def fill(text: str, tokens: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Tokens and variables in one go, so that neither is looked for in what the other gave. Raises `Fault`."""

    def value(match: re.Match[str]) -> str:
        if match["token"] is not None:
            return _token(match["token"], tokens)
        return _variable(match["name"], match["close"], environment)

    return _EITHER.sub(value, text)


def fill_home(path: str, account: Account) -> str:
    """``~`` and ``~somebody`` at the start of a path. Raises `Fault` where nobody has that name."""
    if not path.startswith("~"):
        return path
    name, _, rest = path[1:].partition("/")
    home = home_of(name) if name else account.home_dir
    if home is None:
        raise Fault(SshConfigProblem.UNKNOWN_USER, name)
    return f"{home.rstrip('/')}/{rest.lstrip('/')}"


def _token(letter: str, tokens: Mapping[str, str]) -> str:
    if letter == "%":
        return "%"
    if letter not in tokens:
        raise Fault(SshConfigProblem.UNKNOWN_TOKEN, f"%{letter}")
    return tokens[letter]


def _variable(name: str, close: str, environment: Mapping[str, str]) -> str:
    if not close or not name or name not in environment:
        raise Fault(SshConfigProblem.UNSET_VARIABLE, f"${{{name}{close}")
    return environment[name]
