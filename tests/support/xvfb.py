"""A screen nobody sees, with a window manager and a tray, for programs run as children of a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("Xvfb", "openbox", "trayer", "xdotool", "dbus-daemon")
SCREEN = "1280x900x24"
TRAY_HEIGHT_PX = 32
START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 5.0
_FOREIGN_VARIABLES = (
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "QT_QPA_PLATFORM",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
)


class Screen:
    """An X server and a session bus of its own. Use it by `virtual_screen`.

    Nothing on the bus hosts tray icons, so Qt falls back to the X11 tray that `start_tray` provides.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._tray: subprocess.Popen[bytes] | None = None
        self.display = ""
        self.bus_address = ""

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to appear here, and nothing of this computer's own desktop."""
        inherited = {name: value for name, value in os.environ.items() if name not in _FOREIGN_VARIABLES}
        return inherited | {
            "DISPLAY": self.display,
            "DBUS_SESSION_BUS_ADDRESS": self.bus_address or "disabled:",
            "QT_QPA_PLATFORM": "xcb",
            "XDG_RUNTIME_DIR": str(self._folder),
            "XDG_CURRENT_DESKTOP": "openbox",
        }

    def start(self) -> None:
        """Returns when the window manager answers."""
        # Without -noreset the server starts over, dropping everyone, whenever its last client leaves.
        server = ["Xvfb", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
        self.display = f":{self._start_telling('-displayfd', server)}"
        bus = ["dbus-daemon", "--session", "--nofork", "--nosyslog", "--nopidfile"]
        self.bus_address = self._start_telling(
            "--print-address", [*bus, f"--address=unix:dir={self._folder}"]
        )
        self._start(["openbox", "--sm-disable"])
        # Only a window manager sets the property that this asks for.
        wait_until(lambda: self._run("xdotool", "get_desktop").returncode == 0, "openbox did not start")

    def start_tray(self) -> None:
        """A strip for icons in the top left corner. It is there when icons appear in it: no need to wait."""
        place = [
            "--edge",
            "top",
            "--align",
            "left",
            "--widthtype",
            "request",
            "--height",
            str(TRAY_HEIGHT_PX),
        ]
        self._tray = self._start(["trayer", *place, "--SetDockType", "true", "--expand", "false"])

    def stop_tray(self) -> None:
        if self._tray is not None:
            _end(self._tray)
            self._tray = None

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Press and release a mouse button at a place of the screen."""
        self._run("xdotool", "mousemove", str(x), str(y), "click", str(button)).check_returncode()

    def key(self, *names: str) -> None:
        """Press keys by their X names, such as ``Return`` or ``ctrl+n``."""
        self._run("xdotool", "key", *names).check_returncode()

    def type(self, text: str) -> None:
        # A text may begin with "-", as one password in sixty-four does.
        self._run("xdotool", "type", "--delay", "5", "--", text).check_returncode()

    def stop(self) -> None:
        """End every process started here, latest first."""
        for process in reversed(self._processes):
            _end(process)

    def _start(self, command: list[str], pass_fds: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self.environment,
            pass_fds=pass_fds,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def _start_telling(self, option: str, command: list[str]) -> str:
        """Start a server that writes where it is to the file descriptor given with `option`."""
        reader, writer = os.pipe()
        words = [f"{option}={writer}"] if option.startswith("--") else [option, str(writer)]
        try:
            self._start([*command, *words], pass_fds=(writer,))
        finally:
            os.close(writer)
        with os.fdopen(reader) as pipe:
            told = pipe.readline().strip()
        assert told, f"{command[0]} did not start"
        return told

    def _run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command, env=self.environment, capture_output=True, timeout=START_TIMEOUT_S, check=False
        )


@contextmanager
def virtual_screen(*, tray: bool = True) -> Iterator[Screen]:
    """For programs started with `Screen.environment`."""
    # Not pytest's tmp_path, whose long names leave no room for a socket's.
    folder = Path(tempfile.mkdtemp(prefix="screen-"))
    screen = Screen(folder)
    try:
        screen.start()
        if tray:
            screen.start_tray()
        yield screen
    finally:
        screen.stop()
        shutil.rmtree(folder, ignore_errors=True)


def missing_programs() -> list[str]:
    """The programs of this module that this computer lacks."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def wait_until(condition: Callable[[], bool], complaint: str, timeout_s: float = START_TIMEOUT_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_STOP_TIMEOUT_S)
