from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.core.errors import DemoUnavailable
from desktop.demo.postgres_programs import Programs, _environment, last_complaint


def test_the_last_error_is_shown_rather_than_the_good_bye_after_it() -> None:
    said = b"LOG:  starting\nFATAL:  could not create any sockets\nLOG:  shut down\n\n"
    assert last_complaint(said) == "FATAL:  could not create any sockets"


def test_without_an_error_the_last_line_is_shown() -> None:
    assert last_complaint(b"one\ntwo \n \n") == "two"


def test_silence_is_said_to_be_silence() -> None:
    assert last_complaint(b"") == "no message"


def test_settings_for_the_persons_own_warehouses_do_not_reach_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle")
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    environment = _environment()
    assert "PGPORT" not in environment
    assert "LD_LIBRARY_PATH" not in environment
    assert environment["TMPDIR"] == "/elsewhere"


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    if os.name == "nt":
        pytest.skip("stands in a shell script for a program")
    return Programs(tmp_path, None)


def _program(programs: Programs, script: str) -> str:
    path = programs.bin_dir / "program"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return path.name


def test_a_program_that_fails_gives_the_reason(programs: Programs) -> None:
    name = _program(programs, "echo 'program: error: no room' >&2; exit 1")
    with pytest.raises(DemoUnavailable, match="program: program: error: no room"):
        programs.run(name, timeout_s=10)


def test_a_program_that_hangs_is_ended_at_its_timeout(programs: Programs) -> None:
    name = _program(programs, "exec sleep 60")
    with pytest.raises(DemoUnavailable, match="took longer"):
        programs.run(name, timeout_s=0.2)


def test_a_program_gets_its_input(programs: Programs) -> None:
    name = _program(programs, 'read -r line; [ "$line" = "hello" ]')
    programs.run(name, text="hello\n", timeout_s=10)
