"""Sentences about what a server is shown in the public key method: certificates, and keys of several files."""

from __future__ import annotations

from datetime import datetime

from desktop.core.errors import Cause
from desktop.wording.sentences import Sentence

_RENEW = "Get a new one from its authority, as your company has it done, and connect again."


def moment_text(seconds: str) -> str:
    """Seconds of Unix time as local date and time; generic words where no calendar has it."""
    try:
        return datetime.fromtimestamp(int(seconds)).astimezone().strftime("%Y-%m-%d %H:%M %Z").strip()
    except (ValueError, OverflowError, OSError):
        return "a time that no calendar has"


def _expired_title(cause: Cause) -> str:
    return f"The certificate {{certificate}} expired on {moment_text(cause.fact('valid_before'))}"


def _not_yet_valid_title(cause: Cause) -> str:
    return f"The certificate {{certificate}} is valid only from {moment_text(cause.fact('valid_after'))} on"


def _for_others_advice(cause: Cause) -> str:
    names = "It names: {principals}." if cause.fact("principals") else "It names nobody."
    return (
        f"{names} Log in under a name that the certificate has (its principals), or have one made for {{user}}. A"
        " server may also map such names to users; then ask its administrator whether {user} is among them."
    )


def _missing_advice(cause: Cause) -> str:
    looked = "Looked for: {looked_at}. " if cause.fact("looked_at") else ""
    agent = " No SSH agent has one either." if cause.fact("agent") else ""
    return (
        f"{looked}None of them is there.{agent} Add a key to the SSH agent with ssh-add, name the right IdentityFile in"
        " your ssh configuration, or choose another way to log in."
    )


SENTENCES = {
    "certificate_unreadable": Sentence(
        "The certificate {certificate} can't be used",
        "Reason: {reason}. A user's certificate is the file that ends in -cert.pub; ssh-keygen -L -f shows what is in"
        " it. Choose the right file, or remove this one.",
    ),
    "certificate_mismatch": Sentence(
        "The certificate {certificate} belongs to another key",
        "It was made for the key {fingerprint}. Choose that key with it, add that key to the SSH agent, or have a"
        " certificate made for the key that you use.",
    ),
    "certificate_expired": Sentence(
        _expired_title,
        f"The server refused it. {_RENEW} If that date is still to come, set this computer's clock.",
    ),
    "certificate_not_yet_valid": Sentence(
        _not_yet_valid_title,
        "The server refused it. Wait until then, or have it made anew. If that time has passed, set this computer's"
        " clock.",
    ),
    "certificate_for_others": Sentence(
        "The certificate {certificate} is not made out to {user}", _for_others_advice
    ),
    "keys_missing": Sentence("There is no key to log in with", _missing_advice),
    "keys_too_many": Sentence(
        "{host} hung up before it was offered the right key of {user}",
        "There are {held} keys and certificates to offer, and the server takes only a few attempts (MaxAuthTries). Name"
        " the right one as IdentityFile, with IdentitiesOnly yes, or choose the one key in the editor.",
    ),
}
