"""The patterns of OpenSSH's files, in which ``*`` and ``?`` are all that is special."""

from __future__ import annotations


def matches(text: str, pattern: str) -> bool:
    """Whether one pattern matches the whole text. The time is bound by the product of both lengths."""
    at = position = behind_star = 0
    star = -1
    while position < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, behind_star = at, position
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[position]):
            at += 1
            position += 1
        elif star >= 0:
            behind_star += 1
            at, position = star + 1, behind_star
        else:
            return False
    return not pattern[at:].strip("*")
