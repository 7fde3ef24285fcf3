"""The command line of ssh(1) taken apart: its options, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from desktop.core import ssh_options
from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood

_URI = re.compile(r"ssh://(?:([^@/]*)@)?(\[[^\]]*\]|[^:/]*)(?::([^/]*))?/?", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"\[([^\]]*)\](?::(.*))?|([^:]*):([^:]*)")


def arguments_of(words: list[str], *, autossh: bool) -> Iterator[tuple[str, str]]:
    """Options as (letter, argument), the destination as ("", word), a remote command as ("command", program).

    As ssh(1) does it: options may follow the destination, and the second plain word starts the remote
    command. Only the command's first word is kept: what follows may be a secret.
    """
    rest = list(words)
    seen_destination = options_ended = False
    while rest:
        word = rest.pop(0)
        if word == "--" and not options_ended:
            options_ended = True
        elif word.startswith("-") and word != "-" and not options_ended:
            yield from _cluster(word, rest, autossh=autossh)
        elif seen_destination:
            yield "command", word
            return
        else:
            seen_destination = True
            yield "", word


def _cluster(word: str, rest: list[str], *, autossh: bool) -> Iterator[tuple[str, str]]:
    """The options of one word such as ``-NfL``; an argument is what follows in it, or the next of `rest`."""
    for index, letter in enumerate(word[1:], start=2):
        if autossh and letter in ssh_options.AUTOSSH_FLAGS:
            continue
        of_autossh = autossh and letter in ssh_options.AUTOSSH_WITH_ARGUMENT
        if of_autossh or letter in ssh_options.WITH_ARGUMENT:
            if index == len(word) and not rest:
                raise CommandNotUnderstood(problem=CommandProblem.MISSING_ARGUMENT, part=f"-{letter}")
            argument = word[index:] or rest.pop(0)
            if not of_autossh:
                yield letter, argument
            return
        if letter not in ssh_options.FLAGS:
            raise CommandNotUnderstood(problem=CommandProblem.UNKNOWN_OPTION, part=f"-{letter}")
        yield letter, ""


def destination_parts(word: str) -> tuple[str, str, str]:
    """User, host and port of a destination; empty where it does not say. Nothing is checked."""
    uri = _URI.fullmatch(word)
    if uri is not None:
        # A URI may carry parameters after ";", and people put passwords after ":": both are dropped.
        return unquote(re.split("[;:]", uri[1] or "")[0]), uri[2].strip("[]"), uri[3] or ""
    user, _, place = word.rpartition("@")
    return (user, *_host_and_port(place))


def is_host(text: str) -> bool:
    """False for what would be an option to ssh, or several words."""
    return bool(text) and not text.startswith("-") and not re.search(r"\s", text)


def _host_and_port(place: str) -> tuple[str, str]:
    """`place` without brackets, and the port of ``host:port``: ssh does not take it, but people write it."""
    match = _HOST_AND_PORT.fullmatch(place)
    if match is None:
        return place, ""
    return (match[1], match[2] or "") if match[1] is not None else (match[3], match[4])
