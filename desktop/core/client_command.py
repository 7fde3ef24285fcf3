"""The native client of a connection's warehouse, as words for a program instead of a line for a shell."""

from __future__ import annotations

import shlex

from desktop.core.copy_text import TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import AnyHost, Connection, Endpoint

# It answers one question and ends, and a terminal with it.
_NO_CLIENTS = ("curl",)


def command_words(connection: Connection, at: Endpoint) -> tuple[str, ...]:
    """The program and its arguments, for clients of `at`. Empty where the kind has none. Never holds a password.

    The line to copy quotes its words for a POSIX shell, so taking the quotes off again gives exactly those words.
    """
    if isinstance(connection.forward.target, AnyHost):
        # Its line is not whole: which host to connect to is for the person to add.
        return ()
    line = next((each.text for each in copy_texts(connection, at) if each.key is TextKey.COMMAND), "")
    words = tuple(shlex.split(line))
    return () if words and words[0] in _NO_CLIENTS else words
