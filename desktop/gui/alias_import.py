"""Import from ~/.ssh/config, for menus and buttons alike."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.core.aliases import Aliases, AliasLook, ForwardingAliases
from desktop.engine.alias_arrivals import AliasArrival, alias_arrivals
from desktop.engine.library import Library
from desktop.gui.arrivals_desk import ArrivalsDesk
from desktop.gui.checklist import Choice
from desktop.gui.one_dialog import OneDialog
from desktop.wording.aliases import IMPORT_EXPLANATION, IMPORT_HEADING, no_forwards_line, unforwarding_line
from desktop.wording.exchange import alias_arrival_notes, forward_line
from desktop.wording.messages import advice, title


class AliasImport(ArrivalsDesk):
    """Never blocks: the files are read on a thread of the look's own."""

    _found = Signal(object)

    def __init__(
        self, library: Library, aliases: Aliases | None, dialogs: OneDialog, window: QWidget
    ) -> None:
        super().__init__(library, dialogs, window)
        self._aliases = aliases
        self._look: AliasLook | None = None
        self._found.connect(self._on_found)

    def choose(self) -> None:
        """Look for aliases with a forward, then ask which to save."""
        self.stop()
        if self._aliases is not None:
            self.told.emit("Reading your ssh configuration…")
            self._look = self._aliases.forwarding(self._found.emit)

    def stop(self) -> None:
        """Whoever looks no more at the window needs no answer. Idempotent."""
        look, self._look = self._look, None
        if look is not None:
            look.stop()

    def _on_found(self, found: ForwardingAliases) -> None:
        if self._look is None:
            return
        self._look = None
        if found.cause is not None:
            self._refuse(found.cause)
            return
        arrivals = alias_arrivals(found, self._library.connections)
        if not arrivals:
            self.told.emit(no_forwards_line(found.without))
            return
        explanation = " ".join(filter(None, (IMPORT_EXPLANATION, unforwarding_line(found.without))))
        choices = [_choice(each) for each in arrivals]
        self._offer(IMPORT_HEADING, explanation, choices, [each.arrival for each in arrivals])


def _choice(each: AliasArrival) -> Choice:
    cause, arrival = each.view.cause, each.arrival
    if cause is not None:
        return Choice(each.view.alias, f"{title(cause)}.", advice(cause), possible=False)
    notes = alias_arrival_notes(arrival, each.left_out, is_narrowed=each.is_narrowed)
    if arrival is None:
        return Choice(each.view.alias, notes, possible=False)
    return Choice(
        arrival.given.name,
        forward_line(arrival.connection),
        notes,
        ticked=arrival.is_new,
        possible=arrival.can_be_saved,
    )
