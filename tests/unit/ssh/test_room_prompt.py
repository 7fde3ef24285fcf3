"""A server is prompted for room where an upload waits for that, over a long way, and not elsewhere."""

from __future__ import annotations

import pytest

from desktop.ssh.room_prompt import EVERY_BYTES, LEAST_ROUND_TRIP_S, RoomPrompt

FAR_S = 2 * LEAST_ROUND_TRIP_S
PIECE_BYTES = EVERY_BYTES // 4


def prompts(
    prompt: RoomPrompt, size: int, *, full_after: int | None = None, round_trip_s: float | None = FAR_S
) -> int:
    """How many there were while `size` bytes were sent, in pieces."""
    count = 0
    for sent in range(PIECE_BYTES, size + 1, PIECE_BYTES):
        is_full = full_after is not None and sent == full_after
        count += prompt.is_due(PIECE_BYTES, round_trip_s, is_full=is_full)
    return count


def test_an_upload_that_is_never_held_up_prompts_for_nothing() -> None:
    assert prompts(RoomPrompt(), 100 * EVERY_BYTES) == 0


def test_one_that_was_held_up_prompts_with_every_so_many_bytes() -> None:
    assert prompts(RoomPrompt(), 10 * EVERY_BYTES, full_after=PIECE_BYTES) == 10


def test_one_that_is_not_held_up_any_more_stops_to_prompt() -> None:
    prompt = RoomPrompt()
    assert prompts(prompt, 1000 * EVERY_BYTES, full_after=PIECE_BYTES) < 100
    assert prompts(prompt, 10 * EVERY_BYTES) == 0


@pytest.mark.parametrize("round_trip_s", [None, LEAST_ROUND_TRIP_S / 2])
def test_none_over_a_short_way_or_an_unknown_one(round_trip_s: float | None) -> None:
    assert prompts(RoomPrompt(), 10 * EVERY_BYTES, full_after=PIECE_BYTES, round_trip_s=round_trip_s) == 0
