"""Connections on their way from one person or computer to another, in a file ``*.caponier``."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.model import AUTOMATIC_PORT, Connection
from desktop.core.validation import Problem

SUFFIX = ".caponier"
# Registered with the desktop, so that such a file opens Caponier.
MEDIA_TYPE = "application/vnd.caponier+json"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One connection of a file, beside those that are saved here.

    `connection` is what would be saved: with an id of its own, so that it can't reach another connection's secrets,
    and with a name and a local port that are free. `given` is how the file has it. `known_as` is the name of a saved
    connection that leads to the same place, or empty. `problem` says why it can't be saved. `lacks_identity_file` says
    that the key it names is not on this computer.
    """

    given: Connection
    connection: Connection
    known_as: str = ""
    problem: Problem | None = None
    lacks_identity_file: bool = False

    @property
    def can_be_saved(self) -> bool:
        return self.problem is None

    @property
    def is_new(self) -> bool:
        """Worth saving without a question."""
        return self.can_be_saved and not self.known_as

    @property
    def lost_its_port(self) -> bool:
        """The port that the file asks for is another connection's here."""
        wanted, got = self.given.forward.local_port, self.connection.forward.local_port
        return got == AUTOMATIC_PORT and wanted != AUTOMATIC_PORT
