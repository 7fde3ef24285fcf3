"""Sentences around what a person copies, and opens, of a connection."""

from __future__ import annotations

from desktop.core.errors import Cause

HINT = "Connect to get the addresses that other programs need."
ON_CLIPBOARD = "{label}, with the password, is on the clipboard. It is removed from there in a minute."
_KEYRING_TROUBLE = {
    "secret_store_locked": "The keyring is locked, so this is used once and not kept.",
    "secret_store_missing": "This computer has no keyring, so this is used once and not kept.",
}


def password_heading(name: str) -> str:
    return f"Password of the warehouse {name}"


def password_explanation(label: str, user: str, cause: Cause | None) -> str:
    """Why it is asked for; `cause` is why the keyring could not be asked, None where it has no password."""
    why = "" if cause is not None else "None is stored yet. "
    whose = f" of {user}" if user else ""
    return f"{why}The password{whose} goes into the copied text ({label}), and is shown nowhere."


def keyring_trouble(cause: Cause | None) -> str:
    """Why a password that is typed now can't be kept, or nothing."""
    return "" if cause is None else _KEYRING_TROUBLE.get(cause.code, _KEYRING_TROUBLE["secret_store_missing"])
