"""The program itself, started as a person or a script would start it: ``python -m desktop ...``."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from tests.support.house import ROOT
from tests.support.system_user import is_root

ANSWER_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command that ended said. `status` is its exit status."""

    status: int
    out: str
    err: str


def run(*words: str, stdin: str = "", prefix: tuple[str, ...] = ()) -> Answer:
    """Run one command to its end. Files are where the test's HOME and CAPONIER_HOME say.

    `prefix` is a program that starts it, such as the one of `obeying_permissions`.
    """
    done = subprocess.run(
        [*prefix, *_command(words)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=_environment(),
        timeout=ANSWER_TIMEOUT_S,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Answer(done.returncode, done.stdout, done.stderr)


def must(*words: str, stdin: str = "") -> str:
    """Run a command that has to succeed; its output."""
    answer = run(*words, stdin=stdin)
    assert answer.status == 0, answer.err
    return answer.out


class RunningUp:
    """A ``caponier up --json`` that runs. Use it by `up`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._changed = threading.Condition()
        self._events: list[Event] = []
        self._err = ""
        self._readers = [
            threading.Thread(target=self._read, args=(process.stdout, self._take_event), name="read-stdout"),
            threading.Thread(target=self._read, args=(process.stderr, self._take_error), name="read-stderr"),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def events(self) -> list[Event]:
        """Every object printed so far."""
        with self._changed:
            return list(self._events)

    @property
    def err(self) -> str:
        """Standard error so far."""
        with self._changed:
            return self._err

    def wait_for(self, timeout_s: float = 10.0, **wanted: object) -> Event:
        """Block until an event has these values, then pass over it and all before it in further calls.

        Raises `AssertionError` with everything that was said instead.
        """

        def is_wanted(event: Event) -> bool:
            return all(event[name] == value for name, value in wanted.items())

        return self.wait_until(is_wanted, timeout_s)

    def wait_until(self, condition: Callable[[Event], bool], timeout_s: float = 10.0) -> Event:
        """As `wait_for`, for any condition."""
        with self._changed:
            self._changed.wait_for(lambda: any(map(condition, self._unseen())), timeout_s)
            for number, event in enumerate(self._unseen(), self._seen):
                if condition(event):
                    self._seen = number + 1
                    return event
            raise AssertionError(f"never came; events: {self._events}, standard error: {self._err}")

    def wait_for_words(self, words: str, timeout_s: float = 10.0) -> None:
        """Block until standard error holds `words`."""
        with self._changed:
            came = self._changed.wait_for(lambda: words in self._err, timeout_s)
            assert came, f"events: {self._events}, standard error: {self._err}"

    def port(self, name: str = "", timeout_s: float = 10.0) -> int:
        """The local port that a connection was given; blocks until it is up, and forgets no event."""

        def found() -> list[Event]:
            return [e for e in self._events if e["state"] == "up" and name in ("", e["connection"])]

        with self._changed:
            came = self._changed.wait_for(found, timeout_s)
            assert came, f"events: {self._events}, standard error: {self._err}"
            return int(came[-1]["local"].rpartition(":")[2])

    def wait(self, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """The exit status, once it ended by itself."""
        status = self._process.wait(timeout_s)
        for reader in self._readers:
            reader.join(timeout_s)
        assert "Traceback" not in self.err, self.err
        return status

    def stop(self) -> int:
        """Ask it to end, as Ctrl-C or a service manager does; the exit status."""
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    _seen = 0

    def _unseen(self) -> list[Event]:
        return self._events[self._seen :]

    def _take_event(self, line: str) -> None:
        self._events.append(json.loads(line))

    def _take_error(self, line: str) -> None:
        self._err += line

    def _read(self, stream: IO[str], take: Callable[[str], None]) -> None:
        with stream:
            for line in stream:
                with self._changed:
                    take(line)
                    self._changed.notify_all()


@contextlib.contextmanager
def up(*words: str, verbose: bool = False, first: str = "") -> Iterator[RunningUp]:
    """``caponier up --json`` with further `words`, ended in the end if it has not ended by then.

    `first` is Python that the program runs before anything else, to shorten a deadline.
    """
    options = ("--verbose",) if verbose else ()
    process = subprocess.Popen(
        _command((*options, "up", "--json", *words), first),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=_environment(),
    )
    running = RunningUp(process)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            running.wait()
        except subprocess.TimeoutExpired:
            process.kill()
            running.wait()
            raise


def obeying_permissions() -> tuple[str, ...] | None:
    """A prefix that takes from root the right to pass over permission bits; None where that can't be done."""
    if not is_root():
        return ()
    if shutil.which("setpriv") is None:
        return None
    dropped = "-dac_override,-dac_read_search"
    return ("setpriv", f"--inh-caps={dropped}", f"--bounding-set={dropped}")


def _command(words: tuple[str, ...], first: str = "") -> list[str]:
    if not first:
        return [sys.executable, "-m", "desktop", *words]
    start = f"import sys\n{first}\nfrom desktop.__main__ import main\nsys.exit(main())"
    return [sys.executable, "-c", start, *words]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
