"""The tray on a real X11 screen with a real tray host, clicked with a real pointer."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.xvfb import START_TIMEOUT_S, Screen, missing_programs, virtual_screen

ROOT = Path(__file__).resolve().parents[2]
CLICKS = 4
Place = tuple[int, int]

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or bool(missing_programs()),
    reason="needs X11 programs: Xvfb, openbox, trayer, xdotool, dbus",
)


class Child:
    """The program of `tray_child`, its lines, and a hand on the screen's pointer."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.tray_child"],
            cwd=ROOT,
            env=screen.environment | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, name="tray child's lines")
        self._reader.start()

    def next(self, event: str, **facts: Any) -> dict[str, Any]:
        """The next line that tells of `event` with these facts; other lines are passed over."""
        line = self._find(event, START_TIMEOUT_S, facts)
        assert line is not None, f"the program did not tell of {event} {facts}"
        return line

    def wait_for_icon(self) -> Place:
        """Where it is, as soon as the host has given it a place."""
        while True:
            x, y = self.next("icon", available=True)["place"]
            if min(x, y) > 0:
                return x, y

    def click_icon(self, place: Place, button: int, event: str) -> dict[str, Any]:
        """Click until the program tells of `event`: no host says when an icon starts to hear clicks."""
        for _ in range(CLICKS):
            self._screen.click(*place, button)
            line = self._find(event, START_TIMEOUT_S / CLICKS, {})
            if line is not None:
                return line
        raise AssertionError(f"no {event} after {CLICKS} clicks on the icon")

    def choose(self, place: Place, entry: str) -> None:
        """Open the menu and click one of its entries."""
        x, y = self.click_icon(place, 3, "menu")["entries"][entry]
        self._screen.click(x, y)

    def _find(self, event: str, timeout_s: float, facts: dict[str, Any]) -> dict[str, Any] | None:
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                return None
            if line["event"] == event and facts.items() <= line.items():
                return line

    def end(self) -> int:
        """Its exit status."""
        return self._process.wait(START_TIMEOUT_S)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(START_TIMEOUT_S)
        self._reader.join(START_TIMEOUT_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))


@pytest.fixture
def screen() -> Iterator[Screen]:
    with virtual_screen(tray=False) as screen:
        yield screen


@pytest.fixture
def child(screen: Screen) -> Iterator[Child]:
    child = Child(screen)
    yield child
    child.stop()


def test_a_connection_is_switched_on_and_off_from_the_tray(screen: Screen, child: Child) -> None:
    screen.start_tray()
    place = child.wait_for_icon()

    child.choose(place, "orders")
    child.next("connect", id="orders")
    child.next("icon", tooltip="Caponier\n1 connected")

    child.choose(place, "orders")
    child.next("disconnect", id="orders")
    child.next("icon", tooltip="Caponier\nNot connected")


def test_a_click_on_the_icon_opens_the_window_and_quit_ends_the_program(screen: Screen, child: Child) -> None:
    screen.start_tray()
    place = child.wait_for_icon()

    child.click_icon(place, 1, "show")

    child.choose(place, "Quit")
    assert child.end() == 0


def test_a_tray_that_starts_after_the_program_gets_the_icon_and_one_that_ends_is_noticed(
    screen: Screen, child: Child
) -> None:
    assert child.next("icon")["available"] is False
    screen.start_tray()
    child.wait_for_icon()
    screen.stop_tray()
    child.next("icon", available=False)
    screen.start_tray()
    child.choose(child.wait_for_icon(), "sales")
    child.next("connect", id="sales")


def test_a_failure_that_needs_the_person_is_told_by_the_icon(screen: Screen, child: Child) -> None:
    screen.start_tray()
    child.choose(child.wait_for_icon(), "locked")
    texts = child.next("message")["texts"]
    assert "locked: The password of ada on bastion.example.com is needed" in texts


def test_an_outage_is_told_by_the_icon(screen: Screen, child: Child) -> None:
    screen.start_tray()
    child.choose(child.wait_for_icon(), "flaky")
    texts = child.next("message")["texts"]
    assert "flaky is interrupted" in texts
    assert any(text.startswith("The connection to bastion.example.com was lost.") for text in texts)


def test_staying_in_the_tray_is_said_once(screen: Screen, child: Child) -> None:
    screen.start_tray()
    place = child.wait_for_icon()
    child.click_icon(place, 1, "show")
    assert "Caponier keeps running in the tray" in child.next("message")["texts"]
    child.click_icon(place, 1, "show")
    child.choose(place, "locked")
    assert "locked: The password of ada on bastion.example.com is needed" in child.next("message")["texts"]
