"""What can be wrong with a line of an ssh_config: the values of the fact `problem` of `SshConfigInvalid`."""

from __future__ import annotations

from enum import StrEnum


class SshConfigProblem(StrEnum):
    BAD_FORWARD = "bad-forward"
    BAD_INCLUDE = "bad-include"
    BAD_JUMP = "bad-jump"
    BAD_MATCH = "bad-match"
    BAD_VALUE = "bad-value"
    EXTRA_WORDS = "extra-words"
    JUMP_LOOP = "jump-loop"
    MISSING_VALUE = "missing-value"
    TOO_MANY = "too-many"
    UNBALANCED_QUOTES = "unbalanced-quotes"
    UNKNOWN_OPTION = "unknown-option"
    UNKNOWN_TOKEN = "unknown-token"  # noqa: S105 - a token of ssh_config(5), no secret
    UNKNOWN_USER = "unknown-user"
    UNSET_VARIABLE = "unset-variable"
