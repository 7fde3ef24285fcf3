"""What a login asks reaches the person once, in the name of one connection, and the answer reaches the login."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.challenge import Challenge, ChallengePrompt
from desktop.core.challenge_errors import ChallengeExpired
from desktop.core.model import Connection, SecretKind, State
from desktop.core.policy import Command, allowed_commands
from desktop.engine.questioning import NEWS_AFTER_S
from tests.support.fakes import Slot
from tests.unit.engine.stage import LOST, Stage, a_connection

CODE = Challenge(1, "me", "bastion", prompts=(ChallengePrompt("Code:"),))
NEXT = Challenge(2, "me", "bastion", prompts=(ChallengePrompt("Next code:"),))
PASSWORD = Challenge(
    4, "me", "bastion", "me@jump:22", prompts=(ChallengePrompt("Password:"),), wants_password=True
)
PUSH = Challenge(3, "me", "bastion", text="Approve on your phone")
SALES, STOCK, OTHER = a_connection("sales"), a_connection("stock"), a_connection("other", bastion="elsewhere")
EXPIRED = ChallengeExpired(user="me", host="bastion", after_s=120).cause


def ask(stage: Stage, challenge: Challenge = CODE, *connections: Connection) -> None:
    """Its login, and that of others, gets as far as to ask."""
    stage.add(*(connections or (SALES,)))
    stage.connect(*(connections or (SALES,)))
    stage.dialer.sessions[0].ask(challenge)
    stage.settle()


def challenge_of(stage: Stage, connection: Connection = SALES) -> Challenge | None:
    return stage.shown(connection).challenge


def answer(stage: Stage, *answers: str, number: int = 1, connection: Connection = SALES) -> None:
    stage.engine.answer_challenge(connection.id, number, answers)
    stage.settle()


def park_a_client(stage: Stage, connection: Connection) -> None:
    relay = stage.relays.last
    relay.counts[connection.id] = (0, 1)
    relay.report.client_waits(connection.id)
    stage.settle()


def test_a_question_is_shown_and_its_answer_goes_to_the_login(stage: Stage) -> None:
    ask(stage)
    shown = stage.shown(SALES)
    assert (shown.state, challenge_of(stage)) == (State.CONNECTING, replace(CODE, asker=SALES.id))
    assert Command.ANSWER in allowed_commands(shown)
    answer(stage, "123456")
    assert stage.dialer.last.answers == [(1, ("123456",))]
    assert challenge_of(stage) == replace(CODE, asker=SALES.id, is_answered=True)
    assert Command.ANSWER not in allowed_commands(stage.shown(SALES))
    stage.come_up()
    assert (stage.state(SALES), challenge_of(stage)) == (State.UP, None)


def test_a_further_round_takes_the_place_of_the_one_before(stage: Stage) -> None:
    ask(stage)
    answer(stage, "123456")
    stage.dialer.last.ask(NEXT)
    stage.settle()
    assert challenge_of(stage) == replace(NEXT, asker=SALES.id)
    answer(stage, "too late", number=1)
    answer(stage, "654321", number=2)
    assert stage.dialer.last.answers == [(1, ("123456",)), (2, ("654321",))]


def test_what_the_server_only_says_is_shown_where_it_lasts(stage: Stage) -> None:
    ask(stage, PUSH)
    assert challenge_of(stage) is None
    stage.clock.advance(NEWS_AFTER_S)
    assert challenge_of(stage) == replace(PUSH, asker=SALES.id)
    stage.come_up()
    assert challenge_of(stage) is None


def test_what_is_said_on_the_way_in_is_no_question(stage: Stage) -> None:
    ask(stage, PUSH)
    stage.come_up()
    stage.clock.advance(NEWS_AFTER_S)
    stage.end(stage.dialer.last, LOST)
    stage.clock.advance(1)
    assert len(stage.dialer.sessions) == 2


def test_fifty_connections_are_asked_once_in_the_name_of_the_one_whose_client_waits(stage: Stage) -> None:
    fifty = [a_connection(f"warehouse {number}") for number in range(50)]
    stage.add(*fifty)
    stage.connect(*fifty)
    park_a_client(stage, fifty[7])
    stage.dialer.last.ask(CODE)
    stage.settle()
    assert len(stage.dialer.sessions) == 1
    assert {challenge_of(stage, each) for each in fifty} == {replace(CODE, asker=fifty[7].id)}


def test_without_a_client_the_first_that_is_on_asks(stage: Stage) -> None:
    stage.add(a_connection("off"))
    ask(stage, CODE, SALES, STOCK)
    challenge = challenge_of(stage, STOCK)
    assert challenge is not None
    assert challenge.asker == SALES.id


def test_cancelling_switches_off_the_one_that_asks_and_leaves_the_rest_alone(stage: Stage) -> None:
    ask(stage, CODE, SALES, STOCK, OTHER)
    stage.engine.decline_challenge(SALES.id, 1)
    stage.settle()
    assert stage.dialer.sessions[0].aborted
    assert stage.state(SALES) is State.OFF
    stock = stage.shown(STOCK)
    assert (stock.state, stage.code(STOCK), stock.local is not None) == (
        State.WAITING,
        "auth_cancelled",
        True,
    )
    assert {Command.CONNECT, Command.DISCONNECT} <= allowed_commands(stock)
    assert stage.state(OTHER) is State.CONNECTING
    assert not stage.dialer.sessions[1].aborted
    stage.clock.advance(3600)
    assert len(stage.dialer.sessions) == 2


def test_the_rest_ask_again_for_a_new_client_or_at_the_person_s_word(stage: Stage) -> None:
    ask(stage, CODE, SALES, STOCK)
    stage.relays.last.counts[STOCK.id] = (0, 1)
    stage.engine.decline_challenge(SALES.id, 1)
    stage.settle()
    # The client that waited before was not the person's reason to answer.
    assert len(stage.dialer.sessions) == 1
    park_a_client(stage, STOCK)
    assert len(stage.dialer.sessions) == 2
    stage.dialer.last.ask(NEXT)
    stage.settle()
    challenge = challenge_of(stage, STOCK)
    assert challenge is not None
    assert challenge.asker == STOCK.id


def test_cancelling_the_only_one_ends_the_link(stage: Stage) -> None:
    ask(stage)
    stage.engine.decline_challenge(SALES.id, 1)
    stage.settle()
    assert stage.state(SALES) is State.OFF
    assert stage.relays.last.closed


def test_an_answer_or_a_cancel_that_comes_too_late_does_nothing(stage: Stage) -> None:
    ask(stage)
    stage.come_up()
    answer(stage, "123456")
    stage.engine.decline_challenge(SALES.id, 1)
    stage.engine.answer_challenge("no such connection", 1, ["123456"])
    stage.settle()
    assert (stage.state(SALES), stage.dialer.last.answers) == (State.UP, [])


def test_when_the_asker_is_switched_off_another_asks(stage: Stage) -> None:
    ask(stage, CODE, SALES, STOCK)
    stage.disconnect(SALES)
    assert challenge_of(stage, SALES) is None
    assert challenge_of(stage, STOCK) == replace(CODE, asker=STOCK.id)
    assert not stage.dialer.last.aborted


def test_a_question_nobody_answered_fails_once_and_is_not_repeated(stage: Stage) -> None:
    ask(stage)
    stage.end(stage.dialer.last, EXPIRED)
    assert (stage.state(SALES), stage.code(SALES)) == (State.FAILED, "challenge_expired")
    park_a_client(stage, SALES)
    stage.clock.advance(3600)
    assert len(stage.dialer.sessions) == 1
    stage.connect(SALES)
    assert len(stage.dialer.sessions) == 2


def test_a_link_that_asked_is_lost_at_night_and_asks_when_a_client_comes(stage: Stage) -> None:
    ask(stage)
    stage.come_up()
    stage.end(stage.dialer.last, LOST)
    stage.engine.woke_up(None)
    stage.clock.advance(3600)
    assert (stage.state(SALES), stage.code(SALES)) == (State.WAITING, "awaits_client")
    assert len(stage.dialer.sessions) == 1
    park_a_client(stage, SALES)
    assert len(stage.dialer.sessions) == 2


def test_a_client_that_waited_through_an_offline_hour_is_served_when_the_network_is_back(
    stage: Stage,
) -> None:
    ask(stage)
    stage.dialer.last.reach()
    stage.come_up()
    stage.network.unreachable.add("198.51.100.1")
    stage.engine.network_changed()
    stage.end(stage.dialer.last, LOST)
    stage.relays.last.counts[SALES.id] = (0, 1)
    stage.network.unreachable.clear()
    stage.engine.network_changed()
    stage.settle()
    assert len(stage.dialer.sessions) == 2


def test_on_demand_a_connection_opens_its_port_and_logs_in_for_the_first_client(stage: Stage) -> None:
    stage.add(SALES, STOCK)
    for connection in (SALES, STOCK):
        stage.engine.connect(connection.id, on_demand=True)
    stage.settle()
    shown = stage.shown(SALES)
    assert (shown.state, stage.code(SALES), shown.local is not None) == (State.WAITING, "awaits_client", True)
    stage.clock.advance(3600)
    assert stage.dialer.sessions == []
    park_a_client(stage, STOCK)
    stage.come_up()
    assert {stage.state(SALES), stage.state(STOCK)} == {State.UP}


def test_another_port_for_a_connection_on_demand_is_no_reason_to_log_in(stage: Stage) -> None:
    stage.add(SALES)
    stage.engine.connect(SALES.id, on_demand=True)
    stage.add(replace(SALES, forward=replace(SALES.forward, local_port=15999)))
    shown = stage.shown(SALES)
    assert (stage.code(SALES), shown.local is not None and shown.local.port) == ("awaits_client", 15999)
    assert stage.dialer.sessions == []


def test_logins_that_wait_for_a_person_hold_up_no_other(stage: Stage) -> None:
    users = [a_login(f"user{number}") for number in range(3)]
    stage.add(*users)
    stage.connect(*users)
    stage.clock.advance(1)
    assert len(stage.dialer.sessions) == 2
    for session in tuple(stage.dialer.sessions):
        session.ask(replace(CODE, number=session.generation))
    stage.settle()
    stage.clock.advance(1)
    assert len(stage.dialer.sessions) == 3


def test_a_network_change_under_a_question_does_not_take_it_away(stage: Stage) -> None:
    ask(stage)
    stage.dialer.last.reach()
    stage.engine.network_changed()
    stage.clock.advance(60)
    assert challenge_of(stage) is not None
    assert len(stage.dialer.sessions) == 1


def test_answers_are_in_no_repr(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    ask(stage)
    with caplog.at_level("DEBUG"):
        answer(stage, "hush hush")
    assert "hush" not in caplog.text
    assert "hush" not in repr(stage.updates)


def a_login(user: str) -> Connection:
    connection = a_connection(user)
    hop = replace(connection.route.bastion, user=user)
    return replace(connection, route=replace(connection.route, hops=(hop,)))


def kept(stage: Stage) -> dict[Slot, str]:
    return dict(stage.secrets.kept)


def test_a_password_is_kept_once_it_has_let_us_in(stage: Stage) -> None:
    ask(stage, PASSWORD)
    stage.engine.answer_challenge(SALES.id, 4, ["sesame"], remember=True)
    stage.settle()
    assert kept(stage) == {}
    stage.come_up()
    assert kept(stage) == {(SALES.id, SecretKind.SSH_PASSWORD, "me@jump:22"): "sesame"}
    secrets = stage.dialer.last.request.secrets
    assert secrets.get(SecretKind.SSH_PASSWORD, "me@jump:22").result() == "sesame"


def test_a_password_that_did_not_let_us_in_is_forgotten(stage: Stage) -> None:
    ask(stage, PASSWORD)
    stage.engine.answer_challenge(SALES.id, 4, ["sesame"], remember=True)
    stage.settle()
    stage.end(stage.dialer.last, LOST)
    stage.connect(SALES)
    stage.come_up()
    assert kept(stage) == {}


def test_a_login_that_asked_for_nothing_but_its_password_is_made_again_at_night(stage: Stage) -> None:
    ask(stage, PASSWORD)
    answer(stage, "sesame", number=4)
    stage.come_up()
    stage.end(stage.dialer.last, LOST)
    shown = stage.shown(SALES)
    assert (shown.state, shown.retry_at is not None) == (State.WAITING, True)


def test_one_that_asked_for_a_code_as_well_is_not(stage: Stage) -> None:
    ask(stage, PASSWORD)
    answer(stage, "sesame", number=4)
    stage.dialer.last.ask(CODE)
    stage.settle()
    answer(stage, "123456")
    stage.come_up()
    stage.end(stage.dialer.last, LOST)
    assert stage.code(SALES) == "awaits_client"
