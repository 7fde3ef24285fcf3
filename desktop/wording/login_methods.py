"""What a server would take, in plain words."""

from __future__ import annotations

from desktop.core.errors import Cause

# RFC 4252 and 4256; Kerberos by RFC 4462.
_WORDS = {
    "publickey": "a key",
    "password": "a password",
    "keyboard-interactive": "an answer to its questions (a password or a code)",
    "hostbased": "a login from a computer it knows",
    "gssapi-with-mic": "a Kerberos ticket",
    "gssapi-keyex": "a Kerberos ticket",
}


def would_take(cause: Cause) -> str:
    """A sentence with a space before it, where the server said what it takes; else nothing."""
    methods = [method.strip() for method in cause.fact("offered").split(",") if method.strip()]
    words = list(dict.fromkeys(_WORDS.get(method, "another method") for method in methods))
    if not words:
        return ""
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return f" The server takes {listed}."
