"""Text from servers and programs that nobody vouches for, made fit to be shown."""

from __future__ import annotations

_LENGTH = 60


def first_line(received: bytes, most: int = _LENGTH) -> str:
    """The printable start of what somebody said."""
    return shown(received.lstrip(b"\r\n").split(b"\n", 1)[0].decode("ascii", errors="replace"), most)


def shown(text: str, most: int = _LENGTH) -> str:
    return "".join(c if c.isprintable() else "." for c in text.rstrip("\r"))[:most].strip()
