"""kill -9 in the middle of a save never costs the saved connections."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from desktop.core.model import Connection, Endpoint, Forward, Hop, Route
from desktop.store.connections import ConnectionsFile
from desktop.store.paths import Paths

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="starts the saving process by fork")

KILLS = 200
CONNECTIONS = 40
LONGEST_LIFE_S = 0.04
KILL_SIGNAL = 9

# Forks a process for each line it reads, so that 200 of them cost one start of Python. That process saves one list
# after the other and says so; when it is dead, the parent says "ended".
_NURSERY = """
import os, sys
from tests.integration.test_crash_safe_save import save_for_ever
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        save_for_ever()
    os.write(1, b"pid %d\\n" % pid)
    os.waitpid(pid, 0)
    os.write(1, b"ended\\n")
"""


def the_list(number: int) -> list[Connection]:
    """All connections of a list bear its number, so that a mixture of two lists shows."""
    hop = Hop("bastion.example.com", "me")
    forward = Forward(Endpoint("db.internal", 5432))
    return [Connection(f"list {number}", Route((hop,)), forward, id=str(n)) for n in range(CONNECTIONS)]


def number_in(store: ConnectionsFile) -> int:
    connections = store.load()
    if not connections:
        return 0
    number = int(connections[0].name.removeprefix("list "))
    assert list(connections) == the_list(number)
    return number


def save_for_ever() -> None:
    store = ConnectionsFile(Paths.from_environment())
    number = number_in(store)
    while True:
        number += 1
        store.save(the_list(number))
        os.write(1, b"saved %d\n" % number)


@contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _NURSERY],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def kill_one_saver(process: subprocess.Popen[str]) -> int:
    """The last number that it said it saved, 0 for none."""
    stdin, stdout = process.stdin, process.stdout
    assert stdin is not None
    assert stdout is not None
    stdin.write("start\n")
    stdin.flush()
    words = _words_until(stdout, "pid")
    # Not a wait for something: the moment of the kill is what varies.
    time.sleep(random.uniform(0, LONGEST_LIFE_S))
    os.kill(int(words[-1][1]), KILL_SIGNAL)
    words += _words_until(stdout, "ended")
    return max((int(number) for word, *number_ in words if word == "saved" for number in number_), default=0)


def _words_until(stdout: IO[str], last: str) -> list[list[str]]:
    words = [stdout.readline().split()]
    while words[-1][0] != last:
        words.append(stdout.readline().split())
    return words


def test_two_hundred_kills_during_saves_lose_nothing() -> None:
    paths = Paths.from_environment()
    number = 0
    with nursery() as process:
        for _ in range(KILLS):
            said = kill_one_saver(process) or number
            number = number_in(ConnectionsFile(paths))
            assert number in (said, said + 1)
    assert number > 0


def test_the_next_save_clears_up_behind_killed_ones() -> None:
    paths = Paths.from_environment()
    store = ConnectionsFile(paths)
    store.save(the_list(1))
    for name in (".connections.json.abcd1234.tmp", ".connections.json.previous.wxyz5678.tmp"):
        (paths.config_dir / name).write_bytes(b"half a li")
    store.save(the_list(2))
    left = {path.name for path in paths.config_dir.iterdir()}
    assert left == {"connections.json", "connections.json.previous", ".connections.lock"}
