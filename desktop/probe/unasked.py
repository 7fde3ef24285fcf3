"""Kinds that nothing harmless is known to ask: only what a server says by itself is heard, which mostly is nothing."""

from __future__ import annotations

from desktop.core.model import Connection
from desktop.probe.speech import Greeting, Speech, nothing


def _read(_connection: Connection, _heard: bytes) -> Greeting | None:
    return None


SPEECH = Speech(nothing, bool, _read)
