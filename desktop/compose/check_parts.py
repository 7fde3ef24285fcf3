"""What a check needs of the program, apart from how a check is made: whoever starts none need not load that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.core.ports import Planner, SecretSource
from desktop.ssh.known_hosts import KnownHosts


@dataclass(frozen=True, slots=True)
class CheckParts:
    """What a check needs of the program. `secrets_of` gives the stored secrets of the connection with that id."""

    secrets_of: Callable[[str], SecretSource]
    known_hosts: KnownHosts
    planner: Planner
