"""Answered keep-alives: how soon a session that died is noticed, and that none is suspected without a reason."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from desktop.engine.pulse import (
    ANSWER_WITHIN_S,
    EAGER_ANSWER_WITHIN_S,
    EAGER_PING_S,
    FIRST_PROBE_AT_LEAST_S,
    FIRST_PROBE_AT_MOST_S,
    PING_EVERY_S,
    PROBE_AT_LEAST_S,
    PROBE_AT_MOST_S,
    Pulse,
)
from tests.support.fakes import Later


class Server:
    """The other end of a session: answers after `answers_in_s`, or not at all where that is None."""

    def __init__(self, later: Later) -> None:
        self.later = later
        self.answers_in_s: float | None = 0.02
        self.asked = 0
        self.heard_at = later.clock.mono()
        self.awaited = False
        self.clients = 0
        self.missed_at: float | None = None
        self.addresses = None
        self.pulse = Pulse(later.clock, later.call_later, self._on_missed)
        self.pulse.start(self, is_awaited=lambda: self.awaited, has_clients=lambda: self.clients > 0)

    def answer(self, number: int, answers: Sequence[str] | None) -> None:
        """Asks nothing."""

    def ping(self) -> None:
        self.asked += 1
        if self.answers_in_s is not None:
            self.later.call_later(self.answers_in_s, self._answer)

    def silent_s(self) -> float:
        return self.later.clock.mono() - self.heard_at

    def say_something(self) -> None:
        self.heard_at = self.later.clock.mono()

    def abort(self, cause: object = None) -> None: ...

    def nudge(self) -> None: ...

    def missed_within(self, seconds: float) -> bool:
        self.later.advance(seconds)
        return self.missed_at is not None

    def _answer(self) -> None:
        self.say_something()
        self.pulse.heard((self.answers_in_s or 0) * 1000)

    def _on_missed(self) -> None:
        self.missed_at = self.later.clock.mono()


@pytest.fixture
def server() -> Server:
    running = Server(Later())
    running.later.advance(1)
    return running


def test_an_idle_session_is_asked_now_and_again(server: Server) -> None:
    asked = server.asked
    server.later.advance(10 * PING_EVERY_S + 1)
    assert 9 <= server.asked - asked <= 10
    assert server.missed_at is None


def test_a_session_that_talks_is_not_asked(server: Server) -> None:
    asked = server.asked
    for _ in range(100):
        server.say_something()
        server.later.advance(1)
    assert server.asked == asked


def test_a_frozen_server_is_noticed_within_an_interval_and_the_time_for_the_answer(server: Server) -> None:
    server.answers_in_s = None
    assert server.missed_within(PING_EVERY_S + ANSWER_WITHIN_S)


def test_a_frozen_server_is_noticed_sooner_while_a_client_waits_for_data(server: Server) -> None:
    server.awaited, server.clients = True, 1
    server.pulse.client_came()
    server.later.advance(10 * EAGER_PING_S)
    server.answers_in_s = None
    assert server.missed_within(EAGER_PING_S + EAGER_ANSWER_WITHIN_S + 0.1)


def test_a_client_that_asks_after_a_long_rest_is_looked_after_as_soon(server: Server) -> None:
    server.clients = 1
    server.pulse.client_came()
    server.later.advance(10 * PING_EVERY_S + 4)
    server.answers_in_s = None
    server.awaited = True
    assert server.missed_within(2 * EAGER_PING_S + EAGER_ANSWER_WITHIN_S)


def test_what_was_heard_before_the_question_is_no_answer_to_it(server: Server) -> None:
    server.later.advance(100)
    server.answers_in_s = None
    server.pulse.stop()
    server.pulse.start(server, is_awaited=lambda: False, has_clients=lambda: False)
    server.later.advance(0.005)
    server.say_something()
    server.later.advance(4)
    server.pulse.client_came()
    assert server.missed_within(FIRST_PROBE_AT_LEAST_S)


def test_an_answer_behind_bulk_data_is_not_missed(server: Server) -> None:
    server.answers_in_s = 3.0
    server.pulse.probe()
    server.later.advance(PROBE_AT_LEAST_S / 2)
    server.say_something()
    assert not server.missed_within(PROBE_AT_MOST_S)


def test_after_a_wake_an_answer_is_expected_within_twice_the_round_trip(server: Server) -> None:
    server.answers_in_s = None
    server.pulse.probe()
    assert server.pulse.probing
    assert not server.missed_within(PROBE_AT_LEAST_S / 2)
    assert server.missed_within(PROBE_AT_LEAST_S / 2)


def test_a_long_way_is_given_longer_but_not_for_ever(server: Server) -> None:
    server.pulse.round_trip_ms = 900.0
    server.answers_in_s = None
    server.pulse.probe()
    assert not server.missed_within(PROBE_AT_LEAST_S)
    assert server.missed_within(PROBE_AT_MOST_S)


def test_an_answer_ends_the_doubt(server: Server) -> None:
    server.pulse.probe()
    server.later.advance(0.1)
    assert not server.pulse.probing
    assert not server.missed_within(PROBE_AT_MOST_S)


def test_a_client_that_comes_after_a_silence_has_a_dead_session_noticed_at_once(server: Server) -> None:
    server.answers_in_s = None
    server.later.advance(5)
    server.pulse.client_came()
    assert server.missed_within(FIRST_PROBE_AT_MOST_S)


def test_a_client_that_comes_while_data_flows_asks_nothing(server: Server) -> None:
    server.say_something()
    asked = server.asked
    server.pulse.client_came()
    assert server.asked == asked


def test_nothing_is_asked_once_it_is_stopped(server: Server) -> None:
    server.pulse.stop()
    asked = server.asked
    server.pulse.probe()
    server.pulse.client_came()
    assert not server.missed_within(100)
    assert server.asked == asked
