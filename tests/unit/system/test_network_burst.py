"""A burst of messages is one change; a storm without an end is told all the same."""

from __future__ import annotations

import pytest

from desktop.system.network.burst import LONGEST_S, QUIET_S, Burst


def test_without_a_message_there_is_nothing_to_wait_for() -> None:
    burst = Burst()
    assert burst.wait_s(5.0) is None
    assert not burst.take(5.0)


def test_it_is_over_when_it_was_quiet_for_a_moment() -> None:
    burst = Burst()
    burst.hear(5.0)
    burst.hear(5.1)
    assert burst.wait_s(5.1) == pytest.approx(QUIET_S)
    assert not burst.take(5.2)
    assert burst.take(5.1 + QUIET_S)


def test_it_is_told_once() -> None:
    burst = Burst()
    burst.hear(5.0)
    assert burst.take(6.0)
    assert not burst.take(6.0)
    assert burst.wait_s(6.0) is None


def test_the_next_one_begins_afresh() -> None:
    burst = Burst()
    burst.hear(5.0)
    burst.take(6.0)
    burst.hear(7.0)
    assert burst.wait_s(7.0) == pytest.approx(QUIET_S)


def test_a_storm_is_told_again_and_again() -> None:
    burst = Burst()
    told = []
    for tenth in range(45):
        now = tenth / 10
        burst.hear(now)
        if burst.take(now):
            told.append(now)
    assert told == [LONGEST_S, LONGEST_S + 1.1, LONGEST_S + 2.2, LONGEST_S + 3.3]
