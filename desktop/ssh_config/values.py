"""The values of single options, from how they may be written to how ``ssh -G`` prints them."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.lines import ascii_lower

# From a word to what is printed; an empty answer leaves the option unset. Raises `Fault`.
Convert = Callable[[str], str]

_LARGEST_INT = 2**31 - 1
_NUMBER = re.compile(r"\s*[+-]?[0-9]+")
_SPAN = re.compile(r"\s*\+?([0-9]+)([sSmMhHdDwW]?)")
_UNIT_S = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def text(word: str) -> str:
    return word


def flag(word: str) -> str:
    return _chosen(word, {"yes": "yes", "true": "yes", "no": "no", "false": "no"})


def choice(*names: str, **others: str) -> Convert:
    """One of `names`, printed as it is; `others` map further words to what is printed for them."""
    table = {name: name for name in names} | others
    return lambda word: _chosen(word, table)


def true_or_false(*further: str, **others: str) -> Convert:
    """A flag that ``ssh -G`` prints as true or false, because there are further choices."""
    return choice(*further, yes="true", true="true", no="false", false="false", **others)


def port(word: str) -> str:
    """A number, or the name of a service."""
    found = port_number(word)
    if found <= 0:
        raise Fault(SshConfigProblem.BAD_VALUE, word)
    return str(found)


def port_number(word: str) -> int:
    """-1 where it is none; 0 is one that a remote forward may ask for."""
    value = _integer(word)
    if value is not None and 0 <= value <= 65535:
        return value
    try:
        return socket.getservbyname(word, "tcp")
    except (OSError, UnicodeError, ValueError):
        return -1


def count(word: str) -> str:
    value = _integer(word)
    if value is None or not 0 <= value <= _LARGEST_INT:
        raise Fault(SshConfigProblem.BAD_VALUE, word)
    return str(value)


def seconds(word: str) -> str:
    """A time such as ``90``, ``1m30s`` or ``none``, which is no time at all; sshd_config(5), "TIME FORMATS"."""
    if word == "none":
        return ""
    total = position = 0
    while position < len(word) or not word:
        span = _SPAN.match(word, position)
        if span is None:
            raise Fault(SshConfigProblem.BAD_VALUE, word)
        # More digits than any limit allows are no number to work with, and int() would refuse thousands of them.
        total += int(span[1][:20]) * _UNIT_S[span[2].lower()]
        position = span.end()
    if total > _LARGEST_INT:
        raise Fault(SshConfigProblem.BAD_VALUE, word)
    return str(total)


def _chosen(word: str, table: Mapping[str, str]) -> str:
    chosen = table.get(ascii_lower(word))
    if chosen is None:
        raise Fault(SshConfigProblem.BAD_VALUE, word)
    return chosen


def _integer(word: str) -> int | None:
    return int(word) if len(word) <= 20 and _NUMBER.fullmatch(word) else None
