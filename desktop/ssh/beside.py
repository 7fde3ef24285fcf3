"""Dialling beside an older session that may still answer."""

from __future__ import annotations

_SHORT_SILENCE_S = 3.0
_LONGEST_WAIT_S = 2.0


def chance_for_older_s(silent_s: float) -> float:
    """How long to hold the login back where the path to the bastion was silent for `silent_s` seconds.

    A network that was away for a moment leaves the older session with TCP's doubling pauses: it answers at most as long
    after the moment as that lasted. If it does, no login is needed, and the attempt is called off. After a long silence
    a new login is sooner there. Where the first SYN was answered the path is fine, and the silent session is dead.
    """
    return min(silent_s, _LONGEST_WAIT_S) if silent_s < _SHORT_SILENCE_S else 0.0
