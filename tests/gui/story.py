"""A person at the screen of the real program: looks, clicks, types."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tests.support.house import ROOT
from tests.support.xvfb import START_TIMEOUT_S, Screen

TRIES = 5
PATIENCE_S = 40.0
# Said by Qt on each desktop without xdg-desktop-portal.
NO_PORTAL = "qt.qpa.services: Failed to register with host portal"
Sight = dict[str, Any]


class Story:
    """`story_child` on a screen, and the hand and eyes of whoever sits before it. Use it in a ``with``."""

    def __init__(self, screen: Screen, *arguments: str) -> None:
        self._screen = screen
        self._sight: Sight = {}
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.story_child", *arguments],
            cwd=ROOT,
            # No keyring of the computer is asked: each secret is kept in memory, and the program says so.
            env=self.environment | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read_sights, name="the program's sights"),
            threading.Thread(target=self._read_errors, name="the program's errors"),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def environment(self) -> dict[str, str]:
        return self._screen.environment | {"PYTHONPATH": str(ROOT)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(START_TIMEOUT_S)
        for reader in self._readers:
            reader.join(START_TIMEOUT_S)
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()

    def wait(self, condition: Callable[[Sight], object], what: str) -> Sight:
        """Until what is seen fulfils `condition`."""
        assert self._sees(condition, PATIENCE_S), f"{what} was not seen, but {json.dumps(self._sight)}"
        return self._sight

    def text(self, part: str) -> str:
        """The words of a part of the window or dialog in front, as soon as it is there."""
        sight = self.wait(lambda sight: part in sight["parts"], part)
        return str(sight["parts"][part]["text"])

    def wait_for_text(self, part: str, start: str) -> str:
        """Until the part's words begin with `start`; all of them."""
        self.wait(lambda sight: _text(sight, part).startswith(start), f"{part}: {start}")
        return self.text(part)

    def wait_for_tooltip(self, text: str) -> None:
        """What the icon in the tray says."""
        self.wait(lambda sight: sight["icon"] and sight["icon"]["text"] == text, f"tooltip {text!r}")

    def click(self, part: str, until: Callable[[Sight], object]) -> None:
        """Click, and once more where nothing came of it: no window manager says when a window hears clicks."""
        for _ in range(TRIES):
            sight = self.wait(
                lambda sight: until(sight) or sight["parts"].get(part, {}).get("enabled"), f"{part} to click"
            )
            if part in sight["parts"] and not until(sight):
                self._screen.click(*sight["parts"][part]["place"])
            if self._sees(until, PATIENCE_S / TRIES):
                return
        raise AssertionError(f"nothing came of clicks on {part}: {json.dumps(self._sight)}")

    def fill(self, part: str, text: str) -> None:
        """Click into an input, clear it, and type."""
        self.click(part, lambda sight: sight["focus"] == part)
        self.keys("ctrl+a", "Delete")
        self._screen.type(text)
        self.wait(lambda sight: len(_text(sight, part)) == len(text), f"{len(text)} characters in {part}")

    def keys(self, *names: str) -> None:
        self._screen.key(*names)

    def press(self, *names: str, until: Callable[[Sight], object]) -> None:
        """Keys for the window manager or the window, and once more where nothing came of them, as with `click`."""
        for _ in range(TRIES):
            self.keys(*names)
            if self._sees(until, PATIENCE_S / TRIES):
                return
        raise AssertionError(f"nothing came of {names}: {json.dumps(self._sight)}")

    def choose(self, entry: str) -> None:
        """Open the menu of the icon in the tray and click one of its entries."""
        for _ in range(TRIES):
            self._screen.click(*self._icon_place(), 3)
            if self._sees(lambda sight: entry in sight["menu"], PATIENCE_S / TRIES):
                break
        place = self.wait(lambda sight: entry in sight["menu"], f"menu entry {entry}")["menu"][entry]
        self._screen.click(*place)

    def click_icon(self, until: Callable[[Sight], object]) -> None:
        for _ in range(TRIES):
            self._screen.click(*self._icon_place())
            if self._sees(until, PATIENCE_S / TRIES):
                return
        raise AssertionError(f"nothing came of clicks on the icon: {json.dumps(self._sight)}")

    def terminate(self) -> None:
        """As a session that ends does."""
        os.kill(self._process.pid, signal.SIGTERM)

    def end(self, timeout_s: float = START_TIMEOUT_S) -> tuple[int, str]:
        """Wait for its end. The exit status, and what was said on standard error, but for Qt's word on portals."""
        status = self._process.wait(timeout_s)
        self._readers[1].join(START_TIMEOUT_S)
        return status, "".join(line for line in self._errors if not line.startswith(NO_PORTAL))

    def _icon_place(self) -> tuple[int, int]:
        x, y = self.wait(lambda sight: sight["icon"], "icon in the tray")["icon"]["place"]
        return x, y

    def _sees(self, condition: Callable[[Sight], object], timeout_s: float) -> bool:
        deadline_mono = time.monotonic() + timeout_s
        with self._changed:
            while not (self._sight and condition(self._sight)):
                left_s = deadline_mono - time.monotonic()
                if left_s <= 0 or self._process.poll() is not None:
                    return False
                self._changed.wait(min(left_s, 0.5))
        return True

    def _read_sights(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._sight = json.loads(line)
                self._changed.notify_all()

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        self._errors.extend(self._process.stderr)


def window_is_there(sight: Sight) -> bool:
    return bool(sight["front"] == "Caponier")


def window_is_gone(sight: Sight) -> bool:
    return not sight["front"]


def shows(*parts: str) -> Callable[[Sight], bool]:
    """A condition: all these parts can be seen."""
    return lambda sight: all(part in sight["parts"] for part in parts)


def files_with(secret: str, folder: Path) -> list[Path]:
    """Every file under `folder` that holds `secret`."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if secret.encode() in path.read_bytes()]


def _text(sight: Sight, part: str) -> str:
    return str(sight["parts"].get(part, {}).get("text", ""))
