"""The right to read a connection goes to and fro, and never to two at once nor to nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop.ssh import loan as loan_module
from desktop.ssh.loan import Loan
from tests.support.waiting import wait_until

TIMEOUT_S = 5.0


@contextmanager
def lending(loan: Loan, *, is_over: bool = False) -> Iterator[threading.Thread]:
    owner = threading.Thread(target=loan.lend, args=(lambda: is_over,))
    owner.start()
    try:
        yield owner
    finally:
        loan.withdraw()
        owner.join(TIMEOUT_S)
        assert not owner.is_alive()


def test_who_lends_waits_until_it_is_given_back() -> None:
    loan, lent = Loan(), threading.Event()
    loan.offer(lent.set, lambda: True)
    with lending(loan) as owner:
        assert lent.wait(TIMEOUT_S)
        assert owner.is_alive()
        loan.give_back()
        owner.join(TIMEOUT_S)
        assert not owner.is_alive()


def test_it_is_lent_again_after_it_was_given_back() -> None:
    loan, lent = Loan(), threading.Semaphore(0)
    loan.offer(lent.release, lambda: True)
    for _ in range(3):
        owner = threading.Thread(target=loan.lend, args=(lambda: False,))
        owner.start()
        assert lent.acquire(timeout=TIMEOUT_S)
        loan.give_back()
        owner.join(TIMEOUT_S)
        assert not owner.is_alive()


def test_it_is_wanted_as_long_as_the_offer_says_so() -> None:
    loan, wanted = Loan(), [True]
    seen = [loan.is_wanted]
    loan.offer(lambda: None, lambda: wanted[0])
    seen.append(loan.is_wanted)
    wanted[0] = False
    seen.append(loan.is_wanted)
    wanted[0] = True
    loan.withdraw()
    seen.append(loan.is_wanted)
    assert seen == [False, True, False, False]


def test_an_offer_that_ends_gives_back_what_was_lent() -> None:
    loan, lent = Loan(), threading.Event()
    loan.offer(lent.set, lambda: True)
    with lending(loan) as owner:
        assert lent.wait(TIMEOUT_S)
        loan.withdraw()
        owner.join(TIMEOUT_S)
        assert not owner.is_alive()


def test_nothing_is_lent_after_the_offer_has_ended() -> None:
    loan = Loan()
    loan.offer(lambda: pytest.fail("lent"), lambda: True)
    loan.withdraw()
    loan.lend(lambda: False)


def test_a_connection_that_is_over_is_not_lent_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loan_module, "_LOOK_UP_S", 0.01)
    loan = Loan()
    loan.offer(lambda: None, lambda: True)
    with lending(loan, is_over=True) as owner:
        wait_until(lambda: not owner.is_alive(), TIMEOUT_S)
