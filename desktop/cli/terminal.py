"""Asks in the terminal: secrets, and what a server asks while somebody logs in."""

from __future__ import annotations

import getpass
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from desktop.core.challenge import Challenge, ChallengePrompt
from desktop.wording.challenges import challenge_lines


class Withdrawn(Exception):
    """There is nothing to answer any more: the question is past, or a signal asks for the end."""


class Terminal:
    """Main thread, except for `withdraw`. What is asked goes to standard error: the output may be a script's.

    While it asks, the main thread is blocked. Signal handlers call `take_signal`, which gets it out of there.
    """

    def __init__(self) -> None:
        self._asking = False
        self._withdrawn = False
        self._signalled = False

    @property
    def is_there(self) -> bool:
        """Somebody can be asked."""
        return sys.stdin.isatty()

    def secret(self, prompt: str) -> str | None:
        """None where nothing was given. Raises `Withdrawn`."""
        with self._question():
            return _typed(ChallengePrompt(prompt))

    def answers(self, challenge: Challenge) -> list[str] | None:
        """One for each prompt; None where the input ended. Raises `Withdrawn`."""
        answers: list[str] = []
        with self._question():
            for prompt in challenge.prompts:
                answer = _typed(prompt)
                if answer is None:
                    return None
                answers.append(answer)
        return answers

    def withdraw(self) -> None:
        """Nobody waits for the answer any more. Any thread. Without POSIX signals, it is noticed with the answer."""
        self._withdrawn = True
        main = threading.main_thread().ident
        if self._asking and not self._signalled and main is not None and sys.platform != "win32":
            self._signalled = True
            signal.pthread_kill(main, signal.SIGINT)

    def take_signal(self) -> bool:
        """False where a signal was only a `withdraw`. Raises `Withdrawn` out of a question, whatever the signal."""
        ours, self._signalled = self._signalled, False
        if self._asking and ours:
            raise Withdrawn
        return not ours

    def interrupt(self) -> None:
        """Signal handler, for a signal that asks for the end: raises `Withdrawn` out of a question."""
        if self._asking:
            raise Withdrawn

    @contextmanager
    def _question(self) -> Iterator[None]:
        self._withdrawn, self._asking = False, True
        try:
            yield
        finally:
            self._asking = False
        if self._withdrawn:
            raise Withdrawn


def tell(challenge: Challenge, name: str) -> None:
    """Say what the server says, and in which connection's name it asks."""
    print("\n".join(challenge_lines(challenge, name)), file=sys.stderr, flush=True)


def _typed(prompt: ChallengePrompt) -> str | None:
    """None at the input's end."""
    text = f"{prompt.text or 'Answer'} "
    try:
        return _line(text) if prompt.shown else getpass.getpass(text)
    except EOFError:
        return None


def _line(text: str) -> str:
    print(text, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")
