"""The window ends, in order or not, and starts again: what was on is on, and its programs find the same ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from desktop.core.model import LOOPBACK, Connection, Forward, Hop, Route
from desktop.core.preferences import Preferences
from desktop.store.connections import ConnectionsFile
from desktop.store.paths import Paths
from desktop.store.preferences import PreferencesFile
from desktop.store.wanted import WantedFile
from tests.support import program
from tests.support.echo import TcpService, echo, refusing_endpoint
from tests.support.house import ROOT
from tests.support.keys import KeyFile, make_key
from tests.support.local_clients import answer, client_of
from tests.support.logs import LogGuard
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.waiting import wait_until
from tests.support.xvfb import missing_programs, virtual_screen

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals")

END_WITHIN_S = 3.0
PATIENCE_S = 30.0
TUNNELS = 10
# What the child says where Qt asked its window to close, which would cancel a log-out.
WAS_ASKED_TO_CLOSE = "the window was asked to close"


class Window:
    """The program's window on a screen that nobody sees. Use it by `window`."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.restore_child", *words],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.seen_at_first = self._read()

    def obey(self, *words: str) -> str:
        """What can be seen of the window then: ``visible`` or ``hidden``."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self._read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def end(self, way: str = "SIGTERM") -> float:
        """By a signal, or by ``quit``: the seconds that the end took, which must be one in order."""
        began_mono = time.monotonic()
        if way == "quit":
            assert self.obey("quit") != WAS_ASKED_TO_CLOSE
        else:
            self.process.send_signal(signal.Signals[way])
        assert self.process.wait(PATIENCE_S) == 0
        return time.monotonic() - began_mono

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()

    def _read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def window(*words: str) -> Iterator[Window]:
    running = Window(*words)
    try:
        yield running
    finally:
        running.close()


class Place:
    """Servers and saved connections to an echo behind them, which is the warehouse."""

    def __init__(self, home: Path, key: KeyFile, service: TcpService, servers: list[OpenSshServer]) -> None:
        self.service = service
        self.servers = servers
        self.connections: list[Connection] = []
        self.paths = Paths.from_environment()
        self.wanted = WantedFile(self.paths)
        self._hops = [with_key(server.endpoint, server.user, key.path) for server in servers]
        (home / ".ssh").mkdir(mode=0o700)
        (home / ".ssh" / "known_hosts").write_text("".join(each.known_hosts_line() for each in servers))

    def save(self, *names: str) -> None:
        """They take turns with the servers."""
        for number, name in enumerate(names):
            self.connections.append(self._connection(name, self._hops[number % len(self._hops)]))
        ConnectionsFile(self.paths).save(self.connections)

    def connect(self, running: Window, *names: str) -> None:
        """Returns when they work, and are noted."""
        for name in names:
            running.obey("connect", name)
        for name in names:
            self.assert_works(name)
        self.wait_until_noted(*names)

    def wait_until_noted(self, *names: str) -> None:
        ids = {each.id for each in self.connections if each.name in names}
        wait_until(lambda: self.wanted.load() == ids)

    def assert_works(self, name: str) -> None:
        wait_until(lambda: self._listens(name))
        with client_of(self.port(name)) as client:
            assert answer(client, b"are you there?") == b"are you there?"

    def assert_is_off(self, name: str) -> None:
        assert not self._listens(name)

    def port(self, name: str) -> int:
        return next(each.forward.local_port for each in self.connections if each.name == name)

    def _listens(self, name: str) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((LOOPBACK, self.port(name))) == 0

    def _connection(self, name: str, hop: Hop) -> Connection:
        forward = Forward(self.service.endpoint, refusing_endpoint().port)
        return Connection(name, Route((hop,)), forward)

    @property
    def server(self) -> OpenSshServer:
        return self.servers[0]


@pytest.fixture
def place(home: Path, tmp_path: Path) -> Iterator[Place]:
    key = make_key(tmp_path)
    with OpenSshServer(keys=[key]) as server, echo() as service:
        yield Place(home, key, service, [server])


def test_after_a_kill_everything_is_up_again_with_one_login(place: Place) -> None:
    place.save("sales", "orders", "stock", "left off")
    with window() as first:
        place.connect(first, "sales", "orders", "stock")
        first.kill()
    with window():
        for name in ("sales", "orders", "stock"):
            place.assert_works(name)
        place.assert_is_off("left off")
    place.server.expect_logins(2)


def test_after_a_log_out_too_and_what_was_switched_off_stays_off(place: Place) -> None:
    place.save("sales", "orders")
    with window() as first:
        place.connect(first, "sales", "orders")
        first.obey("disconnect", "orders")
        place.wait_until_noted("sales")
        first.end()
    with window() as second:
        place.assert_works("sales")
        place.assert_is_off("orders")
        second.end()
    place.wait_until_noted("sales")


def test_a_connection_deleted_meanwhile_is_skipped(place: Place) -> None:
    place.save("sales", "orders")
    with window() as first:
        place.connect(first, "sales", "orders")
        first.kill()
    program.must("remove", "orders")
    with window() as second:
        place.assert_works("sales")
        place.assert_is_off("orders")
        assert second.end() < END_WITHIN_S


def test_who_does_not_want_that_starts_with_everything_off(place: Place) -> None:
    place.save("sales")
    with window() as first:
        place.connect(first, "sales")
        first.kill()
    PreferencesFile(place.paths).save(Preferences(connect_again=False))
    with window() as second:
        place.wait_until_noted()
        place.assert_is_off("sales")
        second.end()


def test_on_demand_a_start_opens_the_ports_and_bothers_no_bastion(place: Place) -> None:
    place.save("sales")
    with window() as first:
        place.connect(first, "sales")
        first.kill()
    PreferencesFile(place.paths).save(Preferences(on_demand=True))
    logins = place.server.count_connections()
    with window() as second:
        wait_until(lambda: "Waits for a program" in program.must("status", "sales"))
        assert place.server.count_connections() == logins
        second.end()


def test_a_damaged_note_is_ignored(place: Place, log_guard: LogGuard) -> None:
    # This test looks into it, too, and perhaps before the window has written another.
    log_guard.allow("wanted.json is ignored")
    place.save("sales")
    place.paths.state_dir.mkdir(parents=True)
    (place.paths.state_dir / "wanted.json").write_bytes(b'{"version": 1, "conn')
    with window() as running:
        place.assert_is_off("sales")
        place.connect(running, "sales")
        running.end()
    assert "wanted.json is ignored" in place.paths.log_path.read_text()


def test_tunnels_of_a_terminal_are_no_wish_of_the_window(place: Place) -> None:
    place.save("sales")
    with program.up("sales") as running:
        running.wait_for(state="up")
    assert not place.paths.state_dir.joinpath("wanted.json").exists()


def test_started_hidden_without_a_tray_the_window_is_shown_all_the_same() -> None:
    with window("--hidden") as running:
        assert running.seen_at_first == "hidden"
        wait_until(lambda: running.obey("look") == "visible", PATIENCE_S)
        running.end()


@pytest.fixture
def busy_place(home: Path, tmp_path: Path) -> Iterator[Place]:
    key = make_key(tmp_path)
    with OpenSshServer(keys=[key]) as one, OpenSshServer(keys=[key]) as two, echo() as service:
        yield Place(home, key, service, [one, two])


@pytest.mark.parametrize("end", ["SIGTERM", "SIGHUP", "SIGINT", "quit"])
def test_with_ten_tunnels_in_use_a_session_ends_within_three_seconds(busy_place: Place, end: str) -> None:
    place = busy_place
    names = [f"warehouse {number}" for number in range(TUNNELS)]
    place.save(*names)
    with window() as running:
        place.connect(running, *names)
        with ExitStack() as clients:
            for name in names:
                client = clients.enter_context(client_of(place.port(name)))
                assert answer(client, b"busy") == b"busy"
            assert running.end(end) < END_WITHIN_S
    for name in names:
        place.assert_is_off(name)
    place.wait_until_noted(*names)
    for server in place.servers:
        server.expect_logins(1)
    wait_until(lambda: all("onnection closed by" in server.log_text() for server in place.servers))


def test_signals_that_follow_the_first_do_not_turn_its_end_into_a_failure(place: Place) -> None:
    place.save("sales")
    with window() as running:
        place.connect(running, "sales")
        running.process.send_signal(signal.SIGTERM)
        while running.process.poll() is None:
            running.process.send_signal(signal.Signals["SIGHUP"])
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(0.002)
        assert running.process.returncode == 0
    place.assert_is_off("sales")


@pytest.mark.skipif(bool(missing_programs()), reason="needs X11 programs: Xvfb, openbox, dbus")
def test_a_session_whose_screen_goes_away_ends_the_program_and_is_taken_up_again(place: Place) -> None:
    place.save("sales")
    with pytest.MonkeyPatch.context() as patch:
        with virtual_screen() as screen:
            for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "QT_QPA_PLATFORM"):
                patch.setenv(name, screen.environment[name])
            running = Window()
            place.connect(running, "sales")
        with closing(running):
            assert running.process.wait(END_WITHIN_S) == 1
    place.assert_is_off("sales")
    with window() as again:
        place.assert_works("sales")
        again.end()


def test_a_bastion_that_hangs_does_not_keep_a_session_from_ending(place: Place) -> None:
    place.save("sales")
    with window() as running:
        place.connect(running, "sales")
        with place.server.frozen(listener=True):
            assert running.end() < END_WITHIN_S
    place.wait_until_noted("sales")
