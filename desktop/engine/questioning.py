"""What the login of one link asks the person at the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from desktop.core.challenge import Challenge
from desktop.engine.pulse import CallLater

# Servers say things without a question also when they are about to let somebody in. What is over by then was no wait.
NEWS_AFTER_S = 0.5


class Questioning:
    """Engine thread.

    `pick_asker` names the connection that asks, by its id. `on_shown` gets the generation that asks whenever the person
    is to see something else than before.
    """

    def __init__(
        self, call_later: CallLater, pick_asker: Callable[[], str], on_shown: Callable[[int], None]
    ) -> None:
        self._call_later = call_later
        self._pick_asker = pick_asker
        self._on_shown = on_shown
        self._latest: tuple[int, Challenge] | None = None
        self._shown: tuple[int, Challenge] | None = None

    def put(self, generation: int, challenge: Challenge) -> None:
        """The next round; where it asks nothing, the one before it stands for a moment longer."""
        self._latest = (generation, challenge)
        if challenge.prompts:
            self._show(challenge.number)
        else:
            self._call_later(NEWS_AFTER_S, lambda: self._show(challenge.number))

    def of(self, generation: int) -> Challenge | None:
        """What that login asks."""
        return self._shown[1] if self._shown is not None and self._shown[0] == generation else None

    def note_answered(self) -> None:
        if self._shown is not None:
            self._shown = self._shown[0], self._shown[1].answered()

    def renew_asker(self) -> None:
        """The connection that asked is not wanted any more."""
        if self._shown is not None:
            self._shown = self._shown[0], replace(self._shown[1], asker=self._pick_asker())

    def _show(self, number: int) -> None:
        if self._latest is None or self._latest[1].number != number:
            return
        generation, challenge = self._latest
        before = self.of(generation)
        asker = before.asker if before is not None else self._pick_asker()
        self._shown = generation, replace(challenge, asker=asker)
        self._on_shown(generation)
