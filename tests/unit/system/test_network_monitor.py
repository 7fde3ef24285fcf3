"""The one logic behind every doorbell, and what it does where there is none."""

from __future__ import annotations

import errno
import logging
import socket
import threading
from collections.abc import Iterator

import pytest

from desktop.system.network.fingerprint import Fingerprint
from desktop.system.network.monitor import NullMonitor, WatchingMonitor
from tests.support.waiting import wait_until

SOON_S = 0.01
SILENT_S = 0.4


class StandInBell:
    def __init__(self) -> None:
        self._button, self._sock = socket.socketpair()
        self.noise = False
        self.broken = False
        self.asked = 0
        self.closed = False

    @property
    def sock(self) -> socket.socket:
        return self._sock

    def ring(self) -> None:
        self._button.send(b"!")

    def heard(self) -> bool:
        self.asked += 1
        self._sock.recv(64)
        if self.broken:
            raise OSError(errno.EIO, "broken")
        return not self.noise

    def close(self) -> None:
        self.closed = True
        self._button.close()
        self._sock.close()


class Street:
    """A monitor with a stand-in bell and a network that is a list of addresses."""

    def __init__(self) -> None:
        self.bell: StandInBell | None = StandInBell()
        self.address = "10.9.1.2"
        self.looks = 0
        self.calls = 0
        self.caller = ""
        self.monitor = WatchingMonitor(self._open_bell, self._look, poll_s=SOON_S)

    def start(self) -> None:
        self.monitor.start(self._on_change)

    def called(self) -> bool:
        return self.calls > 0

    def stays_silent(self) -> bool:
        before = self.calls
        try:
            wait_until(lambda: self.calls > before, SILENT_S)
        except TimeoutError:
            return True
        return False

    def _open_bell(self) -> StandInBell:
        if self.bell is None:
            raise PermissionError(errno.EPERM, "no bell here")
        return self.bell

    def _look(self) -> Fingerprint:
        self.looks += 1
        return Fingerprint(frozenset(), frozenset({("eth0", self.address)}), (), frozenset())

    def _on_change(self) -> None:
        self.caller = threading.current_thread().name
        self.calls += 1


@pytest.fixture
def street() -> Iterator[Street]:
    street = Street()
    bell = street.bell
    yield street
    street.monitor.close()
    if bell is not None:
        bell.close()


def _bell(street: Street) -> StandInBell:
    assert street.bell is not None
    return street.bell


def test_a_ring_is_told_once_from_a_thread_of_its_own(street: Street) -> None:
    street.start()
    _bell(street).ring()
    wait_until(street.called)
    assert street.caller == "network monitor"
    assert street.stays_silent()


def test_rings_close_together_are_told_once(street: Street) -> None:
    street.start()
    bell = _bell(street)
    for asked in range(5):
        bell.ring()
        wait_until(lambda past=asked: bell.asked > past)  # type: ignore[misc]
    wait_until(street.called)
    assert street.stays_silent()
    assert street.calls == 1


def test_noise_is_not_told(street: Street) -> None:
    _bell(street).noise = True
    street.start()
    _bell(street).ring()
    wait_until(lambda: _bell(street).asked > 0)
    assert street.stays_silent()


def test_with_a_bell_nobody_looks(street: Street) -> None:
    street.start()
    assert street.stays_silent()
    assert street.looks == 0


def test_without_a_bell_a_change_is_seen(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    _remove_bell(street)
    with caplog.at_level(logging.INFO):
        street.start()
    assert [record.levelname for record in caplog.records] == ["INFO"]
    street.address = "10.9.1.3"
    wait_until(street.called)


def test_without_a_bell_the_same_sight_is_not_told(street: Street) -> None:
    _remove_bell(street)
    street.start()
    wait_until(lambda: street.looks > 3)
    assert street.stays_silent()


def test_a_bell_that_breaks_rings_and_is_replaced_by_looking(street: Street) -> None:
    bell = _bell(street)
    bell.broken = True
    street.start()
    bell.ring()
    wait_until(street.called)
    assert bell.closed
    street.address = "10.9.1.3"
    wait_until(lambda: street.calls > 1)


def test_what_can_not_start_says_so_and_stays_silent(
    street: Street, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_files() -> None:
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(socket, "socketpair", out_of_files)
    with caplog.at_level(logging.INFO):
        street.start()
    assert [record.getMessage() for record in caplog.records] == [
        f"the network is not watched: [Errno {errno.EMFILE}] too many open files"
    ]
    street.monitor.close()


def test_without_threads_nothing_stays_open(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_more)
        street.start()
    assert _bell(street).closed


def test_closing_is_fine_without_a_start(street: Street) -> None:
    for monitor in (street.monitor, NullMonitor()):
        monitor.close()
        monitor.close()


def test_closing_ends_the_thread_and_the_bell(street: Street) -> None:
    street.start()
    _bell(street).ring()
    street.monitor.close()
    street.monitor.close()
    assert _bell(street).closed
    assert "network monitor" not in [thread.name for thread in threading.enumerate()]
    assert street.stays_silent()


def test_the_null_monitor_never_tells() -> None:
    told: list[None] = []
    monitor = NullMonitor()
    monitor.start(lambda: told.append(None))
    monitor.close()
    assert not told


def _remove_bell(street: Street) -> None:
    _bell(street).close()
    street.bell = None
