"""The commands of ``Match exec`` in one answer: which may run, and which did not."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.ssh_config_errors import SshConfigCommandFailed
from desktop.ssh_config import trust
from desktop.ssh_config.command import CommandFailedError, succeeds
from desktop.ssh_config.settings import Place
from desktop.ssh_config.sources import Files


class ExecCommands:
    """With `may_run` off, none runs and each counts as one that failed; `skipped` tells where they are.

    `check` as in `core.ports.Planner`.
    """

    def __init__(self, files: Files, check: Callable[[], None], *, may_run: bool) -> None:
        self._files = files
        self._check = check
        self._may_run = may_run
        self.skipped: list[Place] = []

    def succeeds(self, command: str, place: Place) -> bool:
        """Blocks until it ended. Raises `SshConfigUntrusted`, `SshConfigUnreadable`, `SshConfigCommandFailed`."""
        if not self._may_run:
            if place not in self.skipped:
                self.skipped.append(place)
            return False
        if not trust.CAN_TELL:
            reason = "Caponier runs no such commands on this system"
            raise SshConfigCommandFailed(path=place.path, line=place.line, reason=reason)
        self._files.refuse_commands_of_others(place.path)
        try:
            return succeeds(command, self._check)
        except CommandFailedError as error:
            raise SshConfigCommandFailed(path=place.path, line=place.line, reason=str(error)) from error
