"""What can be offered to a server that wants to know who we are: one method of RFC 4252 each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from desktop.core.challenge import (
    LONGEST_PROMPT,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_PROMPTS,
    Challenge,
    ChallengePrompt,
    shown_text,
)
from desktop.core.challenge_errors import ChallengeUnattended, ChallengeUnreadable
from desktop.core.password_prompt import is_password_prompt
from desktop.core.plan import PlannedHop
from desktop.ssh.cancel import CancelToken
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.questioner import Questioner, login_fact

PASSWORD, PUBLIC_KEY, QUESTIONS = "password", "publickey", "keyboard-interactive"
# Saying something takes a server no time. What takes longer afterwards was a person's yes on their phone.
_ASKED_AFTER_S = 1.5

Prompts = list[tuple[str, bool]]


class Offer(Protocol):
    """`asked_person` says, once it was performed, that somebody seems to have been asked."""

    asked_person: bool

    def perform(self, lane: ForwardingLane, user: str, timeout_s: float, cancel: CancelToken) -> list[str]:
        """The further methods that the server asks for after this one; none when we are in.

        Blocks. Raises what paramiko does, `CaponierError` and `Cancelled`.
        """


class PasswordOffer:
    def __init__(self, password: str) -> None:
        self._password = password
        self.asked_person = False

    def perform(self, lane: ForwardingLane, user: str, timeout_s: float, _cancel: CancelToken) -> list[str]:
        lane.auth_timeout = timeout_s
        return list(lane.auth_password(user, self._password, fallback=False))


@dataclass(slots=True)
class QuestionsOffer:
    """Keyboard-interactive (RFC 4256), for one login: any number of rounds, answered by the person.

    A question for the account's password gets what `password` returns, once; None where none is known, or where it is
    not to be given. `gave_password` says that it was, `typed_password` that the person was asked for it, and
    `asked_more` that they were asked for anything else. `news` is what the server said outside of this, and is told
    with the question. Without an `asker` everything else ends the login.
    """

    hop: PlannedHop
    password: Callable[[], str | None]
    asker: Questioner | None
    store_trouble: Callable[[], str]
    news: Callable[[], str]
    asked_person: bool = False
    gave_password: bool = False
    typed_password: bool = False
    asked_more: bool = False
    _told_mono: float | None = None

    @property
    def asked_password_alone(self) -> bool:
        return self.typed_password and not self.asked_more

    def perform(self, lane: ForwardingLane, user: str, timeout_s: float, _cancel: CancelToken) -> list[str]:
        lane.auth_timeout = timeout_s
        try:
            return list(
                lane.auth_interactive(
                    user, lambda title, text, prompts: self._answer(lane, title, text, prompts)
                )
            )
        finally:
            self._note_wait()

    def _answer(self, lane: ForwardingLane, title: str, text: str, prompts: Prompts) -> list[str]:
        self._note_wait()
        is_for_password = self._is_for_password(f"{title}\n{text}", prompts)
        password = self.password() if is_for_password else None
        if password is not None:
            self.gave_password = True
            return [password]
        challenge = self._challenge(title, text, prompts)
        if is_for_password:
            challenge = replace(challenge, wants_password=True, store=self.store_trouble())
        if not prompts and not challenge.title and not challenge.text:
            return []
        if self.asker is None:
            if not prompts:
                return []
            raise ChallengeUnattended(user=self.hop.user, host=challenge.host, **login_fact(self.hop.login))
        challenge = replace(challenge, text="\n\n".join(filter(None, (self.news(), challenge.text))))
        self.asked_person = self.asked_person or bool(prompts)
        self.typed_password = self.typed_password or is_for_password
        self.asked_more = self.asked_more or not is_for_password
        answers = self.asker.ask(challenge, lambda: lane.awaits_answer)
        self._told_mono = time.monotonic()
        return answers

    def _note_wait(self) -> None:
        """Where the server took its time after it had said something, that was for the person."""
        told, self._told_mono = self._told_mono, None
        if told is not None and time.monotonic() - told >= _ASKED_AFTER_S:
            self.asked_person = True

    def _is_for_password(self, around: str, prompts: Prompts) -> bool:
        """Once in a login: who asks again wants another one."""
        if self.gave_password or self.typed_password or len(prompts) != 1 or prompts[0][1]:
            return False
        return is_password_prompt(prompts[0][0], around)

    def _challenge(self, title: str, text: str, prompts: Prompts) -> Challenge:
        if len(prompts) > MOST_PROMPTS:
            raise self._unreadable("too-many")
        shown = tuple(ChallengePrompt(shown_text(words, LONGEST_PROMPT), echo) for words, echo in prompts)
        said_title, said = shown_text(title, LONGEST_TITLE), shown_text(text, LONGEST_TEXT, lines=True)
        # What asks in nothing but control characters asks nothing that a person could answer.
        if any(words.strip() and not each.text for (words, _), each in zip(prompts, shown, strict=True)):
            raise self._unreadable("nothing-readable")
        host = self.hop.endpoint.host
        return Challenge(0, self.hop.user, host, self.hop.login, said_title, said, shown)

    def _unreadable(self, problem: str) -> ChallengeUnreadable:
        fact = login_fact(self.hop.login)
        return ChallengeUnreadable(user=self.hop.user, host=self.hop.endpoint.host, problem=problem, **fact)
