"""How much later than on an unused SSH connection the next answer may come. Pure."""

from __future__ import annotations

# Of bulk data whose queue has just been found empty: it may be full a moment later.
_LEAST_BEHIND_BULK_S = 0.005


def delay_behind_bulk_s(round_trip_s: float, latest_round_trip_s: float) -> float:
    """In the queue that the latest ping has met too."""
    return max(latest_round_trip_s - round_trip_s, _LEAST_BEHIND_BULK_S)


def delay_behind_answer_s(round_trip_s: float, sent_ago_s: float) -> float:
    """Where no bulk data flows, and something was last sent `sent_ago_s` seconds ago that is likely to be answered.

    sshd leaves Nagle's algorithm on (RFC 9293 section 3.7.4): a small answer is held back until the one before it is
    acknowledged, a round trip after that was sent.
    """
    return max(round_trip_s - sent_ago_s, 0.0)
