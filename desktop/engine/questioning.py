"""What the login of one link asks the person at the moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from desktop.core.challenge import Challenge
from desktop.engine.pulse import CallLater

# Servers say things without a question also when they are about to let somebody in. What is over by then was no wait.
NEWS_AFTER_S = 0.5


@dataclass(frozen=True, slots=True)
class TypedPassword:
    """An answer to a challenge that `wants_password`, given in the name of a connection; `login` is the challenge's."""

    connection_id: str
    login: str
    value: str = field(repr=False)
    remember: bool


class Questioning:
    """Engine thread. A password that was typed in is kept here until it is known whether it lets us in.

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
        self._passwords: tuple[int, list[TypedPassword]] = (0, [])
        # The last login that asked for more than passwords.
        self._asked_more: int | None = None

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

    def note_answered(self, answers: Sequence[str] | None, *, remember: bool) -> None:
        if self._shown is None:
            return
        generation, challenge = self._shown
        self._shown = generation, challenge.answered()
        if challenge.wants_password and answers:
            known = self._passwords[1] if self._passwords[0] == generation else []
            typed = TypedPassword(challenge.asker, challenge.login, answers[0], remember)
            self._passwords = generation, [*known, typed]

    def needs_person(self, generation: int) -> bool:
        """Whether a further login like that one would ask again, once its passwords are kept."""
        return self._asked_more == generation

    def take_passwords(self, generation: int) -> list[TypedPassword]:
        """Those that were typed in for that login. They are forgotten here."""
        if self._passwords[0] != generation:
            return []
        taken, self._passwords = self._passwords[1], (0, [])
        return taken

    def renew_asker(self) -> None:
        """The connection that asked is not wanted any more."""
        if self._shown is not None:
            self._shown = self._shown[0], replace(self._shown[1], asker=self._pick_asker())

    def _show(self, number: int) -> None:
        if self._latest is None or self._latest[1].number != number:
            return
        generation, challenge = self._latest
        if not challenge.wants_password:
            self._asked_more = generation
        before = self.of(generation)
        asker = before.asker if before is not None else self._pick_asker()
        self._shown = generation, replace(challenge, asker=asker)
        self._on_shown(generation)
