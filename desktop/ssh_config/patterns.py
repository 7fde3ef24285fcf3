"""Patterns of ssh_config(5), "PATTERNS": ``*`` and ``?``, and comma-separated lists with ``!``."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.wildcards import matches
from desktop.ssh_config.lines import ascii_lower

# OpenSSH copies each pattern of a list into a buffer; a list with a longer one matches nothing.
_LONGEST_IN_LIST = 1022


def host_block_matches(host: str, patterns: Sequence[str]) -> bool:
    """Whether a ``Host`` line is about `host`: one pattern matches, and none with ``!``. Case counts."""
    negated = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    return any(matches(host, each) for each in wanted) and not any(matches(host, each) for each in negated)


def list_matches(text: str, patterns: str) -> bool:
    """Whether a comma-separated list matches; one that matches behind a ``!`` overrules all others."""
    found = False
    for pattern in patterns.split(","):
        bare = pattern.removeprefix("!")
        if len(bare) > _LONGEST_IN_LIST:
            return False
        if matches(text, bare):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def host_list_matches(host: str, patterns: str) -> bool:
    """As `list_matches`, whatever the case."""
    return list_matches(ascii_lower(host), ascii_lower(patterns))
