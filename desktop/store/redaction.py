"""The last line of defence between a secret and the log. The first is that nobody logs one."""

from __future__ import annotations

import logging
import re
import threading
import time
from urllib.parse import quote

MASK = "***"

# Shorter values would mask every second word, and tell by that what they are.
_SHORTEST_VALUE = 4
# A line of a pasted key can turn up alone; short lines, as the last one may be, are too likely to be something else.
_SHORTEST_LINE = 16

_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
    r"|PuTTY-User-Key-File-\d+:.*?(?:Private-MAC: *[0-9a-fA-F]+|\Z)",
    re.DOTALL,
)
_NAMED_VALUE = re.compile(
    r"""\b(passwords?|passwd|passphrase|secret|token)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;&"']+)""",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s/]+(@)")


class Redactor:
    """Masks secrets in text. Every method may be called from any thread.

    Holds the secrets it was told of in memory, for as long as it lives.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._hidden: set[str] = set()
        self._longest_first: tuple[str, ...] = ()

    def hide(self, value: str) -> None:
        """Mask `value` from now on: as it is, quoted, in a URL, and each longer line of it alone."""
        forms = {value, value.strip(), repr(value)[1:-1], quote(value, safe="", errors="replace")}
        wanted = {form for form in forms if len(form) >= _SHORTEST_VALUE}
        lines = value.splitlines()
        if len(lines) > 1:
            stripped = (line.strip() for line in lines)
            wanted |= {
                line for line in stripped if len(line) >= _SHORTEST_LINE and not line.startswith("-----")
            }
        with self._guard:
            self._hidden |= wanted
            self._longest_first = tuple(sorted(self._hidden, key=len, reverse=True))

    def mask(self, text: str) -> str:
        for value in self._longest_first:
            text = text.replace(value, MASK)
        text = _KEY_BLOCK.sub(MASK, text)
        text = _NAMED_VALUE.sub(rf"\1\2{MASK}", text)
        return _URL_PASSWORD.sub(rf"\1{MASK}\2", text)


class RedactingFormatter(logging.Formatter):
    """Masks the finished text. A filter on records would come before the message and its traceback are put together."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__(
            "%(asctime)s.%(msecs)03dZ %(levelname)s [%(threadName)s] %(name)s: %(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )
        self.converter = time.gmtime
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.mask(super().format(record))
