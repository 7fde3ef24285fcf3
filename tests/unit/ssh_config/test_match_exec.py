"""Commands of `Match exec`: when they run, and when they must not."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from desktop.core.ssh_config_errors import SshConfigCommandFailed, SshConfigUntrusted
from desktop.ssh_config import command, trust
from desktop.ssh_config.account import Account
from desktop.ssh_config.resolve import resolve
from desktop.ssh_config.resolved import ResolvedHost
from desktop.ssh_config.trust import what_others_can_change
from desktop.wording.messages import advice

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="never on Windows")


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """Where a command leaves its mark."""
    return tmp_path / "mark"


def resolved(account: Account) -> ResolvedHost:
    return resolve("a", account=account, environment={})


def test_a_command_decides_by_its_exit_status(account: Account, user_file: Path) -> None:
    user_file.write_text('Match exec "exit 1"\n  User no\nMatch exec "test %n = a"\n  User yes\n')
    assert resolved(account).user == "yes"


def test_a_command_runs_only_where_all_before_it_holds(account: Account, user_file: Path, mark: Path) -> None:
    inner = user_file.with_name("inner")
    inner.write_text(f'Match exec "touch {mark}"\n')
    user_file.write_text(f'Match host b exec "touch {mark}"\n  Include inner\nHost b\n  Include inner\n')
    resolved(account)
    assert not mark.exists()


def test_no_command_runs_where_nobody_can_tell_who_else_can_write(
    account: Account, user_file: Path, mark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_file.write_text(f'Match exec "touch {mark}"\n')
    monkeypatch.setattr(trust, "CAN_TELL", False)
    with pytest.raises(SshConfigCommandFailed):
        resolved(account)
    assert not mark.exists()


@pytest.mark.parametrize("changeable", ["config", ".ssh", "."])
def test_no_command_runs_where_somebody_else_can_write(
    changeable: str, account: Account, user_file: Path, mark: Path
) -> None:
    user_file.write_text(f'Match exec "touch {mark}"\n  User me\n')
    path = Path(account.home_dir, changeable if changeable != "config" else user_file)
    path.chmod(path.stat().st_mode | 0o002)
    with pytest.raises(SshConfigUntrusted) as caught:
        resolve("a", config_path=str(user_file), account=account)
    assert not mark.exists()
    assert caught.value.facts["changeable"] == str(path)
    assert f"chmod go-w {path}" in advice(caught.value.cause)


def test_a_folder_that_a_link_leads_through_counts_too(account: Account, tmp_path: Path) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    for folder in (shared, own):
        folder.mkdir()
    (own / "config").touch(0o600)
    (shared / "link").symlink_to(own / "config")
    (own / "way").symlink_to("../shared/link")
    assert what_others_can_change(str(own / "way"), account.uid) == ""
    shared.chmod(0o777)
    assert what_others_can_change(str(own / "way"), account.uid) == str(shared)
    assert what_others_can_change(str(own / "config"), account.uid) == ""


def test_links_in_a_circle_come_to_an_end(account: Account, tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    with pytest.raises(OSError, match="links"):
        what_others_can_change(str(tmp_path / "one"), account.uid)


def test_a_command_that_hangs_is_ended_with_all_it_started(mark: Path) -> None:
    before = time.monotonic()
    with pytest.raises(command.CommandFailedError, match=r"within 0.3 seconds"):
        command.succeeds(f"(sleep 60; touch {mark}) & sleep 60", timeout_s=0.3)
    assert time.monotonic() - before < 10


def test_a_command_that_nobody_waits_for_any_more_is_ended_with_all_it_started(mark: Path) -> None:
    class CalledOff(Exception): ...

    def check() -> None:
        if mark.exists():
            raise CalledOff

    before = time.monotonic()
    with pytest.raises(CalledOff):
        command.succeeds(f"(sleep 60; rm {mark}) & touch {mark}; sleep 60", check)
    assert time.monotonic() - before < command.TIMEOUT_S
    assert mark.exists()


def test_a_command_that_was_killed_is_told(account: Account, user_file: Path) -> None:
    user_file.write_text('#\nMatch exec "kill -9 $$"\n')
    with pytest.raises(SshConfigCommandFailed) as caught:
        resolved(account)
    assert caught.value.facts == {"path": str(user_file), "line": "2", "reason": "it was ended by signal 9"}


def test_a_shell_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/nowhere/shell")
    with pytest.raises(command.CommandFailedError, match="/nowhere/shell"):
        command.succeeds("true")


def test_a_command_is_free_of_the_bundle_s_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle")
    assert command.succeeds('test -z "$LD_LIBRARY_PATH"')
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/own")
    assert command.succeeds('test "$LD_LIBRARY_PATH" = /own')
    assert os.environ["LD_LIBRARY_PATH"] == "/bundle"
