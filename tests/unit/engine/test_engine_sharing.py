"""Connections over the same route share one login."""

from __future__ import annotations

from desktop.core.model import State
from tests.unit.engine.stage import LOST, Stage, a_connection


def test_fifty_connections_over_one_route_log_in_once(stage: Stage) -> None:
    connections = [a_connection(f"warehouse {number}") for number in range(50)]
    stage.bring_up(*connections)
    assert len(stage.dialer.sessions) == 1
    assert {stage.state(each) for each in connections} == {State.UP}
    assert len(stage.relays.last.ports) == 50


def test_another_login_for_another_route(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock", bastion="other")
    stage.add(sales, stock)
    stage.connect(sales, stock)
    assert [session.request.route for session in stage.dialer.sessions] == [sales.route, stock.route]


def test_one_that_joins_a_link_that_is_up_is_up_at_once(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.bring_up(sales)
    stage.add(stock)
    stage.connect(stock)
    assert stage.state(stock) is State.UP
    assert len(stage.dialer.sessions) == 1


def test_the_last_disconnect_closes_the_link_and_no_earlier_one_does(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    session = stage.bring_up(sales, stock)
    stage.disconnect(sales)
    ended_early = session.aborted
    assert (stage.state(sales), stage.state(stock)) == (State.OFF, State.UP)
    stage.disconnect(stock)
    assert (ended_early, session.aborted) == (False, True)
    assert stage.relays.last.closed
    assert stage.state(stock) is State.OFF


def test_a_lost_session_is_lost_for_all_who_share_it(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.end(stage.bring_up(sales, stock), LOST)
    assert {stage.state(sales), stage.state(stock)} == {State.WAITING}
    stage.clock.advance(1)
    assert len(stage.dialer.sessions) == 2


def test_the_local_ports_stay_open_while_the_session_is_gone(stage: Stage) -> None:
    sales = a_connection(local_port=15432)
    stage.end(stage.bring_up(sales), LOST)
    assert stage.shown(sales).local == stage.relays.last.ports[sales.id]
    assert stage.relays.last.session is None


def test_a_connect_while_closing_is_remembered(stage: Stage) -> None:
    sales = a_connection()
    stage.dialer.stubborn = True
    old = stage.bring_up(sales)
    stage.disconnect(sales)
    assert stage.state(sales) is State.CLOSING
    stage.connect(sales)
    assert stage.shown(sales).wanted
    assert len(stage.dialer.sessions) == 1
    stage.end(old)
    assert len(stage.dialer.sessions) == 2
    stage.come_up()
    assert stage.state(sales) is State.UP


def test_a_connect_while_closing_that_is_taken_back_ends_off(stage: Stage) -> None:
    sales = a_connection()
    stage.dialer.stubborn = True
    old = stage.bring_up(sales)
    stage.disconnect(sales)
    stage.connect(sales)
    stage.disconnect(sales)
    stage.end(old)
    assert stage.state(sales) is State.OFF
    assert len(stage.dialer.sessions) == 1


def test_connecting_what_nobody_knows_does_nothing(stage: Stage) -> None:
    stage.connect(a_connection())
    stage.disconnect(a_connection())
    assert stage.dialer.sessions == []
