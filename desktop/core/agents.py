"""SSH agents as a person sees them: the keys they hold, and what can be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.errors import Cause


class AgentTrouble(StrEnum):
    """Why an agent is of no use now; the fact `trouble` of `agent_unavailable`."""

    NOT_FOUND = "not-found"
    GONE = "gone"
    SILENT = "silent"
    EMPTY = "empty"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class AgentIdentity:
    """The public side of a key. `comment` is whatever its owner called it, often a path or a mail address.

    `certificates` are those that the agent holds for it, as their authorities named them (the key ID).
    """

    key_type: str
    fingerprint: str
    comment: str = ""
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentHolding:
    """What was found. `skipped` are keys that no login here can use; `cause` is set where nothing was found."""

    identities: tuple[AgentIdentity, ...] = ()
    skipped: tuple[AgentIdentity, ...] = ()
    cause: Cause | None = None
