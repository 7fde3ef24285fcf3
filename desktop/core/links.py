"""Links that ask for a connection: ``caponier://connect/NAME``, the name percent-encoded (RFC 3986 section 2.1)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

SCHEME = "caponier"
_CONNECT = "connect"
_LONGEST_LINK = 2000


def connection_named_by(link: str) -> str | None:
    """The name in a link, None where it is not one of ours. Anybody may have made it: ask the person before obeying."""
    if len(link) > _LONGEST_LINK or not link.isprintable():
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme != SCHEME or parts.netloc.lower() != _CONNECT or parts.query or parts.fragment:
        return None
    return _name_in(parts.path)


def _name_in(path: str) -> str | None:
    encoded = path.removeprefix("/").removesuffix("/")
    if "/" in encoded:
        return None
    try:
        name = unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        return None
    return name if name.strip() and name.isprintable() else None
