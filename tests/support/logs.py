"""Catches log records that nobody expected."""

from __future__ import annotations

import logging
import re


class LogGuard(logging.Handler):
    """Collects records at WARNING and above from every thread.

    A test that provokes one says so first, with `expect` or `allow`, by a regular expression searched for in
    ``logger: message``.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._lines: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self._allowed: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{record.name}: {record.getMessage()}")

    def expect(self, pattern: str) -> None:
        """At least one record must match before the test ends."""
        self._expected.append(re.compile(pattern))

    def allow(self, pattern: str) -> None:
        """Records that match may come."""
        self._allowed.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        """What came unexpectedly, and what was expected and never came."""
        known = (*self._expected, *self._allowed)
        strange = [line for line in self._lines if not any(pattern.search(line) for pattern in known)]
        absent = [p.pattern for p in self._expected if not any(p.search(line) for line in self._lines)]
        return [
            *(f"unexpected log: {line}" for line in strange),
            *(f"no log matched: {text}" for text in absent),
        ]
