"""What the window can find out beyond what is typed into it. Nothing here blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.core.aliases import Aliases
from desktop.core.foreign import ForeignFiles
from desktop.core.login_preview import Logins
from desktop.core.ports import AgentLooker


def _names_no_key(_key: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Lookups:
    """`fingerprint_of` names a private key by its public half (``SHA256:...``); nothing where that can't be read.

    Without `agents`, only the key that is saved is shown; without `aliases`, none of ssh_config is known; without
    `logins`, nothing is said about what a login will try; without `foreign`, nothing of other programs is found.
    """

    fingerprint_of: Callable[[str], str] = _names_no_key
    agents: AgentLooker | None = None
    aliases: Aliases | None = None
    logins: Logins | None = None
    foreign: ForeignFiles | None = None


NO_LOOKUPS = Lookups()
