"""Asks the person what a server wants to know, and waits for the answer where the login runs."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from desktop.core.challenge import Challenge
from desktop.core.challenge_errors import ChallengeExpired, ChallengeUnattended
from desktop.ssh.cancel import CancelToken

_LOOK_AGAIN_S = 0.05
# One count for all logins: an answer that comes late must fit no other question.
_numbers = itertools.count(1)


class Questioner(Protocol):
    def ask(self, challenge: Challenge, is_awaited: Callable[[], bool]) -> list[str]:
        """One answer for each prompt; where there is none, only tell what the server says, and return at once.

        `is_awaited` says that the server still waits. Blocks for the person. Raises `ChallengeExpired`,
        `ChallengeUnattended`, `Cancelled`.
        """


class ParkedQuestioner:
    """Implements `Questioner` for a thread that dials: questions go out by `tell`, answers come in by `answer`."""

    def __init__(self, tell: Callable[[Challenge], None], cancel: CancelToken) -> None:
        self._tell = tell
        self._cancel = cancel
        self._lock = threading.Lock()
        self._asked: Challenge | None = None
        self._answers: list[str] | None = None
        self._answered = threading.Event()

    def ask(self, challenge: Challenge, is_awaited: Callable[[], bool]) -> list[str]:
        numbered = replace(challenge, number=next(_numbers))
        with self._lock:
            self._asked, self._answers = numbered, None
            self._answered.clear()
        self._tell(numbered)
        if not numbered.prompts:
            return []
        self._wait(numbered, is_awaited)
        answers = self._take_answers()
        if answers is None:
            raise ChallengeUnattended(user=numbered.user, host=numbered.host, **login_fact(numbered.login))
        return answers

    def answer(self, number: int, answers: Sequence[str] | None) -> None:
        """See `core.ports.Session.answer`. Any thread."""
        with self._lock:
            asked = self._asked
            fits = answers is None or (asked is not None and len(answers) == len(asked.prompts))
            if asked is not None and asked.number == number and fits:
                self._answers = None if answers is None else list(answers)
                self._answered.set()

    def _take_answers(self) -> list[str] | None:
        with self._lock:
            answers, self._answers, self._asked = self._answers, None, None
        return answers

    def _wait(self, challenge: Challenge, is_awaited: Callable[[], bool]) -> None:
        started = time.monotonic()
        while not self._answered.wait(_LOOK_AGAIN_S):
            self._cancel.check()
            if not is_awaited():
                raise expired(challenge.user, challenge.host, challenge.login, time.monotonic() - started)
        self._cancel.check()


def expired(user: str, host: str, login: str, after_s: float) -> ChallengeExpired:
    """The server did not wait any longer than that."""
    return ChallengeExpired(user=user, host=host, after_s=max(round(after_s), 1), **login_fact(login))


def login_fact(login: str) -> dict[str, str]:
    """Names a jump host's login in an error; the bastion's own needs no name."""
    return {"login": login} if login else {}
