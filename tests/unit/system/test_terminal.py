from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.core.terminal_errors import TerminalFailed, TerminalMissing
from desktop.system.terminal.linux import LinuxTerminal
from desktop.system.terminal.macos import script_file
from desktop.system.terminal.programs import find_program
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
# It notes what it was given, then does what a terminal does: it runs what comes after its own options.
TERMINAL = """#!{python}
import json, os, subprocess, sys
given = sys.argv[1:]
with open(os.environ["NOTES"] + ".new", "w") as notes:
    json.dump({{"name": os.path.basename(sys.argv[0]), "given": given}}, notes)
start = given.index("/bin/sh")
subprocess.run(given[start:], stdin=subprocess.DEVNULL, stdout=open(os.environ["NOTES"] + ".out", "w"))
os.rename(os.environ["NOTES"] + ".new", os.environ["NOTES"])
"""
CLIENT = """#!{python}
import json, sys
print(json.dumps(sys.argv[1:]))
sys.exit({status})
"""
WORDS = ("host=db.internal user='o''neill' $(touch hacked) `id`", "-U", "a; b & c", "")


class Computer:
    """Programs that a test installs, and nothing else."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.notes_path = folder / "notes"
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.setenv("NOTES", str(self.notes_path))
        monkeypatch.delenv("TERMINAL", raising=False)
        self.terminal = LinuxTerminal(lambda name: find_program(name, ()))

    def install(self, name: str, source: str = TERMINAL, status: int = 0) -> str:
        path = self.folder / name
        path.write_text(source.format(python=sys.executable, status=status))
        path.chmod(0o755)
        return str(path)

    def open(self, *words: str) -> tuple[str, list[str], str]:
        """Which terminal it was, what stood before the command, and what the command said."""
        run = self.terminal.open(words)
        wait_until(self.notes_path.exists)
        wait_until(lambda: run.is_over)  # type: ignore[attr-defined]  # nobody but a test waits for it
        assert run.trouble() is None
        notes = json.loads(self.notes_path.read_text())
        before = notes["given"][: notes["given"].index("/bin/sh")]
        return notes["name"], before, Path(f"{self.notes_path}.out").read_text()


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    return Computer(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("gnome-terminal", ["--"]),
        ("xfce4-terminal", ["-x"]),
        ("konsole", ["-e"]),
        ("kitty", []),
        ("wezterm", ["start", "--"]),
        ("xterm", ["-e"]),
    ],
)
def test_each_terminal_gets_the_command_in_its_own_way_word_for_word(
    computer: Computer, name: str, before: list[str]
) -> None:
    computer.install(name)
    client = computer.install("psql", CLIENT)

    opened, stood_before, said = computer.open(client, *WORDS)

    assert (opened, stood_before) == (name, before)
    assert json.loads(said) == list(WORDS)
    assert not Path("hacked").exists()


def test_the_terminal_that_the_person_named_comes_first(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("xterm", "xdg-terminal-exec", "my-terminal"):
        computer.install(name)
    client = computer.install("psql", CLIENT)
    monkeypatch.setenv("TERMINAL", "my-terminal --big 'large font'")

    opened, before, _ = computer.open(client)

    assert (opened, before) == ("my-terminal", ["--big", "large font", "-e"])


@pytest.mark.parametrize("named", ["gone-terminal", "un'balanced"])
def test_a_named_terminal_that_is_not_there_is_passed_over(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    computer.install("xterm")
    monkeypatch.setenv("TERMINAL", named)
    assert computer.open(computer.install("psql", CLIENT))[0] == "xterm"


def test_a_client_that_fails_leaves_its_window_open_until_it_was_read(computer: Computer) -> None:
    computer.install("xterm")
    _, _, said = computer.open(computer.install("psql", CLIENT, status=2))
    assert "psql ended with status 2. Press Return to close." in said


def test_without_any_terminal_it_says_which_are_known(computer: Computer) -> None:
    with pytest.raises(TerminalMissing) as caught:
        computer.terminal.open(["/bin/true"])
    assert "konsole" in caught.value.cause.fact("looked_for")


def test_a_terminal_that_ends_at_once_is_told_in_its_own_last_words(computer: Computer) -> None:
    computer.install("xterm", '#!/bin/sh\necho first >&2\necho "can\'t open display" >&2\nexit 1\n')
    run = computer.terminal.open(["/bin/true"])
    wait_until(lambda: run.is_over)  # type: ignore[attr-defined]  # nobody but a test waits for it
    cause = run.trouble()
    assert cause is not None
    assert (cause.code, cause.fact("terminal")) == ("terminal_failed", "xterm")
    assert cause.fact("reason") == "can't open display"


def test_a_terminal_that_cannot_be_run_at_all_is_told(computer: Computer) -> None:
    (computer.folder / "xterm").write_bytes(b"\x7fELF, but not really")
    (computer.folder / "xterm").chmod(0o755)
    with pytest.raises(TerminalFailed):
        computer.terminal.open(["/bin/true"])


def test_a_client_is_found_outside_of_a_poor_path(computer: Computer, tmp_path: Path) -> None:
    beside = tmp_path / "Postgres.app"
    beside.mkdir()
    client = computer.install("psql", CLIENT)
    Path(client).rename(beside / "psql")
    assert find_program("psql", ()) == ""
    assert find_program("psql", [str(beside)]) == str(beside / "psql")


def test_the_file_for_the_terminal_of_macos_runs_the_words_and_leaves_nothing(computer: Computer) -> None:
    client = computer.install("psql", CLIENT)
    script = script_file([client, *WORDS])
    assert stat.S_IMODE(script.stat().st_mode) == 0o700
    assert stat.S_IMODE(script.parent.stat().st_mode) == 0o700

    environment = {**os.environ, "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    done = subprocess.run([script], capture_output=True, text=True, env=environment, check=True)

    assert json.loads(done.stdout.splitlines()[-1]) == list(WORDS)
    assert not script.parent.exists()
