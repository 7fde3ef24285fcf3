"""The form of a sentence about a cause, and how facts get into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desktop.core.errors import Cause

# What stands in a sentence where a fact is missing or empty.
_GENERIC = {
    "host": "the bastion",
    "port": "(unknown)",
    "user": "the user",
    "bastion": "the bastion",
    "jump": "the jump host",
    "proxy": "the proxy",
    "command": "(empty)",
    "status": "an error",
    "address": "it should use",
    "target": "the warehouse",
    "path": "the key",
    "name": "(no name)",
    "stage": "connect",
    "timeout_s": "some",
    "answer": "(nothing readable)",
    "key_type": "unknown",
    "fingerprint": "(unknown)",
    "known_fingerprint": "(unknown)",
    "known_in": "the known hosts",
    "known_name": "the bastion",
    "files": "no file",
    "authority": "an unknown authority",
    "date": "an unknown time",
    "names": "nobody",
    "offered": "(nothing)",
    "reason": "no reason given",
    "detail": "no detail given",
    "kept_as": "(not kept)",
    "holder": "another program",
    "part": "(empty)",
    "process": "unknown",
    "line": "(unknown)",
    "depth": "many",
    "limit": "can be read",
    "changeable": "it",
    "agent": "an unknown place",
    "key": "that key",
    "held": "several",
    "certificate": "for the key",
    "principals": "(nobody)",
    "looked_at": "(nothing)",
    "jump_host": "of that name",
    "chain": "(unknown)",
    "alias": "the host",
    "after_s": "some",
    "kind": "warehouse of this kind",
    "known": "another one",
    "found": "a new one",
    "issuer": "an unknown authority",
    "database": "of that name",
    "terminal": "The terminal",
    "looked_for": "the usual ones",
}

Template = str | Callable[[Cause], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`title` names what happened, in one line; `advice` says what to do. Names in braces are facts.

    A callable picks the template where facts change the sentence. `is_retried` says that a connection goes on trying
    by itself, which a person is told behind the advice.
    """

    title: Template
    advice: Template
    is_retried: bool = False


def by_fact(name: str, texts: Mapping[str, str], usual: str) -> Callable[[Cause], str]:
    """The text for what the fact `name` says, or the `usual` one's where there is none for that."""
    return lambda cause: texts.get(cause.fact(name), texts[usual])


def picked(template: Template, cause: Cause) -> str:
    """The text with its names in braces."""
    return template if isinstance(template, str) else template(cause)


def literal(text: str) -> str:
    """`text` as it must stand in a template to come out as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def filled(template: Template, cause: Cause) -> str:
    """The template with the cause's facts, or generic words for those that are missing."""
    text = picked(template, cause)
    # Reasons come from the system and from libraries, some with a full stop of their own.
    facts = {name: value.rstrip(".") for name, value in cause.facts if value}
    return text.format_map(_GENERIC | facts)
