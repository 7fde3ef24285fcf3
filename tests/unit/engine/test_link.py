"""A link and its sessions: pings, probes, and a candidate that dials beside a session in doubt."""

from __future__ import annotations

from desktop.core.machine import Resumed
from desktop.core.model import Connection, State
from desktop.engine.link import MISSED_PINGS, PING_EVERY_S, PROBE_AT_MOST_S
from tests.support.fakes import FakeSession
from tests.unit.engine.stage import LOST, REJECTED, Stage, a_connection


def wake(stage: Stage, connection: Connection) -> None:
    """The computer comes back from sleep."""
    link = stage.engine._links[connection.route]
    stage.engine.post(lambda: link.feed(Resumed()))
    stage.settle()


def in_doubt(stage: Stage, connection: Connection) -> tuple[FakeSession, FakeSession]:
    """A session that did not answer after a sleep, and the candidate that dials beside it."""
    old = stage.bring_up(connection)
    wake(stage, connection)
    stage.clock.advance(PROBE_AT_MOST_S)
    return old, stage.dialer.last


def test_a_session_is_pinged_at_once_and_then_now_and_again(stage: Stage) -> None:
    session = stage.bring_up(a_connection())
    assert session.pings == 1
    for count in (2, 3, 4):
        session.answer_ping()
        stage.settle()
        stage.clock.advance(PING_EVERY_S)
        assert session.pings == count


def test_missed_pings_end_the_session_as_a_lost_peer(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    for _ in range(MISSED_PINGS):
        assert not session.aborted
        stage.clock.advance(PING_EVERY_S)
    assert session.aborted
    assert (stage.state(sales), stage.code(sales)) == (State.WAITING, "peer_lost")


def test_an_answer_after_a_missed_ping_starts_the_count_anew(stage: Stage) -> None:
    session = stage.bring_up(a_connection())
    for _ in range(2 * MISSED_PINGS):
        stage.clock.advance(PING_EVERY_S)
        session.answer_ping()
        stage.settle()
    assert not session.aborted


def test_a_lost_session_is_pinged_no_more(stage: Stage) -> None:
    session = stage.bring_up(a_connection())
    stage.end(session, LOST)
    stage.clock.advance(PING_EVERY_S)
    assert session.pings == 1


def test_a_session_that_answers_after_a_sleep_stays(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    wake(stage, sales)
    assert session.pings == 2
    session.answer_ping()
    stage.settle()
    stage.clock.advance(PROBE_AT_MOST_S)
    assert len(stage.dialer.sessions) == 1


def test_a_silent_session_keeps_its_chance_while_a_candidate_dials(stage: Stage) -> None:
    sales = a_connection()
    old, candidate = in_doubt(stage, sales)
    assert candidate is not old
    assert not old.aborted
    assert stage.relays.last.session is old
    assert stage.state(sales) is State.UP


def test_a_candidate_that_comes_up_is_adopted_and_the_old_session_ends(stage: Stage) -> None:
    sales = a_connection()
    old, candidate = in_doubt(stage, sales)
    candidate.come_up(12)
    stage.settle()
    assert stage.relays.last.session is candidate
    assert old.aborted
    assert (stage.state(sales), stage.shown(sales).round_trip_ms) == (State.UP, 12)


def test_a_candidate_takes_the_place_of_a_session_that_ends_meanwhile(stage: Stage) -> None:
    sales = a_connection()
    old, candidate = in_doubt(stage, sales)
    stage.end(old, LOST)
    assert stage.state(sales) is State.CONNECTING
    candidate.come_up()
    stage.settle()
    assert stage.relays.last.session is candidate


def test_a_refused_candidate_leaves_the_session_alone(stage: Stage) -> None:
    sales = a_connection()
    old, candidate = in_doubt(stage, sales)
    stage.end(candidate, REJECTED)
    assert stage.relays.last.session is old
    stage.end(old, LOST)
    assert (stage.state(sales), stage.code(sales)) == (State.FAILED, "auth_rejected")


def test_a_disconnect_ends_session_and_candidate(stage: Stage) -> None:
    sales = a_connection()
    old, candidate = in_doubt(stage, sales)
    stage.disconnect(sales)
    assert old.aborted
    assert candidate.aborted
    assert stage.relays.last.closed


def test_reports_of_an_ended_session_are_ignored(stage: Stage) -> None:
    sales = a_connection()
    old = stage.bring_up(sales)
    stage.end(old, LOST)
    old.come_up(1)
    old.answer_ping(1)
    stage.settle()
    assert (stage.state(sales), stage.shown(sales).round_trip_ms) == (State.WAITING, None)
