"""Openings that block take few threads, and only from those who want to get to the same warehouse."""

from __future__ import annotations

import threading

import pytest

from desktop.core.model import Endpoint
from desktop.ssh import plain_openings
from desktop.ssh.plain_openings import AT_ONCE, Openings
from tests.support.logs import LogGuard
from tests.support.waiting import wait_until

DEAD, ALIVE = Endpoint("dead.internal", 5432), Endpoint("alive.internal", 5432)
TIMEOUT_S = 5.0


@pytest.fixture
def openings() -> Openings:
    return Openings("opening of a test")


def count_threads() -> int:
    return sum(thread.name == "opening of a test" for thread in threading.enumerate())


def test_a_target_that_does_not_answer_holds_up_no_other(openings: Openings) -> None:
    answer, done, tried = threading.Event(), threading.Event(), threading.Semaphore(0)

    def ask() -> None:
        answer.wait(TIMEOUT_S)
        tried.release()

    for _ in range(3 * AT_ONCE):
        openings.add(DEAD, ask)
    openings.add(ALIVE, done.set)
    assert done.wait(TIMEOUT_S)
    wait_until(lambda: count_threads() == AT_ONCE)
    answer.set()
    assert all(tried.acquire(timeout=TIMEOUT_S) for _ in range(3 * AT_ONCE))
    wait_until(lambda: count_threads() == 0)


def test_one_that_fails_does_not_stop_the_next(openings: Openings, log_guard: LogGuard) -> None:
    log_guard.expect("opening a way to dead.internal:5432 failed")
    begun, done = threading.Event(), threading.Event()

    def fail() -> None:
        begun.wait(TIMEOUT_S)
        raise ValueError

    for _ in range(AT_ONCE):
        openings.add(DEAD, fail)
    openings.add(DEAD, done.set)
    begun.set()
    assert done.wait(TIMEOUT_S)


def test_many_targets_that_do_not_answer_take_a_bounded_number_of_threads(
    openings: Openings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_openings, "MOST", 4)
    answer, tried = threading.Event(), threading.Semaphore(0)

    def ask() -> None:
        answer.wait(TIMEOUT_S)
        tried.release()

    for number in range(40):
        openings.add(Endpoint(f"dead-{number % 20}.internal", 5432), ask)
    wait_until(lambda: count_threads() == 4)
    answer.set()
    assert all(tried.acquire(timeout=TIMEOUT_S) for _ in range(40))
    wait_until(lambda: count_threads() == 0)
