"""Sentences about logging in: passwords, keys and the keyring."""

from __future__ import annotations

from desktop.core.errors import Cause
from desktop.core.model import AuthMethod
from desktop.wording.login_methods import would_take
from desktop.wording.sentences import Sentence

_ONCE = "It was tried once and will not be tried again by itself, so that your account is not locked."
_MAY_ASK = " If this login also wants a code, choose “Ask me: code or push” in the editor."
_IN_MEMORY = "What you enter is kept in memory only, until Caponier quits."
_METHOD_WORDS: dict[str, str] = {
    AuthMethod.PASSWORD: "a password",
    AuthMethod.KEY_FILE: "a key file",
    AuthMethod.PASTED_KEY: "a pasted key",
    AuthMethod.AGENT: "the SSH agent",
    AuthMethod.INTERACTIVE: "to answer the server's questions",
    AuthMethod.SSH_CONFIG: "what your ssh configuration says",
}
_ONE_KEY = (AuthMethod.KEY_FILE, AuthMethod.PASTED_KEY)
_STORE_TROUBLE = {
    "secret_store_locked": f"The keyring is locked, so it can't be read. {_IN_MEMORY}",
    "secret_store_missing": f"No keyring was found on this computer. {_IN_MEMORY}",
}


def _rejected_title(cause: Cause) -> str:
    if cause.fact("method") == AuthMethod.PASSWORD:
        return "{host} refused the password of {user}"
    if cause.fact("method") == AuthMethod.AGENT:
        return "{host} took no key of the SSH agent for {user}"
    if cause.fact("method") == AuthMethod.SSH_CONFIG:
        return "{host} took none of the keys for {user}"
    if cause.fact("method") == AuthMethod.INTERACTIVE:
        return "{host} did not let {user} in"
    return "{host} refused the key of {user}"


def _rejected_advice(cause: Cause) -> str:
    if cause.fact("method") == AuthMethod.PASSWORD:
        again = f"Check the user name and enter the password again. {_ONCE}{would_take(cause)}"
        return f"{again}{_MAY_ASK}" if "keyboard-interactive" in cause.fact("offered") else again
    if cause.fact("method") == AuthMethod.INTERACTIVE:
        who = "Check the user name, and ask the administrator of {host} whether it may log in."
        return f"{who} {_ONCE}{would_take(cause)}"
    key = "this key" if cause.fact("method") in _ONE_KEY else "the right key"
    return (
        f"Check the user name, and ask the administrator of {{host}} whether the public half of {key} is in the"
        f" authorized_keys of {{user}}.{_certificate_question(cause)}{_passed_over(cause)} {_ONCE}{would_take(cause)}"
    )


def _certificate_question(cause: Cause) -> str:
    if not cause.fact("certificate"):
        return ""
    return (
        " The certificate {certificate} was shown as well: ask whether the server trusts its authority"
        " (TrustedUserCAKeys), has not revoked it, takes it from this address, and lets its principals in as {user}."
    )


def _passed_over(cause: Cause) -> str:
    return (
        " Could not be offered, because they can't be read or used: {passed_over}."
        if cause.fact("passed_over")
        else ""
    )


def _method_missing_advice(cause: Cause) -> str:
    wish = _METHOD_WORDS.get(cause.fact("method"), "this way")
    return (
        f"You chose {wish} for {{user}}.{would_take(cause)} Choose another way to log in, or ask the administrator of"
        " {host} to allow this one."
    )


def password_advice(cause: Cause) -> str:
    return _STORE_TROUBLE.get(cause.fact("store"), "Enter it; you may have it remembered in the keyring.")


def _passphrase_advice(cause: Cause) -> str:
    how = _STORE_TROUBLE.get(cause.fact("store"), "You may have it remembered in the keyring.")
    return f"Enter the passphrase that protects the key. {how}"


def _unreadable_title(cause: Cause) -> str:
    return "The key {path} can't be read" if cause.fact("path") else "The pasted key can't be read"


def _unreadable_advice(cause: Cause) -> str:
    if cause.fact("path"):
        return "Reason: {reason}. Choose the private key's file, not the .pub one, and check who may read it."
    return "Reason: {reason}. Paste the whole private key, from its first line to its last."


def _unsupported_advice(cause: Cause) -> str:
    if "PuTTY" in cause.fact("key_type"):
        return "Open {path} in a current PuTTYgen, choose Save private key, and use the key it saves."
    return (
        "Use an Ed25519, ECDSA or RSA key instead of {path}; ssh-keygen -t ed25519 makes a new one. Its public"
        " half must then be added on the server."
    )


SENTENCES = {
    "auth_rejected": Sentence(_rejected_title, _rejected_advice),
    "auth_method_missing": Sentence("{host} does not accept this way to log in", _method_missing_advice),
    "password_needed": Sentence("The password of {user} on {host} is needed", password_advice),
    "key_unreadable": Sentence(_unreadable_title, _unreadable_advice),
    "key_unsupported": Sentence("This key can't be used: {key_type}", _unsupported_advice),
    "passphrase_needed": Sentence("The passphrase of {path} is needed", _passphrase_advice),
    "passphrase_wrong": Sentence(
        "The passphrase does not open {path}",
        "Enter it again. It is checked on this computer only; no server has seen an attempt.",
    ),
    "secret_store_locked": Sentence(
        "The keyring is locked",
        f"Unlock the keyring to use remembered passwords, or enter the password when asked. {_IN_MEMORY}",
    ),
    "secret_store_missing": Sentence(
        "There is no keyring on this computer",
        f"Caponier asks for passwords each time. {_IN_MEMORY} To have them remembered, install and start a"
        " keyring such as GNOME Keyring or KWallet.",
    ),
}
