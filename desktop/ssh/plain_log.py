"""What paramiko says of plain lanes in its log, and nowhere else: a server's own words."""

from __future__ import annotations

import logging
import re
import threading

LOG_CHANNEL = "paramiko.plain"
_FAREWELL = re.compile(r"Disconnect \(code \d+\): (.*)", re.DOTALL)
_REFUSAL = re.compile(r"Secsh channel \d+ open FAILED: (.*): ", re.DOTALL)


class Words:
    """The last ones of one server; empty where it said nothing, or where paramiko has come to put it another way."""

    def __init__(self) -> None:
        self.farewell = ""
        self.refusal = ""

    def take(self, line: str) -> None:
        if found := _FAREWELL.match(line):
            self.farewell = found[1]
        elif found := _REFUSAL.match(line):
            self.refusal = found[1]


def _overhear(record: logging.LogRecord) -> bool:
    """On the reader thread, which is the lane itself.

    Errors are reported by value; paramiko's own log lines are details, not alarms.
    """
    words = getattr(threading.current_thread(), "words", None)
    if isinstance(words, Words):
        words.take(record.getMessage())
    record.levelno, record.levelname = logging.DEBUG, logging.getLevelName(logging.DEBUG)
    return logging.getLogger("paramiko").isEnabledFor(logging.DEBUG)


_logger = logging.getLogger(LOG_CHANNEL)
_logger.setLevel(logging.DEBUG)
_logger.addFilter(_overhear)
