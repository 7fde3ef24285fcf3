"""A link and its sessions: what happens to one in doubt, and to the attempt that dials beside it."""

from __future__ import annotations

import pytest

from desktop.core.model import Connection, State
from desktop.core.policy import EAGER_RETRY_S, JITTER
from desktop.engine.fallback import CHANCE_S, DEAD_AFTER_S, LINGER_AT_LEAST_S
from desktop.engine.pulse import PROBE_AT_MOST_S
from desktop.engine.surroundings import DIAL_PATIENCE_S, NETWORK_CHECK_S
from tests.support.fakes import BASTION_ADDRESS, HOME_ADDRESS, FakeSession
from tests.unit.engine.stage import LOST, NOT_SSH, REJECTED, Stage, a_connection

NEXT_RETRY_AT_MOST_S = 60.0


def in_doubt(stage: Stage, connection: Connection) -> tuple[FakeSession, FakeSession]:
    """A session that did not answer after a sleep, and the one that dials beside it."""
    old = stage.bring_up(connection)
    old.reach()
    wake(stage)
    old.silence_s = 60.0
    stage.clock.advance(PROBE_AT_MOST_S)
    return old, stage.dialer.last


def wake(stage: Stage) -> None:
    stage.engine.woke_up(3600.0)
    stage.settle()


def ring(stage: Stage) -> None:
    """The network may have changed."""
    stage.engine.network_changed()
    stage.settle()


def carry(stage: Stage, session: FakeSession, clients: int) -> None:
    stage.relays.last.carried[session] = clients


def client_comes(stage: Stage, connection: Connection) -> None:
    relay = stage.relays.last
    relay.counts[connection.id] = (0, 1)
    relay.report.client_waits(connection.id)
    stage.settle()


