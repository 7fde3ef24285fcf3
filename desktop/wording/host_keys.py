"""Sentences about whom we reached: host keys, and the certificates for them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from desktop.core.errors import Cause
from desktop.core.host_key_errors import CertificateProblem
from desktop.core.host_keys import HostKeyEntry, HostKeyKind, PasteProblem
from desktop.wording.sentences import Sentence

_NOTHING_SENT = "Nothing was sent, no password either."
_SHOWN_NAMES = 5
_PROBLEMS: dict[str, str] = {
    CertificateProblem.DAMAGED: "it can't be read",
    CertificateProblem.SIGNATURE: "its signature is wrong",
    CertificateProblem.FOR_A_USER: "it was made for a user, not for a host",
    CertificateProblem.UNKNOWN_OPTION: "it has a critical option that Caponier does not know",
}


_PASTE_PROBLEMS: dict[str, str] = {
    PasteProblem.EMPTY: "Paste a line of a known_hosts file, what ssh-keyscan prints, or a public key (ssh-ed25519"
    " AAAA…).",
    PasteProblem.PRIVATE_KEY: "This is a private key, which never leaves its server. Paste the public half instead,"
    " the file that ends in .pub.",
    PasteProblem.NOT_A_KEY: "Line {line} is not a host key. It must look like: bastion.example.com ssh-ed25519 AAAA…",
    PasteProblem.NO_HOST: "Line {line} is a key without a host. Write the host in front of it, or name it separately.",
    PasteProblem.BAD_HOST: "{part} is not the name of a host. It must look like bastion.example.com, or with a port"
    " [bastion.example.com]:2222.",
}


def first_seen_text(first_seen: str) -> str:
    """Of the fact `first_seen`, or of an entry: ``2026-01-31, 12:00 UTC``; empty where it is unknown."""
    with suppress(ValueError):
        return f"{datetime.fromisoformat(first_seen):%Y-%m-%d, %H:%M} UTC"
    return ""


def host_text(entry: HostKeyEntry) -> str:
    """Whom an entry is about, as far as anybody can tell."""
    if entry.is_hidden:
        return "Hidden name"
    # Others write these files, too: nothing in them must move the cursor, and nobody reads a hundred names.
    names = "".join(c if c.isprintable() else "?" for c in entry.hosts).split(",")
    more = len(names) - _SHOWN_NAMES
    return ", ".join(names[:_SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def kind_text(entry: HostKeyEntry) -> str:
    """What is said about its key, where that is more than that it is the host's; else empty."""
    return {HostKeyKind.AUTHORITY: "Authority", HostKeyKind.REVOKED: "Revoked"}.get(entry.kind, "")


def key_elsewhere_line(place: str) -> str:
    """`place` is ``file:line``."""
    return (
        f"The key in question was at {place}. It is not listed here: only some hosts use that file, or the line is"
        " gone."
    )


def forgetting_means(entry: HostKeyEntry) -> str:
    """What follows from forgetting an entry."""
    whom = "this host" if entry.is_hidden else host_text(entry)
    return {
        HostKeyKind.KEY: f"Caponier asks again when it meets {whom} the next time, unless another entry knows it.",
        HostKeyKind.AUTHORITY: f"What this authority signed is not trusted any more. It concerns: {whom}.",
        HostKeyKind.REVOKED: f"This key is not refused any more where another entry trusts it. It concerns: {whom}.",
    }[entry.kind]


def _paste_advice(cause: Cause) -> str:
    return _PASTE_PROBLEMS.get(cause.fact("problem"), _PASTE_PROBLEMS[PasteProblem.EMPTY])


def _changed_advice(cause: Cause) -> str:
    since = first_seen_text(cause.fact("first_seen"))
    seen = f", first seen on {since}" if since else ""
    then = (
        "replace the old key by it."
        if cause.fact("key")
        else "remove the old entry (ssh-keygen -R '{known_name}') and add the new key: StrictHostKeyChecking is yes"
        " for this host, so Caponier does not ask."
    )
    return (
        f"Expected {{known_fingerprint}} (from {{known_in}}{seen}), but port {{port}} shows the {{key_type}} key"
        " {fingerprint}. Either the server was rebuilt, or somebody is intercepting the connection. Never"
        " accept this blindly: ask the administrator of {host} which key is right. Only if the new one is"
        f" confirmed, {then} {_NOTHING_SENT}"
    )


def _expired_title(cause: Cause) -> str:
    begins = cause.fact("begins") == "True"
    return (
        "The host certificate of {host} is not valid yet"
        if begins
        else "The host certificate of {host} has expired"
    )


def _expired_advice(cause: Cause) -> str:
    when = "begins" if cause.fact("begins") == "True" else "ended"
    return (
        f"Its time {when} at {{date}}. If the clock of this computer is right, ask the administrator of {{host}}"
        " to have the host key signed anew by the authority {authority}. " + _NOTHING_SENT
    )


def _wrong_name_advice(cause: Cause) -> str:
    whom = "is for {names}" if cause.fact("names") else "names no host at all"
    return (
        f"The certificate {whom}, not for {{name}}. Use a name that it has as the host, or ask the"
        " administrator of {host} for one that has this name (ssh-keygen -h -n {name}). " + _NOTHING_SENT
    )


def _invalid_advice(cause: Cause) -> str:
    problem = _PROBLEMS.get(cause.fact("problem"), "it can't be used")
    return (
        f"The server's certificate is worth nothing: {problem}. Ask the administrator of {{host}} to make a new"
        f" one with ssh-keygen -h. {_NOTHING_SENT}"
    )


SENTENCES = {
    "host_key_text_invalid": Sentence("This is not a host key", _paste_advice),
    "host_key_unknown": Sentence(
        "{host} (port {port}) is not known yet",
        "It shows the {key_type} host key {fingerprint}. Compare it with the fingerprint that the"
        " administrator of {host} gives you, and accept it only if they are the same. Nothing was sent yet,"
        " no password either.",
    ),
    "host_key_changed": Sentence("The host key of {host} has changed", _changed_advice),
    "host_key_revoked": Sentence(
        "The host key of {host} is revoked",
        "The {key_type} key {fingerprint} is marked @revoked in {known_in}: it must not be trusted any"
        " more. Ask the administrator of {host} for a server with a new key. " + _NOTHING_SENT,
    ),
    "host_key_strict": Sentence(
        "{host} is not known, and asking is not allowed",
        "StrictHostKeyChecking is yes for this host in your ssh configuration, so its {key_type} key {fingerprint}"
        " must be known beforehand. Have it confirmed by the administrator of {host}, then add it under Host keys or"
        " with caponier host-keys add. Looked in: {files}. " + _NOTHING_SENT,
    ),
    "host_certificate_unknown_authority": Sentence(
        "The certificate of {host} is from an unknown authority",
        "It was signed by {authority}, which is not the authority that is trusted for this host ({known_in})."
        " Ask the administrator of {host} which is right. Only if this one is confirmed, add its key under Host keys,"
        " in a line that begins with @cert-authority. " + _NOTHING_SENT,
    ),
    "host_certificate_expired": Sentence(_expired_title, _expired_advice),
    "host_certificate_wrong_name": Sentence(
        "The certificate of {host} is for another name", _wrong_name_advice
    ),
    "host_certificate_invalid": Sentence("The certificate of {host} is not valid", _invalid_advice),
}
