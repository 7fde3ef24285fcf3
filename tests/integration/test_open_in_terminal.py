"""A real psql, started as the window starts it, in a terminal that a test can read and type into."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from desktop.core.client_command import command_words
from desktop.core.model import DIRECT, Connection, Forward
from desktop.demo.warehouse import DemoWarehouse
from desktop.system.terminal.linux import LinuxTerminal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="needs psql")
# It runs what it is given on a terminal of its own, and types what a person would: the password, then a query.
TERMINAL = """#!{python}
import os, pty, sys
words = sys.argv[1:]
words = words[words.index("/bin/sh"):]
child, terminal = pty.fork()
if child == 0:
    os.execv(words[0], words)
said, answers = b"", [(b"Password", {password!r}), (b"=> ", "select 6 * 7 as answer;"), (b"42", "\\\\q")]
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    said += data
    if not data:
        break
    if answers and answers[0][0] in said:
        os.write(terminal, answers.pop(0)[1].encode() + b"\\n")
os.waitpid(child, 0)
with open({notes!r} + ".new", "wb") as file:
    file.write(said)
os.rename({notes!r} + ".new", {notes!r})
"""


def test_psql_opens_for_the_live_address_and_asks_for_the_password_itself(
    warehouse: DemoWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "said"
    program = tmp_path / "my-terminal"
    program.write_text(TERMINAL.format(python=sys.executable, notes=str(notes), password=warehouse.password))
    program.chmod(0o755)
    monkeypatch.setenv("TERMINAL", str(program))
    monkeypatch.setenv("PAGER", "cat")
    forward = Forward(warehouse.endpoint)
    sales = Connection("Sales", DIRECT, forward, database=warehouse.database, warehouse_user=warehouse.user)
    words = command_words(sales, warehouse.endpoint)
    terminal = LinuxTerminal()

    run = terminal.open((terminal.find(words[0]), *words[1:]))

    wait_until(lambda: run.is_over)  # type: ignore[attr-defined]  # nobody but a test waits for it
    assert run.trouble() is None
    said = notes.read_text()
    assert "Password" in said
    assert "42" in said
    assert warehouse.password not in " ".join(words)
