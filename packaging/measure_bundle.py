"""Prints figures of a bundle for Linux, beside those of the program started from this checkout.

usage: measure_bundle.py FOLDER       with the Python of .venv; takes a minute or two
"""

from __future__ import annotations

import contextlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from x_screen import Appearances, ended, screen, tray

ROOT = Path(__file__).resolve().parents[1]
FROM_SOURCE = [sys.executable, "-m", "desktop"]

STARTS, STATUS_CALLS, STARTS_AT_ONCE = 7, 40, 4
# More than the ten seconds for which a hidden start waits for a tray before it shows its window after all.
IDLE_S = 15.0
TIMEOUT_S = 30.0


class Stage:
    """A display, and a home folder for one run of the program. Use it by `stage`."""

    def __init__(self, display: str, home: Path) -> None:
        self.display = display
        self._home = home

    def start(self, program: list[str], *words: str) -> subprocess.Popen[bytes]:
        """In an environment that has nothing of this computer's own desktop."""
        return subprocess.Popen(
            [*program, *words],
            cwd=ROOT,
            env={
                "HOME": str(self._home),
                "CAPONIER_HOME": str(self._home / "caponier"),
                "DISPLAY": self.display,
                "DBUS_SESSION_BUS_ADDRESS": "disabled:",
                "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def status_ms(self, program: list[str]) -> float:
        """Of `caponier status --json` as a whole process. Raises `RuntimeError` where no window answers."""
        took_ms = self._answered_ms(program)
        if took_ms is None:
            raise RuntimeError("no window answers")
        return took_ms

    def wait_until_it_answers(self, program: list[str]) -> None:
        """Raise `RuntimeError`."""
        deadline_mono = time.monotonic() + TIMEOUT_S
        while self._answered_ms(program) is None:
            if time.monotonic() > deadline_mono:
                raise RuntimeError("no window answers")
            time.sleep(0.1)

    def _answered_ms(self, program: list[str]) -> float | None:
        started_mono = time.monotonic()
        process = self.start(program, "status", "--json")
        # `wait` with a time limit looks after 31 and 63 ms, and at nothing in between.
        watchdog = threading.Timer(TIMEOUT_S, process.kill)
        watchdog.start()
        status = process.wait()
        took_ms = (time.monotonic() - started_mono) * 1000
        watchdog.cancel()
        return took_ms if status == 0 else None


@contextlib.contextmanager
def stage(display: str) -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="caponier-measure-") as home:
        yield Stage(display, Path(home))


@contextlib.contextmanager
def running(display: str, program: list[str]) -> Iterator[tuple[Stage, subprocess.Popen[bytes], float]]:
    """A window that is there, and how many milliseconds that took. Raises `RuntimeError` where none appears."""
    with stage(display) as at, Appearances(display) as appearances:
        started_mono = time.monotonic()
        with ended(at.start(program)) as process:
            appeared_mono = appearances.next(TIMEOUT_S)
            if appeared_mono is None:
                raise RuntimeError("no window appeared")
            yield at, process, (appeared_mono - started_mono) * 1000


def window_ms(display: str, program: list[str]) -> float:
    with running(display, program) as (_, _, took_ms):
        return took_ms


def memory_kib(display: str, program: list[str]) -> tuple[int, int]:
    """RSS and PSS with the window shown."""
    with running(display, program) as (_, process, _):
        return _idle_memory_kib(process.pid)


def hidden_memory_kib(display: str, program: list[str]) -> tuple[int, int]:
    """RSS and PSS in the tray. Raises `RuntimeError` where a window came all the same."""
    with (
        tray(display),
        stage(display) as at,
        Appearances(display) as appearances,
        ended(at.start(program, "--hidden")) as process,
    ):
        at.wait_until_it_answers(program)
        memory = _idle_memory_kib(process.pid)
        if appearances.next(timeout_s=0) is not None:
            raise RuntimeError("the window did not stay hidden")
    return memory


def status_medians_ms(display: str, bundle: list[str]) -> tuple[float, float]:
    """Of the bundle's command and of the one from source, in turns, against the same window of the bundle."""
    with running(display, bundle) as (at, _, _):
        at.wait_until_it_answers(bundle)
        return _medians(at.status_ms, bundle, STATUS_CALLS)


def processes_after_starts_at_once(display: str, program: list[str]) -> int:
    """How many stay. The others must end with status 0, or `RuntimeError` is raised."""
    with stage(display) as at, contextlib.ExitStack() as stack:
        starts = [stack.enter_context(ended(at.start(program))) for _ in range(STARTS_AT_ONCE)]
        deadline_mono = time.monotonic() + TIMEOUT_S
        while sum(start.poll() is None for start in starts) > 1 and time.monotonic() < deadline_mono:
            time.sleep(0.05)
        at.wait_until_it_answers(program)
        if any(start.poll() for start in starts):
            raise RuntimeError("a start beside the first one failed")
        return sum(start.poll() is None for start in starts)


def end_ms(display: str, program: list[str]) -> float:
    """From SIGTERM to the end of the process, which must have status 0."""
    with running(display, program) as (at, process, _):
        at.wait_until_it_answers(program)
        started_mono = time.monotonic()
        process.terminate()
        status = process.wait()
        took_ms = (time.monotonic() - started_mono) * 1000
    if status != 0:
        raise RuntimeError(f"it ended with status {status}")
    return took_ms


def _medians(measure_ms: Callable[[list[str]], float], bundle: list[str], rounds: int) -> tuple[float, float]:
    """Of the bundle and from source, in turns: other work on this computer slows both. The first turn fills caches."""
    values = [(measure_ms(bundle), measure_ms(FROM_SOURCE)) for _ in range(rounds + 1)][1:]
    ours, theirs = zip(*values, strict=True)
    return statistics.median(ours), statistics.median(theirs)


def _idle_memory_kib(pid: int) -> tuple[int, int]:
    """RSS and PSS (proc(5), smaps_rollup)."""
    time.sleep(IDLE_S)
    fields = dict(
        re.findall(r"^(\w+): +(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    )
    return int(fields["Rss"]), int(fields["Pss"])


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _row(what: str, figure: str) -> None:
    print(f"{what:<58} {figure}", flush=True)


def _memory(kib: tuple[int, int]) -> str:
    return f"RSS {kib[0] / 1024:.0f} MiB, PSS {kib[1] / 1024:.0f} MiB"


def main() -> None:
    # So that everything started here ends too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(sys.argv[1]).resolve()
    bundle = [str(folder / "caponier")]
    _row("unpacked", f"{_bytes_of(folder)} bytes")
    for archive in folder.parent.glob("caponier-*-linux-*.tar.xz"):
        _row("tar.xz", f"{archive.stat().st_size} bytes")
    with screen() as display:
        ours, theirs = _medians(lambda program: window_ms(display, program), bundle, STARTS)
        _row(f"until the window is mapped, median of {STARTS}", f"{ours:.0f} ms; from source {theirs:.0f} ms")
        _row("  the one divided by the other", f"{ours / theirs:.2f}")
        _row(f"memory after {IDLE_S:.0f} s, window shown", _memory(memory_kib(display, bundle)))
        _row("  from source", _memory(memory_kib(display, FROM_SOURCE)))
        _row("  window hidden in the tray", _memory(hidden_memory_kib(display, bundle)))
        ours, theirs = status_medians_ms(display, bundle)
        _row(
            f"caponier status --json, median of {STATUS_CALLS}", f"{ours:.1f} ms; from source {theirs:.1f} ms"
        )
        _row(
            f"processes left of {STARTS_AT_ONCE} starts at once",
            f"{processes_after_starts_at_once(display, bundle)}",
        )
        _row("from SIGTERM to the end", f"{end_ms(display, bundle):.0f} ms")


if __name__ == "__main__":
    main()
