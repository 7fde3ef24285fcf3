"""What a server would take, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.core.errors import Cause

# RFC 4252 and 4256; Kerberos by RFC 4462.
_WORDS = {
    "publickey": "a key",
    "password": "a password",
    "keyboard-interactive": "answers to its questions (a password or a code)",
    "hostbased": "a login from a computer it knows (Caponier offers none)",
    "gssapi-with-mic": "a Kerberos ticket (Caponier offers none)",
    "gssapi-keyex": "a Kerberos ticket (Caponier offers none)",
}


def would_take(cause: Cause) -> str:
    """A sentence with a space before it, where the server said what it takes; else nothing."""
    methods = [method.strip() for method in cause.fact("offered").split(",") if method.strip()]
    return f" The server takes {either(methods)}." if methods else ""


def either(methods: Iterable[str]) -> str:
    """At least one method, by the names that servers use for them; what else they may say is not repeated."""
    *first, last = dict.fromkeys(_WORDS.get(method, "another method") for method in methods)
    return f"{', '.join(first)} or {last}" if first else last
