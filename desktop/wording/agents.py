"""Sentences about SSH agents and the keys they hold."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.agents import AgentHolding, AgentIdentity, AgentTrouble
from desktop.core.errors import Cause
from desktop.wording.quantities import counted
from desktop.wording.sentences import Sentence

_TYPES = {
    "ssh-ed25519": "Ed25519",
    "ssh-rsa": "RSA",
    "ecdsa-sha2-nistp256": "ECDSA 256",
    "ecdsa-sha2-nistp384": "ECDSA 384",
    "ecdsa-sha2-nistp521": "ECDSA 521",
}
_NOT_FOUND = (
    "Start one and add your key to it with ssh-add, or name the agent's socket in the editor. Caponier looked where"
    " SSH_AUTH_SOCK says and where desktops, gpg-agent and 1Password keep theirs."
)
_TITLES: dict[str, str] = {
    AgentTrouble.NOT_FOUND: "No SSH agent was found",
    AgentTrouble.GONE: "There is no SSH agent{at}",
    AgentTrouble.SILENT: "The SSH agent{at} does not answer",
    AgentTrouble.EMPTY: "The SSH agent{at} holds no keys, or is locked",
    AgentTrouble.UNUSABLE: "The SSH agent{at} holds no key that can be used",
}
_ADVICES: dict[str, str] = {
    AgentTrouble.NOT_FOUND: _NOT_FOUND,
    AgentTrouble.GONE: "Start it, or name another one in the editor; where the field is empty, Caponier looks for one.",
    AgentTrouble.SILENT: "It may be waiting for you: look for a window in which it asks something. Then connect again.",
    AgentTrouble.EMPTY: (
        "Unlock it (an OpenSSH agent with ssh-add -X, others in their own window) or add your key with ssh-add. Then"
        " connect again."
    ),
    AgentTrouble.UNUSABLE: (
        "What it holds are security keys (sk-), damaged certificates or outdated types. Add an Ed25519, ECDSA or RSA"
        " key with ssh-add, or choose another way to log in."
    ),
}


def type_name(key_type: str) -> str:
    """As people call it."""
    return _TYPES.get(key_type, key_type)


def identity_line(identity: AgentIdentity) -> str:
    """A key in one line, as people tell theirs apart."""
    kind = type_name(identity.key_type)
    certified = (
        f"{kind} with certificate {', '.join(identity.certificates)}" if identity.certificates else kind
    )
    return " · ".join(part for part in (identity.comment, certified, identity.fingerprint) if part)


def skipped_line(holding: AgentHolding) -> str:
    """Why the agent shows more keys elsewhere; empty where it does not."""
    return skipped_keys_line(holding.skipped)


def skipped_keys_line(skipped: Sequence[AgentIdentity]) -> str:
    """As `skipped_line`, of the keys themselves."""
    if not skipped:
        return ""
    types = ", ".join(sorted({identity.key_type for identity in skipped}))
    return f"{counted(len(skipped), 'key')} of the agent can't be used here: {types}."


def _unavailable_title(cause: Cause) -> str:
    title = _TITLES.get(cause.fact("trouble"), "The SSH agent{at} can't be used")
    return title.replace("{at}", " at {agent}" if cause.fact("agent") else "")


def _unavailable_advice(cause: Cause) -> str:
    return _ADVICES.get(cause.fact("trouble"), _NOT_FOUND)


SENTENCES = {
    "agent_unavailable": Sentence(_unavailable_title, _unavailable_advice),
    "agent_key_missing": Sentence(
        "The SSH agent does not hold the chosen key",
        "Chosen was {fingerprint}. Add that key to the agent with ssh-add, unlock the agent, or choose another key in"
        " the editor.",
    ),
    "agent_refused": Sentence(
        "The SSH agent did not sign with {key}",
        "Perhaps its question was answered with no, or not in time, or the token with the key is not plugged in. It is"
        " not tried again by itself: connect again, and confirm when the agent asks.",
    ),
    "agent_keys_too_many": Sentence(
        "{host} hung up before it was offered the right key of {user}",
        "The SSH agent holds {held} keys, certificates included, and the server takes only a few attempts"
        " (MaxAuthTries). Choose the right key in the editor, so that only that one is offered.",
    ),
}
