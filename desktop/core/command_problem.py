"""What can be wrong with a pasted ssh command: the values of the fact `problem` of `CommandNotUnderstood`."""

from __future__ import annotations

from enum import StrEnum


class CommandProblem(StrEnum):
    EMPTY = "empty"
    NOT_SSH = "not-ssh"
    UNBALANCED_QUOTES = "unbalanced-quotes"
    UNKNOWN_OPTION = "unknown-option"
    MISSING_ARGUMENT = "missing-argument"
    NO_HOST = "no-host"
    BAD_HOST = "bad-host"
    NO_FORWARD = "no-forward"
    BAD_PLACE = "bad-place"
    BAD_FORWARD = "bad-forward"
    UNIX_SOCKET = "unix-socket"
    BAD_PORT = "bad-port"
    BAD_PROXY = "bad-proxy"
    UNSAFE_URL = "unsafe-url"
