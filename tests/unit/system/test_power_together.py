"""Several power monitors tell of a wake as one, and what the program makes of it ends none of them."""

from __future__ import annotations

from collections.abc import Callable

from desktop.core.system_ports import PowerMonitor
from desktop.system.power.monitor import power_monitor
from desktop.system.power.together import PowerMonitors
from tests.support.fakes import FakeClock
from tests.support.logs import LogGuard


class StandIn:
    """A power monitor whose part the test plays."""

    def __init__(self) -> None:
        self.open = False
        self.sleep: Callable[[], None] = lambda: None
        self.wake: Callable[[float | None], None] = lambda _: None

    def start(self, on_sleep: Callable[[], None], on_wake: Callable[[float | None], None]) -> None:
        self.sleep, self.wake, self.open = on_sleep, on_wake, True

    def close(self) -> None:
        self.open = False


class Heard:
    """logind and the clocks, and what a program hears of them."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.logind, self.clocks = StandIn(), StandIn()
        self.news: list[str | float | None] = []
        self.monitor: PowerMonitor = PowerMonitors(self.clock, self.logind, self.clocks)
        self.monitor.start(lambda: self.news.append("sleep"), self.news.append)


def test_a_wake_that_two_notice_is_told_once() -> None:
    heard = Heard()
    heard.logind.sleep()
    heard.clocks.wake(60.0)
    heard.clock.advance(1.0)
    heard.logind.wake(59.0)
    assert heard.news == ["sleep", 60.0]


def test_the_next_wake_is_told_whoever_notices_it_first() -> None:
    heard = Heard()
    heard.logind.wake(60.0)
    heard.clock.advance(600.0)
    heard.clocks.wake(30.0)
    heard.logind.wake(30.0)
    assert heard.news == [60.0, 30.0]


def test_two_short_sleeps_in_a_row_are_both_told() -> None:
    heard = Heard()
    heard.clocks.wake(3.0)
    heard.clock.advance(1.0)
    heard.clocks.wake(4.0)
    assert heard.news == [3.0, 4.0]


def test_a_wake_after_a_new_sleep_is_not_taken_for_the_one_before() -> None:
    heard = Heard()
    heard.clocks.wake(3.0)
    heard.logind.sleep()
    heard.logind.wake(None)
    assert heard.news == [3.0, "sleep", None]


def test_a_program_that_fails_on_the_news_hears_the_next(log_guard: LogGuard) -> None:
    log_guard.expect("news of sleep or wake were not taken")
    logind = StandIn()
    calls: list[str] = []

    def fail(*_: object) -> None:
        calls.append("called")
        raise ValueError("no use for it")

    PowerMonitors(FakeClock(), logind).start(fail, fail)
    logind.sleep()
    logind.wake(None)
    assert len(calls) == 2


def test_all_are_closed_together() -> None:
    heard = Heard()
    heard.monitor.close()
    assert not heard.logind.open
    assert not heard.clocks.open


def test_without_any_it_is_silent() -> None:
    monitor = PowerMonitors(FakeClock())
    monitor.start(lambda: None, lambda _: None)
    monitor.close()


def test_this_computers_monitor_can_be_closed_at_once() -> None:
    power_monitor().close()
    monitor = power_monitor()
    monitor.start(lambda: None, lambda _: None)
    monitor.close()
    monitor.close()
