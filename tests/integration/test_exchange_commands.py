"""``export`` and ``import``, from one person's folders to another's, and what a window that runs makes of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support import program
from tests.support.waiting import wait_until
from tests.support.window_program import a_window

SALES = ("sales", "ssh -N -L 15432:db.internal:5432 tunnel@bastion.example.com")
STOCK = ("stock", "ssh -N -L 15433:stock.internal:3306 tunnel@bastion.example.com")


@pytest.fixture
def exported(tmp_path: Path) -> str:
    """Two connections of somebody who is gone by now."""
    path = str(tmp_path / "team.caponier")
    for each in (SALES, STOCK):
        program.must("add", *each)
    assert program.must("export", path) == f"2 connections exported to {path}\n"
    for name, _ in (SALES, STOCK):
        program.must("remove", name)
    return path


def listed() -> list[str]:
    return [json.loads(line)["name"] for line in program.must("list", "--json").splitlines()]


def test_what_was_exported_is_imported_once(exported: str) -> None:
    first = program.must("import", exported)
    assert first.splitlines()[0] == (
        "Saved sales: PostgreSQL at db.internal:5432 through tunnel@bastion.example.com:22, local port 15432"
    )
    assert listed() == ["sales", "stock"]
    assert (
        program.must("import", exported)
        == "sales: Already here as “sales”.\nstock: Already here as “stock”.\n"
    )
    assert listed() == ["sales", "stock"]


def test_a_dry_run_saves_nothing(exported: str) -> None:
    assert program.must("import", "--dry-run", exported).startswith("Would save sales: PostgreSQL at ")
    assert listed() == []


def test_one_connection_can_be_piped_to_somebody(tmp_path: Path) -> None:
    for each in (SALES, STOCK):
        program.must("add", *each)
    document = json.loads(program.must("export", "-", "STOCK"))
    assert [each["name"] for each in document["connections"]] == ["stock"]
    assert "id" not in document["connections"][0]


def test_what_can_t_be_saved_is_said_and_the_rest_is_saved(exported: str) -> None:
    document = json.loads(Path(exported).read_text())
    document["connections"][0]["route"][0]["host"] = ""
    Path(exported).write_text(json.dumps(document))
    answer = program.run("import", exported)
    assert (answer.status, answer.err) == (1, "sales: Can't be imported: The bastion's host is missing.\n")
    assert listed() == ["stock"]


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "odd.caponier").write_bytes(b"\x00")
    answer = program.run("import", str(tmp_path / "odd.caponier"))
    assert answer.status == 1
    assert answer.err.splitlines()[0] == "caponier: This is no file of connections that Caponier can read"
    assert program.run("export", "-", "nobody").status == 2
    assert program.run("export", str(tmp_path / "missing" / "x.caponier")).status == 1


@pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals")
@pytest.mark.timeout(180)
def test_a_window_that_runs_shows_at_once_what_a_command_saved(exported: str) -> None:
    with a_window():
        program.must("import", exported)
        wait_until(lambda: program.must("status") == "sales  -  Off\nstock  -  Off\n", 10)
        program.must("remove", "sales")
        wait_until(lambda: program.must("status") == "stock  -  Off\n", 10)


def test_a_command_that_somebody_else_chose_is_saved_only_by_a_second_yes(tmp_path: Path) -> None:
    path = str(tmp_path / "team.caponier")
    program.must("add", "odd", "ssh -o 'ProxyCommand=reach it %h %p' -L 1:db:5432 me@bastion")
    program.must("export", path)
    program.must("remove", "odd")
    answer = program.run("import", path)
    assert (answer.status, listed()) == (1, [])
    runs = "Runs this program on your computer each time it connects: reach it %h %p"
    assert answer.err.splitlines()[0] == f"odd: not saved. {runs}"
    assert "--with-commands" in answer.err
    assert runs in program.must("import", path, "--with-commands")
    assert listed() == ["odd"]


def test_the_way_of_a_command_is_saved_and_listed() -> None:
    command = "ssh -N -J you@jump:2222 -i k -o CertificateFile=c -L 1:db:5432 me@bastion"
    said = program.must("add", "far", command, "--proxy", "socks5://ada@proxy")
    assert "through the SOCKS5 proxy proxy:1080, you@jump:2222 and me@bastion:22" in said
    (line,) = program.must("list", "--json").splitlines()
    shown = json.loads(line)
    assert shown["proxy"] == {"kind": "socks5", "host": "proxy", "port": 1080, "user": "ada"}
    assert shown["jump_hosts"] == [{"host": "jump", "port": 2222, "user": "you", "auth": "password"}]
    assert (shown["auth"], shown["certificate_file"]) == ("key-file", "c")
    answer = program.run("add", "bad", command, "--proxy", "http://ada:sesame@proxy:1")
    assert answer.status == 2
    assert "holds a password" in answer.err
    assert "sesame" not in answer.err
    assert program.run("secret", "set", "far", "ssh-password", "--jump-host", "nobody").status == 2
