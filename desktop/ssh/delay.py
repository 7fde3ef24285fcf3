"""How much later than on an unused SSH connection the next answer may come. Pure."""

from __future__ import annotations

# Of bulk data whose queue has just been found empty: it may be full a moment later.
_LEAST_BEHIND_BULK_S = 0.005
# How long somebody who asks counts as present, and for what part of a round trip.
_IN_USE_ROUND_TRIPS = 4
_OFTEN = 1 / 4


def delay_behind_bulk_s(round_trip_s: float, latest_round_trip_s: float) -> float:
    """In the queue that the latest ping has met too."""
    return max(latest_round_trip_s - round_trip_s, _LEAST_BEHIND_BULK_S)


def delay_behind_answer_s(round_trip_s: float, sent_ago_s: float, *, has_clients: bool) -> float:
    """Where no bulk data flows, and something was last sent `sent_ago_s` seconds ago that is likely to be answered.

    sshd leaves Nagle's algorithm on (RFC 9293 section 3.7.4): a small answer is held back until the one before it is
    acknowledged, a round trip after that was sent. Whoever asked a moment ago, and is still there, is likely to ask
    again.
    """
    in_use = has_clients and sent_ago_s < _IN_USE_ROUND_TRIPS * round_trip_s
    return max(round_trip_s - sent_ago_s, round_trip_s * _OFTEN if in_use else 0.0)
