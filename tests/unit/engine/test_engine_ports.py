"""Local ports: kept from one time to the next, and trouble that stays with one connection."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.errors import ForwardProhibited
from desktop.core.model import Endpoint, PathFigures, State
from desktop.core.ports import Notice
from tests.support.fakes import FIRST_AUTOMATIC_PORT, with_port
from tests.unit.engine.stage import LOST, Stage, a_connection

PROHIBITED = ForwardProhibited(bastion="bastion", target="db.internal:5432").cause


def test_connecting_again_keeps_the_automatic_port(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.bring_up(stock, sales)
    first = stage.shown(sales).local
    stage.disconnect(sales, stock)
    assert stage.shown(sales).local is None
    stage.connect(sales, stock)
    assert stage.shown(sales).local == first


def test_an_automatic_port_that_was_taken_meanwhile_becomes_another(stage: Stage) -> None:
    sales = a_connection()
    stage.bring_up(sales)
    stage.disconnect(sales)
    stage.relays.taken[FIRST_AUTOMATIC_PORT] = "psql (process 7)"
    stage.connect(sales)
    assert stage.shown(sales).local == Endpoint("127.0.0.1", FIRST_AUTOMATIC_PORT + 1)


def test_a_taken_port_fails_that_connection_alone_and_names_the_holder(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock", local_port=15432)
    stage.relays.taken[15432] = "psql (process 7)"
    stage.bring_up(sales, stock)
    cause = stage.shown(stock).cause
    assert cause is not None
    assert (cause.code, cause.fact("holder")) == ("port_in_use", "psql (process 7)")
    assert (stage.state(sales), stage.state(stock)) == (State.UP, State.FAILED)


def test_connect_again_tries_the_port_again(stage: Stage) -> None:
    stock = a_connection("stock", local_port=15432)
    stage.relays.taken[15432] = "psql (process 7)"
    stage.add(stock)
    stage.connect(stock)
    assert stage.dialer.sessions == []
    stage.connect(stock)
    assert stage.code(stock) == "port_in_use"
    del stage.relays.taken[15432]
    stage.connect(stock)
    stage.come_up()
    assert (stage.state(stock), stage.code(stock)) == (State.UP, "")


def test_a_link_for_which_no_port_opened_leaves_nothing_running(stage: Stage) -> None:
    stock = a_connection("stock", local_port=15432)
    stage.relays.taken[15432] = ""
    stage.add(stock)
    stage.connect(stock)
    assert stage.relays.last.closed


def test_a_failed_port_shows_nothing_of_how_the_link_fares(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock", local_port=15432)
    stage.relays.taken[15432] = ""
    stage.end(stage.bring_up(sales, stock), LOST)
    assert (stage.shown(sales).attempt, stage.shown(stock).attempt) == (1, 0)
    assert stage.shown(stock).retry_at is None


def test_disconnecting_one_that_failed_for_its_port_switches_it_off(stage: Stage) -> None:
    stock = a_connection("stock", local_port=15432)
    stage.relays.taken[15432] = ""
    stage.add(stock)
    stage.connect(stock)
    stage.disconnect(stock)
    assert (stage.state(stock), stage.code(stock)) == (State.OFF, "")


def test_a_new_port_for_a_live_connection_costs_no_login(stage: Stage) -> None:
    sales = a_connection(local_port=15432)
    session = stage.bring_up(sales)
    stage.add(with_port(sales, 15433))
    assert stage.shown(sales).local == Endpoint("127.0.0.1", 15433)
    assert stage.state(sales) is State.UP
    assert not session.aborted
    assert list(stage.relays.taken) == [15433]


def test_a_new_target_for_a_live_connection_is_served_at_the_same_port(stage: Stage) -> None:
    sales = a_connection(local_port=15432)
    stage.bring_up(sales)
    elsewhere = Endpoint("other.internal", 3306)
    stage.add(replace(sales, forward=replace(sales.forward, target=elsewhere)))
    assert stage.relays.last.targets[sales.id] == elsewhere
    assert stage.state(sales) is State.UP


def test_a_new_port_that_is_taken_ends_a_link_that_nobody_else_needs(stage: Stage) -> None:
    sales = a_connection(local_port=15432)
    session = stage.bring_up(sales)
    stage.relays.taken[15433] = ""
    stage.add(with_port(sales, 15433))
    assert session.aborted
    assert (stage.state(sales), stage.code(sales)) == (State.FAILED, "port_in_use")


def test_a_refused_forward_is_shown_until_a_client_gets_through(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.bring_up(sales, stock)
    stage.relays.last.report.forward_refused(sales.id, PROHIBITED)
    stage.settle()
    assert (stage.state(sales), stage.code(sales)) == (State.UP, "forward_prohibited")
    assert stage.code(stock) == ""
    stage.relays.last.report.forward_opened(sales.id)
    stage.settle()
    assert stage.code(sales) == ""


def test_a_host_that_refuses_behind_a_socks_port_is_news_and_not_the_connection_s_state(stage: Stage) -> None:
    sales = a_connection()
    stage.bring_up(sales)
    stage.relays.last.report.destination_refused(sales.id, PROHIBITED)
    stage.settle()
    assert stage.notices() == [Notice(sales.id, PROHIBITED)]
    assert (stage.state(sales), stage.code(sales)) == (State.UP, "")


def test_a_host_that_refused_before_the_disconnect_is_no_news_after_it(stage: Stage) -> None:
    sales = a_connection()
    stage.bring_up(sales)
    stage.engine.disconnect(sales.id)
    stage.relays.last.report.destination_refused(sales.id, PROHIBITED)
    stage.settle()
    assert stage.notices() == []


def test_a_refusal_that_comes_after_the_disconnect_is_not_shown_next_time(stage: Stage) -> None:
    sales = a_connection()
    stage.bring_up(sales)
    stage.engine.disconnect(sales.id)
    stage.relays.last.report.forward_refused(sales.id, PROHIBITED)
    stage.settle()
    stage.connect(sales)
    stage.come_up()
    assert stage.code(sales) == ""


def test_a_burst_of_clients_is_counted_once_and_shown(stage: Stage) -> None:
    sales = a_connection()
    stage.bring_up(sales)
    relay = stage.relays.last
    relay.counts[sales.id] = (3, 2)
    relay.counted = 0
    for _ in range(100):
        relay.report.clients_changed(sales.id)
    stage.settle()
    assert relay.counted == 0
    stage.clock.advance(1)
    assert relay.counted == 1
    assert (stage.shown(sales).clients, stage.shown(sales).parked) == (3, 2)
    relay.report.clients_changed(sales.id)
    stage.settle()
    stage.clock.advance(1)
    assert relay.counted == 2


def test_clients_and_traffic_come_from_the_relay(stage: Stage) -> None:
    sales = a_connection()
    assert stage.engine.clients(sales.id) == ()
    assert stage.engine.traffic(sales.id).sent == 0
    stage.bring_up(sales)
    stage.relays.last.counts[sales.id] = (2, 0)
    assert len(stage.engine.clients(sales.id)) == 2
    assert stage.engine.traffic(sales.id).received == 20


def test_a_number_of_lanes_reaches_the_relays(stage: Stage) -> None:
    stage.engine.limit_lanes(3)

    assert stage.relays.most_lanes == 3


def test_the_path_s_figures_come_from_the_relay_and_are_unknown_without_one(stage: Stage) -> None:
    sales = a_connection()
    assert stage.engine.path_figures(sales.id) == PathFigures()
    session = stage.bring_up(sales)
    assert stage.engine.path_figures(sales.id) == PathFigures(20.0, lanes=1)
    stage.end(session, LOST)
    assert stage.engine.path_figures(sales.id) == PathFigures()