def test_a_session_that_answers_after_a_sleep_stays(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    wake(stage)
    assert stage.shown(sales).probing
    session.answer_ping()
    stage.settle()
    stage.clock.advance(PROBE_AT_MOST_S)
    assert len(stage.dialer.sessions) == 1
    assert (stage.state(sales), stage.shown(sales).probing) == (State.UP, False)


def test_beside_a_silent_session_another_dials_and_says_so(stage: Stage) -> None:
    sales = a_connection()
    old, beside = in_doubt(stage, sales)
    assert beside is not old
    assert (old.aborted, beside.request.beside) == (False, True)
    assert (stage.relays.last.mode, stage.relays.last.detached) == ("park", [])
    assert (stage.state(sales), stage.code(sales), stage.shown(sales).probing) == (
        State.CONNECTING,
        "peer_lost",
        True,
    )


def test_a_session_that_answers_late_carries_on_and_no_outage_is_told(stage: Stage) -> None:
    sales = a_connection()
    old, beside = in_doubt(stage, sales)
    outage = stage.shown(sales).outage
    assert outage is not None
    assert outage.woke
    old.answer_ping(31)
    stage.settle()
    assert (stage.relays.last.session, beside.aborted) == (old, True)
    shown = stage.shown(sales)
    assert (shown.state, shown.outage, shown.round_trip_ms) == (State.UP, None, 31)


def test_a_new_session_carries_on_and_the_old_one_ends_when_it_carries_nobody(stage: Stage) -> None:
    sales = a_connection()
    old, beside = in_doubt(stage, sales)
    beside.come_up(12)
    stage.settle()
    stage.clock.advance(0)
    assert (stage.relays.last.session, stage.relays.last.detached) == (beside, [old])
    assert old.aborted
    assert (stage.state(sales), stage.shown(sales).round_trip_ms) == (State.UP, 12)
    outage = stage.shown(sales).outage
    assert outage is not None
    assert outage.ended_at is not None


def test_an_old_session_with_clients_has_its_chance_beside_the_new_one(stage: Stage) -> None:
    old, beside = in_doubt(stage, a_connection())
    carry(stage, old, 2)
    beside.come_up()
    stage.settle()
    stage.clock.advance(LINGER_AT_LEAST_S / 2)
    assert not old.aborted
    stage.clock.advance(LINGER_AT_LEAST_S / 2)
    assert old.aborted


def test_an_old_session_that_lives_after_all_ends_with_its_last_client(stage: Stage) -> None:
    old, beside = in_doubt(stage, a_connection())
    carry(stage, old, 1)
    beside.come_up()
    stage.settle()
    old.answer_ping()
    old.silence_s = 1.0
    stage.settle()
    stage.clock.advance(60)
    assert not old.aborted
    carry(stage, old, 0)
    stage.clock.advance(60)
    assert (old.aborted, stage.relays.last.session) == (True, beside)


def test_while_nothing_gets_through_an_old_session_keeps_its_clients_for_long(stage: Stage) -> None:
    old, beside = in_doubt(stage, a_connection())
    stage.end(beside, LOST)
    stage.clock.advance(CHANCE_S - 2 * PROBE_AT_MOST_S)
    assert not old.aborted
    stage.clock.advance(2 * PROBE_AT_MOST_S)
    assert old.aborted


def test_where_the_bastion_s_host_takes_connections_a_silent_session_is_soon_dead(stage: Stage) -> None:
    old, beside = in_doubt(stage, a_connection())
    carry(stage, old, 1)
    beside.reach()
    stage.settle()
    stage.clock.advance(DEAD_AFTER_S)
    assert old.aborted
    assert not beside.aborted


def test_an_attempt_takes_the_place_of_a_session_that_ends_meanwhile(stage: Stage) -> None:
    sales = a_connection()
    old, beside = in_doubt(stage, sales)
    stage.end(old, LOST)
    assert stage.state(sales) is State.CONNECTING
    beside.come_up()
    stage.settle()
    assert stage.relays.last.session is beside


def test_a_login_refused_beside_a_session_resets_clients_and_is_not_repeated(stage: Stage) -> None:
    sales = a_connection()
    _, beside = in_doubt(stage, sales)
    stage.end(beside, REJECTED)
    assert (stage.state(sales), stage.code(sales)) == (State.FAILED, "auth_rejected")
    assert stage.relays.last.mode == "refuse"
    stage.clock.advance(NEXT_RETRY_AT_MOST_S)
    assert stage.dialer.last is beside


def test_a_disconnect_ends_both_sessions(stage: Stage) -> None:
    sales = a_connection()
    old, beside = in_doubt(stage, sales)
    stage.disconnect(sales)
    assert (old.aborted, beside.aborted, stage.relays.last.closed) == (True, True, True)


def test_a_session_whose_address_is_gone_is_replaced_without_a_question(stage: Stage) -> None:
    session = stage.bring_up(a_connection())
    session.reach()
    stage.network.gone.add(HOME_ADDRESS)
    ring(stage)
    assert len(stage.dialer.sessions) == 2
    assert not stage.dialer.last.request.beside
    assert not session.aborted


def test_a_network_that_is_away_for_a_moment_costs_no_login(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    session.reach()
    stage.network.unreachable.add(BASTION_ADDRESS)
    ring(stage)
    assert (stage.state(sales), stage.code(sales)) == (State.WAITING, "offline")
    stage.network.unreachable.clear()
    ring(stage)
    session.answer_ping()
    stage.settle()
    stage.clock.advance(PROBE_AT_MOST_S)
    assert (stage.state(sales), stage.relays.last.session) == (State.UP, session)
    assert len(stage.dialer.sessions) == 1


def test_back_online_by_another_address_the_old_session_is_given_up(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    session.reach()
    stage.network.unreachable.add(BASTION_ADDRESS)
    ring(stage)
    stage.network.unreachable.clear()
    stage.network.gone.add(HOME_ADDRESS)
    ring(stage)
    assert session.aborted
    assert stage.states(sales)[-2:] == [State.WAITING, State.CONNECTING]


def test_the_return_of_a_network_is_noticed_without_a_bell(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    session.reach()
    stage.network.unreachable.add(BASTION_ADDRESS)
    ring(stage)
    stage.network.unreachable.clear()
    stage.clock.advance(NETWORK_CHECK_S)
    assert stage.state(sales) is State.UP


def test_a_dial_that_reached_nobody_tries_afresh_when_the_network_changes(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    ring(stage)
    assert (stage.dialer.last.nudges, len(stage.dialer.sessions)) == (1, 1)


def test_a_dial_whose_address_is_gone_is_replaced(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    first = stage.dialer.last
    first.reach()
    stage.network.gone.add(HOME_ADDRESS)
    ring(stage)
    stage.clock.advance(1)
    assert first.aborted
    assert stage.dialer.last is not first


@pytest.mark.parametrize("comes_up", [True, False])
def test_a_login_under_way_when_the_network_changes_gets_a_moment(stage: Stage, comes_up: bool) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    first = stage.dialer.last
    first.reach()
    ring(stage)
    assert not first.aborted
    if comes_up:
        stage.come_up()
    stage.clock.advance(DIAL_PATIENCE_S)
    assert first.aborted is not comes_up


def test_a_client_that_comes_after_a_silence_has_the_session_asked_at_once(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    session.answer_ping()
    session.silence_s = 5.0
    asked = session.pings
    client_comes(stage, sales)
    assert session.pings == asked + 1
    stage.clock.advance(PROBE_AT_MOST_S)
    assert len(stage.dialer.sessions) == 2


def test_a_client_that_comes_during_a_long_wait_brings_the_next_attempt_forward(stage: Stage) -> None:
    sales = a_connection()
    stage.end(stage.bring_up(sales), LOST)
    for _ in range(6):
        stage.clock.advance(NEXT_RETRY_AT_MOST_S)
        stage.end(stage.dialer.last, LOST)
    attempts = len(stage.dialer.sessions)
    client_comes(stage, sales)
    stage.clock.advance(EAGER_RETRY_S * (1 + JITTER))
    assert len(stage.dialer.sessions) == attempts + 1


def test_behind_a_sign_in_page_a_strange_answer_is_no_failure(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.engine.behind_portal(True)
    stage.connect(sales)
    stage.end(stage.dialer.last, NOT_SSH)
    assert (stage.state(sales), stage.code(sales)) == (State.WAITING, "captive_portal")


def test_reports_of_an_ended_session_are_ignored(stage: Stage) -> None:
    sales = a_connection()
    old = stage.bring_up(sales)
    stage.end(old, LOST)
    old.come_up(1)
    old.answer_ping(1)
    stage.settle()
    assert (stage.state(sales), stage.shown(sales).round_trip_ms) == (State.WAITING, None)
