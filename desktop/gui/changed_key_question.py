"""What to ask about a host key that changed. No widgets here."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from desktop.core.errors import Cause
from desktop.wording.host_keys import first_seen_text

# Enough that a wrong key would have to be made for it (48 bits), and few enough to be read out over a telephone.
ENOUGH_CHARACTERS = 8
_HASH = "SHA256:"


@dataclass(frozen=True, slots=True)
class ShownKey:
    """`origin` says in small print where it comes from."""

    caption: str
    fingerprint: str
    origin: str


@dataclass(frozen=True, slots=True)
class ChangedKeyQuestion:
    """`key` is the answer where the person confirms; `afterwards` what stays to be done then, or empty."""

    heading: str
    explanation: str
    known: ShownKey
    shown: ShownKey
    instruction: str
    afterwards: str
    key: str


def changed_key_question(cause: Cause, names: str) -> ChangedKeyQuestion:
    """`names` are the connections that ask."""
    host, port = cause.fact("host"), cause.fact("port")
    server = host if port == "22" else f"{host}, port {port}"
    since = first_seen_text(cause.fact("first_seen"))
    place = cause.fact("known_in")
    return ChangedKeyQuestion(
        heading=f"The host key of {host} has changed",
        explanation=f"{names} can't be sure to reach the right server: either it was rebuilt, or somebody is"
        " intercepting the connection. Nothing was sent, no password either.",
        known=ShownKey(
            f"Known until now · {cause.fact('known_type')}",
            cause.fact("known_fingerprint"),
            f"First seen {since} · {place}" if since else f"From {place}",
        ),
        shown=ShownKey(f"Shown now · {cause.fact('key_type')}", cause.fact("fingerprint"), server),
        instruction="Ask the administrator, by telephone for instance, for the fingerprint of the new key. Enter it as"
        f" you were told, or its last {ENOUGH_CHARACTERS} characters:",
        afterwards="" if since else _in_a_terminal(cause.fact("known_name")),
        key=cause.fact("key"),
    )


def confirms(entered: str, fingerprint: str) -> bool:
    """True where a person entered this fingerprint, with or without its beginning."""
    bare, whole = _bare(entered), _bare(fingerprint)
    return len(bare) >= min(ENOUGH_CHARACTERS, len(whole)) > 0 and whole.endswith(bare)


def contradicts(entered: str, fingerprint: str) -> bool:
    """True where what was entered is long enough to be a fingerprint, and no part of this one."""
    bare = _bare(entered)
    return len(bare) >= ENOUGH_CHARACTERS and bare not in _bare(fingerprint)


def _bare(fingerprint: str) -> str:
    """A fingerprint copied out of a sentence may have taken spaces and a full stop along."""
    return "".join(fingerprint.split()).removeprefix(_HASH).rstrip(".=")


def _in_a_terminal(known_name: str) -> str:
    return f"Your file stays as it is. For ssh in a terminal, run: ssh-keygen -R {shlex.quote(known_name)}"
