"""What a check finds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

log = logging.getLogger(__name__)


class Verdict(StrEnum):
    """`WARNING`: the program works, and a person misses something."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says what was found, and in a warning or a failure what that means."""

    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """`look` blocks, for seconds at most, in the main thread."""

    name: str
    look: Callable[[], Finding]

    def made(self) -> Finding:
        """What `look` found. Never raises: whatever goes wrong inside is what was found."""
        try:
            return self.look()
        except ImportError as error:
            return failed(f"a part of the program, or a library of the system, is missing: {error}")
        except Exception as error:
            log.exception("the check %s broke", self.name)
            return failed(f"{type(error).__name__}: {error}")


def ok(sentence: str) -> Finding:
    return Finding(Verdict.OK, sentence)


def warning(sentence: str) -> Finding:
    return Finding(Verdict.WARNING, sentence)


def failed(sentence: str) -> Finding:
    return Finding(Verdict.FAILED, sentence)
