"""The path's own round trip is the shortest of several; what waits behind data says less, and a prompt nothing."""

from __future__ import annotations

import pytest

from desktop.ssh.pings import Ping, Pings


def ask(pings: Pings, sent_mono: float, took_s: float, kind: Ping = Ping.MEASURED) -> None:
    pings.sent(kind, 1, sent_mono)
    answered = pings.answered(sent_mono + took_s)
    assert answered is not None
    assert answered[0] is kind
    assert answered[1] == pytest.approx(took_s)


def test_the_round_trip_is_the_shortest_of_the_first_four_and_later_ones() -> None:
    pings = Pings()
    for took_s in (0.09, 0.05, 0.06):
        ask(pings, 1.0, took_s)
        assert pings.round_trip_s is None
        assert pings.wants_more
    ask(pings, 2.0, 0.07)
    assert not pings.wants_more
    assert pings.round_trip_s == pytest.approx(0.05)
    ask(pings, 3.0, 0.04)
    ask(pings, 4.0, 0.9)
    assert pings.round_trip_s == pytest.approx(0.04)


def test_they_are_answered_in_their_order() -> None:
    pings = Pings()
    pings.sent(Ping.TOLD, 1, 1.0)
    pings.sent(Ping.PROMPT, 2, 2.0)
    assert pings.answered(5.0) == (Ping.TOLD, 4.0)
    assert pings.is_one_awaited
    assert [pings.answered(5.0) for _ in range(2)] == [(Ping.PROMPT, 3.0)] * 2
    assert not pings.is_one_awaited


def test_an_answer_that_nobody_asked_for_is_none() -> None:
    assert Pings().answered(1.0) is None


def test_prompts_are_no_measure_of_the_path() -> None:
    pings = Pings()
    for _ in range(10):
        ask(pings, 1.0, 0.01, Ping.PROMPT)
    assert pings.round_trip_s is None
    assert pings.wants_more


def test_one_that_is_not_answered_yet_makes_the_latest_longer() -> None:
    pings = Pings()
    assert pings.latest_s(1.0) == 0.0
    ask(pings, 1.0, 0.2)
    pings.sent(Ping.MEASURED, 1, 2.0)
    assert pings.latest_s(2.1) == pytest.approx(0.2)
    assert pings.latest_s(2.5) == pytest.approx(0.5)
