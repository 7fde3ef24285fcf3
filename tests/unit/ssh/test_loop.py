"""The relay's thread: tasks, timers and sockets; a fault in one is survived, and stop ends it."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from desktop.ssh import loop
from desktop.ssh.loop import Loop
from tests.support.logs import LogGuard

WAIT_S = 10.0


class Running:
    def __init__(self) -> None:
        self.ended = threading.Event()
        self.loop = Loop("loop under test", self.ended.set)
        self.loop.start()

    def settle(self) -> None:
        """All that was posted before is done."""
        reached = threading.Event()
        self.loop.post(reached.set)
        assert reached.wait(WAIT_S)


@pytest.fixture
def running() -> Iterator[Running]:
    running = Running()
    yield running
    running.loop.stop()
    assert running.loop.join(WAIT_S)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield near, far


def test_tasks_run_in_order_on_the_loops_thread(running: Running) -> None:
    done: list[tuple[int, str]] = []

    def note(number: int) -> None:
        done.append((number, threading.current_thread().name))

    for number in range(100):
        running.loop.post(partial(note, number))
    running.settle()
    assert done == [(number, "loop under test") for number in range(100)]


def test_no_task_of_many_threads_is_forgotten(running: Running) -> None:
    done: list[int] = []

    def post_many() -> None:
        for _ in range(500):
            running.loop.post(lambda: done.append(1))

    threads = [threading.Thread(target=post_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.settle()
    assert len(done) == 2000


def test_a_task_that_goes_on_and_on_leaves_sockets_and_timers_their_turn(
    running: Running, pair: tuple[socket.socket, socket.socket]
) -> None:
    near, far = pair
    served, rung = threading.Event(), threading.Event()

    def go_on() -> None:
        if not (served.is_set() and rung.is_set()):
            running.loop.post(go_on)

    def serve(_ready: int) -> None:
        running.loop.watch(near, 0, serve)
        served.set()

    def start_them() -> None:
        running.loop.watch(near, selectors.EVENT_READ, serve)
        running.loop.call_later(0, rung.set)
        go_on()

    running.loop.post(start_them)
    far.send(b"x")
    assert served.wait(WAIT_S)
    assert rung.wait(WAIT_S)


def test_what_a_handler_hands_in_waits_until_the_sockets_had_another_turn(
    running: Running, pair: tuple[socket.socket, socket.socket]
) -> None:
    near, far = pair
    done: list[str] = []
    ended = threading.Event()

    def serve(_ready: int) -> None:
        done.append(near.recv(1).decode())
        if done == ["a"]:
            # The answer to what it does is here before it returns.
            far.send(b"b")
            running.loop.post(lambda: done.append("handed in"))
        else:
            running.loop.watch(near, 0, serve)
            running.loop.post(ended.set)

    running.loop.post(lambda: running.loop.watch(near, selectors.EVENT_READ, serve))
    far.send(b"a")
    assert ended.wait(WAIT_S)
    assert done == ["a", "b", "handed in"]


def test_what_waits_for_a_quiet_moment_comes_after_everything_else(
    running: Running, pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "QUIET_OR_NOT_S", WAIT_S)
    near, far = pair
    done: list[str] = []
    ended = threading.Event()

    def serve(_ready: int) -> None:
        done.append(near.recv(1).decode())
        if done[-1] == "c":
            running.loop.watch(near, 0, serve)
            running.loop.post(lambda: done.append("handed in"))
        else:
            # As a program does that has its answer.
            far.send(b"b" if done[-1] == "a" else b"c")

    def start() -> None:
        running.loop.watch(near, selectors.EVENT_READ, serve)
        running.loop.post_when_quiet(lambda: done.append("quiet"))
        running.loop.post_when_quiet(ended.set)
        far.send(b"a")

    running.loop.post(start)
    assert ended.wait(WAIT_S)
    assert done == ["a", "b", "c", "handed in", "quiet"]


def test_where_there_is_never_a_quiet_moment_its_turn_comes_all_the_same(running: Running) -> None:
    done = threading.Event()

    def go_on() -> None:
        if not done.is_set():
            running.loop.post(go_on)

    def start() -> None:
        running.loop.post_when_quiet(done.set)
        go_on()

    running.loop.post(start)
    assert done.wait(WAIT_S)


def test_another_thread_runs_at_once_what_the_loop_would_leave_for_a_quiet_moment(running: Running) -> None:
    ran_on: list[str] = []
    running.loop.run_when_quiet(lambda: ran_on.append(threading.current_thread().name))
    assert ran_on == [threading.current_thread().name]


def test_what_another_thread_leaves_for_a_quiet_moment_comes_with_what_wakes_the_loop_next(
    running: Running,
) -> None:
    ran_on: list[str] = []
    ended = threading.Event()
    running.loop.post_when_quiet(lambda: ran_on.append(threading.current_thread().name))
    running.loop.post_when_quiet(ended.set)
    running.settle()
    assert ended.wait(WAIT_S)
    assert ran_on == ["loop under test"]


def test_timers_ring_in_the_order_of_their_times(running: Running) -> None:
    rung: list[str] = []
    last = threading.Event()

    def start_them() -> None:
        running.loop.call_later(0.02, last.set)
        running.loop.call_later(0.01, lambda: rung.append("second"))
        running.loop.call_later(0, lambda: rung.append("first"))
        running.loop.call_later(0, lambda: rung.append("cancelled")).cancel()

    running.loop.post(start_them)
    assert last.wait(WAIT_S)
    assert rung == ["first", "second"]


def test_a_socket_is_served_until_it_is_watched_no_more(
    running: Running, pair: tuple[socket.socket, socket.socket]
) -> None:
    near, far = pair
    heard: list[bytes] = []
    read = threading.Event()

    def serve(ready: int) -> None:
        assert ready == selectors.EVENT_READ
        heard.append(near.recv(10))
        running.loop.watch(near, 0, serve)
        read.set()

    running.loop.post(lambda: running.loop.watch(near, selectors.EVENT_READ, serve))
    far.send(b"one")
    assert read.wait(WAIT_S)
    far.send(b"two")
    running.settle()
    assert heard == [b"one"]


def test_faults_are_logged_and_survived(
    running: Running, pair: tuple[socket.socket, socket.socket], log_guard: LogGuard
) -> None:
    log_guard.expect("a task of loop under test failed")
    near, far = pair
    faults = threading.Semaphore(0)

    def fail() -> None:
        faults.release()
        raise ValueError("a fault of one client")

    def serve(_ready: int) -> None:
        running.loop.watch(near, 0, serve)
        fail()

    def start_them() -> None:
        running.loop.call_later(0, fail)
        running.loop.watch(near, selectors.EVENT_READ, serve)
        fail()

    running.loop.post(start_them)
    far.send(b"x")
    for _ in range(3):
        assert faults.acquire(timeout=WAIT_S)
    running.settle()


def test_stop_ends_the_thread_after_its_last_act(running: Running) -> None:
    running.loop.stop()
    assert running.loop.join(WAIT_S)
    assert running.ended.is_set()


def test_what_is_posted_after_the_end_is_dropped(running: Running) -> None:
    running.loop.stop()
    assert running.loop.join(WAIT_S)
    running.loop.post(lambda: pytest.fail("nobody is there to run it"))
    running.loop.stop()
