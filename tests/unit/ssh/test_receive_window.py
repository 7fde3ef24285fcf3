"""A window grows with the path while its client keeps up, and never takes more memory than there is for all."""

from __future__ import annotations

from collections import deque

import pytest

from desktop.ssh.receive_window import BASE_BYTES, MOST_BYTES, ReceiveWindow, WindowBudget

MIB = 1 << 20
ROUND_TRIP_S = 0.05
STEPS = 50


class Stream:
    """A server that sends what it may, over a path with a bandwidth, to a client that takes so much a second.

    What is allowed has its effect here a round trip later.
    """

    def __init__(self, window: ReceiveWindow, path_mib_s: float, client_mib_s: float = 10_000) -> None:
        self.window = window
        self.path_mib_s = path_mib_s
        self.client_mib_s = client_mib_s
        self.allowed = BASE_BYTES
        self.arrived = self.delivered = 0
        self.now = 100.0
        self._noticed = deque([BASE_BYTES] * STEPS)

    def run(self, round_trips: int) -> None:
        for _ in range(round_trips * STEPS):
            self.run_step()

    def run_step(self) -> None:
        for_s = ROUND_TRIP_S / STEPS
        self.now += for_s
        may_have_come = self._noticed.popleft() - self.arrived
        self.arrived += min(may_have_come, int(self.path_mib_s * MIB * for_s))
        self.delivered += min(self.arrived - self.delivered, int(self.client_mib_s * MIB * for_s))
        if self.window.is_due(self.delivered):
            self.allowed += self.window.grant(self.delivered, self.now, ROUND_TRIP_S)
        self._noticed.append(self.allowed)

    @property
    def outstanding(self) -> int:
        return self.allowed - self.delivered


@pytest.fixture
def window() -> ReceiveWindow:
    return ReceiveWindow(WindowBudget())


def test_it_grows_to_what_the_path_carries_and_no_further(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=300)
    stream.run(20)
    needed = 300 * MIB * ROUND_TRIP_S
    assert needed <= window.size <= 1.3 * needed
    before = stream.delivered
    stream.run(20)
    assert (stream.delivered - before) / 20 == pytest.approx(needed, rel=0.05)


def test_a_new_window_is_fast_soon_on_a_path_that_could_carry_all_of_the_largest(
    window: ReceiveWindow,
) -> None:
    stream = Stream(window, path_mib_s=2000)
    stream.run(16)
    assert window.size == MOST_BYTES


def test_it_never_lets_the_server_send_much_at_once(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=2000)
    for _ in range(20 * STEPS):
        delivered, allowed = stream.delivered, stream.allowed
        stream.run_step()
        assert stream.allowed - allowed <= 2 * (stream.delivered - delivered) + window.size // 16


def test_what_is_too_much_for_a_path_is_little_and_soon_gone(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=2000)
    stream.run(20)
    stream.path_mib_s = 200
    stream.run(30)
    assert window.size <= 1.5 * 200 * MIB * ROUND_TRIP_S


def test_it_has_a_ceiling(window: ReceiveWindow) -> None:
    Stream(window, path_mib_s=100_000).run(40)
    assert window.size == MOST_BYTES


def test_a_short_path_needs_no_more_than_the_base(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=1)
    stream.run(40)
    assert window.size <= BASE_BYTES + MIB // 8


def test_a_client_that_takes_little_gets_no_larger_window(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=300, client_mib_s=10)
    stream.run(40)
    assert window.size <= BASE_BYTES + MIB
    assert stream.outstanding <= window.size


def test_a_client_that_stops_is_allowed_no_byte_more(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=300)
    stream.run(20)
    stream.client_mib_s = 0
    stream.run(5)
    allowed = stream.allowed
    stream.run(20)
    assert stream.allowed == allowed
    assert stream.outstanding == pytest.approx(window.size, rel=0.05)


def test_a_client_that_becomes_slow_gives_room_back(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=600)
    stream.run(30)
    assert window.size >= 32 * MIB
    stream.client_mib_s = 5
    stream.run(1000)
    assert window.size <= BASE_BYTES + MIB // 2
    assert stream.outstanding <= window.size


def test_nothing_grows_before_the_path_is_known(window: ReceiveWindow) -> None:
    allowed = BASE_BYTES
    for turn in range(1, 40):
        allowed += window.grant(allowed, 100 + turn * ROUND_TRIP_S, None)
    assert window.size == BASE_BYTES


def test_a_pause_between_two_queries_is_no_sign_of_a_slow_path(window: ReceiveWindow) -> None:
    stream = Stream(window, path_mib_s=300)
    stream.run(20)
    size = window.size
    stream.now += 3600
    stream.run(20)
    assert window.size == pytest.approx(size, rel=0.1)


def test_all_windows_share_one_budget_and_leave_it_to_others() -> None:
    budget = WindowBudget(20 * MIB)
    first, second = ReceiveWindow(budget), ReceiveWindow(budget)
    Stream(first, path_mib_s=100_000).run(40)
    other = Stream(second, path_mib_s=100_000)
    other.run(40)
    assert (first.size, second.size) == (BASE_BYTES + 20 * MIB, BASE_BYTES)

    for _ in range(2):
        first.close()
    other.run(40)
    assert second.size == BASE_BYTES + 20 * MIB


def test_who_looked_before_another_but_comes_after_it_adds_nothing(window: ReceiveWindow) -> None:
    assert window.grant(BASE_BYTES // 2, 1.0, None) == BASE_BYTES // 2
    assert window.grant(BASE_BYTES // 4, 1.0, None) == 0
    assert window.size == BASE_BYTES
