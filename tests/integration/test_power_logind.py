"""logind tells of sleep and wake, and sleep waits until it was heard. On a real bus of the test's own."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue
from typing import Self

import pytest

from desktop.system.power.logind import LogindPower
from tests.support.logind import Logind, private_logind
from tests.support.system_bus import needs_dbus
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="logind is Linux's"), needs_dbus]


@pytest.fixture
def logind(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logind]:
    with private_logind() as logind:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", logind.address)
        yield logind


class Program:
    """Hears of sleep and wake, and remembers what locks there were at that moment."""

    def __init__(self, logind: Logind) -> None:
        self._logind = logind
        self.news: Queue[tuple[str, int]] = Queue()
        self.monitor = LogindPower()

    def __enter__(self) -> Self:
        self.monitor.start(lambda: self._note("sleep"), lambda _: self._note("wake"))
        return self

    def __exit__(self, *_: object) -> None:
        self.monitor.close()

    def _note(self, what: str) -> None:
        self.news.put((what, len(self._logind.held())))

    def heard(self) -> tuple[str, int]:
        return self.news.get(timeout=10)


def test_it_holds_a_lock_that_only_delays_sleep(logind: Logind) -> None:
    with Program(logind):
        lock = logind.wait_for_lock()
    assert (lock.what, lock.who, lock.mode) == ("sleep", "Caponier", "delay")


def test_sleep_waits_until_it_was_heard_and_no_longer(logind: Logind) -> None:
    with Program(logind) as program:
        logind.wait_for_lock()
        assert logind.sleep()
        assert program.heard() == ("sleep", 1)
        assert logind.held() == []


def test_after_the_wake_the_next_sleep_waits_again(logind: Logind) -> None:
    with Program(logind) as program:
        for _ in range(2):
            logind.wait_for_lock()
            assert logind.sleep()
            logind.wake()
            assert program.heard() == ("sleep", 1)
            assert program.heard() == ("wake", 0)


def test_the_lock_goes_with_the_monitor(logind: Logind) -> None:
    with Program(logind):
        logind.wait_for_lock()
    assert logind.held() == []


def test_it_works_again_when_the_bus_was_killed_and_is_back(logind: Logind) -> None:
    with Program(logind) as program:
        logind.wait_for_lock()
        logind.bus.kill()
        logind.stop()
        logind.bus.start()
        logind.start()
        logind.wait_for_lock()
        assert logind.sleep()
        assert program.heard() == ("sleep", 1)


def test_a_logind_that_starts_later_is_noticed(logind: Logind) -> None:
    logind.stop()
    with Program(logind) as program:
        for _ in range(2):
            logind.start()
            logind.wait_for_lock()
            assert logind.sleep()
            assert program.heard() == ("sleep", 1)
            logind.wake()
            assert program.heard() == ("wake", 0)
            logind.stop()


def test_without_permission_for_the_lock_it_still_hears(
    logind: Logind, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    logind.refusing = True
    with Program(logind) as program:
        wait_until(lambda: logind.refused == 1)
        logind.sleep()
        logind.wake()
        assert program.heard() == ("sleep", 0)
        assert program.heard() == ("wake", 0)
        wait_until(lambda: logind.refused == 2)
        logind.sleep()
        assert program.heard() == ("sleep", 0)
    assert caplog.text.count("AccessDenied") == 1


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("unix:path=/nonexistent/bus", id="no bus"),
        pytest.param("disabled:", id="no address"),
        pytest.param("tcp:host=127.0.0.1,port=1", id="a bus we can't speak to"),
    ],
)
def test_without_a_bus_it_says_so_once(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "desktop.system.power")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    monkeypatch.setattr("desktop.system.power.logind._FIRST_RETRY_S", 0.001)
    monitor = LogindPower()
    monitor.start(lambda: None, lambda _: None)
    wait_until(lambda: len([record for record in caplog.records if record.levelno == logging.DEBUG]) > 2)
    monitor.close()
    assert [record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG] == [
        "no system bus: sleep is noticed by the clocks alone"
    ]


def _read_until(caller: socket.socket, word: bytes) -> None:
    seen = b""
    while word not in seen:
        seen += caller.recv(4096)


if sys.platform != "win32":  # whose sockets lack AF_UNIX, says mypy

    def test_a_bus_that_answers_nothing_does_not_hold_up_the_end(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)  # a socket's name is short
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=bus")
        with closing(socket.socket(socket.AF_UNIX)) as frozen:
            frozen.bind("bus")
            frozen.listen()
            monitor = LogindPower()
            monitor.start(lambda: None, lambda _: None)
            caller, _ = frozen.accept()
            with closing(caller):
                _read_until(caller, b"\r\n")
                caller.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
                _read_until(caller, b"\r\n")
                caller.sendall(b"AGREE_UNIX_FD\r\n")
                _read_until(caller, b"Hello")
                monitor.close()
