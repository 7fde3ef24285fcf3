"""Connections on their way from one person or computer to another, in a file ``*.caponier``."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.model import AUTOMATIC_PORT, Connection, ProxyKind
from desktop.core.validation import Problem

SUFFIX = ".caponier"
# Registered with the desktop, so that such a file opens Caponier.
MEDIA_TYPE = "application/vnd.caponier+json"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One connection of a file, beside those that are saved here.

    `connection` is what would be saved: with an id of its own, so that it can't reach another connection's secrets,
    and with a name and a local port that are free. `given` is how the file has it. `known_as` is the name of a saved
    connection that leads to the same place, or empty. `problem` says why it can't be saved. `missing_files` are the
    keys, certificates and authorities it names that are not on this computer.
    """

    given: Connection
    connection: Connection
    known_as: str = ""
    problem: Problem | None = None
    missing_files: tuple[str, ...] = ()

    @property
    def can_be_saved(self) -> bool:
        return self.problem is None

    @property
    def is_new(self) -> bool:
        return self.can_be_saved and not self.known_as

    @property
    def command(self) -> str:
        """The program it would run on this computer each time it connects, or nothing.

        Whoever wrote the file chose it: it is never saved without a yes of the person who has read it.
        """
        proxy = self.connection.route.proxy
        return proxy.command if proxy is not None and proxy.kind is ProxyKind.COMMAND else ""

    @property
    def is_harmless(self) -> bool:
        """Worth saving without a question."""
        return self.is_new and not self.command

    @property
    def lost_its_port(self) -> bool:
        """The port that the file asks for is another connection's here."""
        wanted, got = self.given.forward.local_port, self.connection.forward.local_port
        return got == AUTOMATIC_PORT and wanted != AUTOMATIC_PORT
