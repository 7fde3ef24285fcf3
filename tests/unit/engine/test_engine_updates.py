"""What listeners are told, and the end of the engine."""

from __future__ import annotations

import threading

from desktop.core.model import HopPicture, Standing, State, WayPicture
from desktop.core.ports import Update
from tests.support.logs import LogGuard
from tests.unit.engine.stage import LOST, REJECTED, Stage, a_connection


def test_a_listener_gets_everything_first_and_then_changes_only(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock", bastion="other")
    stage.add(sales, stock)
    told: list[Update] = []
    stage.engine.subscribe(told.append)
    stage.settle()
    (everything,) = told
    assert [each.connection for each in everything.changed] == [sales, stock]
    stage.connect(stock)
    stage.add(sales)
    assert {each.connection.id for update in told[1:] for each in update.changed} == {stock.id}


def test_the_first_update_comes_even_where_there_is_nothing(stage: Stage) -> None:
    assert stage.updates == [Update()]


def test_who_left_is_told_nothing_more(stage: Stage) -> None:
    told: list[Update] = []
    leave = stage.engine.subscribe(told.append)
    leave()
    leave()
    stage.add(a_connection())
    assert told == [Update()]


def test_a_listener_that_raises_does_not_stop_the_others(stage: Stage, log_guard: LogGuard) -> None:
    log_guard.expect("a listener failed")

    def broken(_update: Update) -> None:
        raise ValueError("a fault of the window")

    told: list[Update] = []
    stage.engine.subscribe(broken)
    stage.engine.subscribe(told.append)
    stage.add(a_connection())
    assert len(told) == 2


def test_listeners_are_called_on_the_engine_thread(stage: Stage) -> None:
    names: set[str] = set()
    stage.engine.subscribe(lambda _: names.add(threading.current_thread().name))
    stage.settle()
    assert names == {"engine"}


def test_a_snapshot_shows_how_far_the_attempt_under_way_has_come(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    hop = HopPicture(sales.route.bastion.endpoint)
    way = WayPicture((hop,)).with_hop(0, Standing.TRIED)
    stage.dialer.last.walk(way)
    stage.settle()
    assert stage.shown(sales).way == way
    first = stage.dialer.last
    stage.disconnect(sales)
    assert stage.shown(sales).way == WayPicture()
    stage.connect(sales)
    # Of an attempt that is over.
    first.walk(way.with_hop(0, Standing.PASSED, 5.0))
    stage.settle()
    assert stage.shown(sales).way == WayPicture()


def test_since_is_the_moment_of_the_last_change_of_state(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    moment = stage.clock.wall()
    stage.clock.advance(5)
    session.answer_ping(99)
    stage.settle()
    assert (stage.shown(sales).since, stage.shown(sales).round_trip_ms) == (moment, 99)
    stage.disconnect(sales)
    assert stage.shown(sales).since == stage.clock.wall()
    assert stage.shown(sales).round_trip_ms is None


def test_a_fault_in_one_task_does_not_end_the_engine(stage: Stage, log_guard: LogGuard) -> None:
    log_guard.expect("a task of engine failed")
    stage.engine.post(lambda: 1 / 0)  # type: ignore[arg-type]  # any fault will do
    sales = a_connection()
    stage.bring_up(sales)
    assert stage.state(sales) is State.UP


def test_the_end_comes_in_time_with_links_in_every_state() -> None:
    stage = Stage()
    links = {
        name: a_connection(name, bastion=name) for name in ("off", "connecting", "up", "waiting", "failed")
    }
    stage.add(*links.values())
    stage.bring_up(links["up"])
    for name, cause in (("waiting", LOST), ("failed", REJECTED)):
        stage.connect(links[name])
        stage.end(stage.dialer.last, cause)
    stage.connect(links["connecting"])
    assert {name: stage.state(each) for name, each in links.items()} == {name: State(name) for name in links}
    assert stage.engine.shutdown()
    assert {stage.state(each) for each in links.values()} == {State.OFF}
    assert all(relay.closed for relay in stage.relays.made)
    assert stage.secrets.closed.is_set()


def test_the_end_waits_for_sessions_that_end_in_time() -> None:
    stage = Stage()
    stage.dialer.stubborn = True
    sales = a_connection()
    session = stage.bring_up(sales)
    stage.disconnect(sales)
    timer = threading.Timer(0.05, session.end)
    timer.start()
    assert stage.engine.shutdown(timeout_s=10)
    timer.join()


def test_the_end_is_late_and_says_so_where_a_session_hangs(log_guard: LogGuard) -> None:
    log_guard.expect("still running after 0.05 s: engine")
    stage = Stage()
    stage.dialer.stubborn = True
    stage.bring_up(a_connection())
    assert not stage.engine.shutdown(timeout_s=0.05)
    stage.close()


def test_nothing_is_dialled_after_the_end_has_begun(log_guard: LogGuard) -> None:
    log_guard.expect("still running")
    stage = Stage()
    stage.dialer.stubborn = True
    sales = a_connection()
    stage.bring_up(sales)
    assert not stage.engine.shutdown(timeout_s=0.05)
    stage.connect(sales)
    stage.close()
    assert len(stage.dialer.sessions) == 1
