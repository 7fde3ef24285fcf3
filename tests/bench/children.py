"""Our own modules as processes of their own, so that no interpreter lock is shared with what is measured."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Mapping

from tests.support.house import ROOT

_STOP_S = 10.0


def say(line: object) -> None:
    """In a child: tell the parent, who waits for a line."""
    print(line, flush=True)


def wait_for_end() -> None:
    """In a child: block until the parent ends it, or is gone."""
    sys.stdin.read()


@contextlib.contextmanager
def child(module: str, *words: object, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """``python -m MODULE WORDS`` in the network namespace of this thread; gives its first line.

    It is asked to end by the end of its standard input. Raises `ChildProcessError` where it ends before it says a word.
    """
    process = _start(module, *words, environment=environment)
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            line = process.stdout.readline().strip()
            if not line:
                raise ChildProcessError(f"{module} ended with {process.wait(_STOP_S)}")
            yield line
        finally:
            process.stdin.close()
            _end(process)


def _start(module: str, *words: object, environment: Mapping[str, str] | None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
        text=True,
        start_new_session=True,  # Ctrl-C must leave it to the clean-up
    )


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
