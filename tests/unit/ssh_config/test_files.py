"""Bad input: each kind of it ends in a code of its own, with the file and the line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.core.errors import CaponierError
from desktop.core.ssh_config_errors import (
    SshConfigError,
    SshConfigInvalid,
    SshConfigLoop,
    SshConfigTooLarge,
    SshConfigUnreadable,
    SshConfigUntrusted,
)
from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.account import Account
from desktop.ssh_config.resolve import resolve
from desktop.ssh_config.sources import MAX_MIB
from desktop.ssh_config.trust import only_owner_writes
from desktop.wording.messages import advice, title

_NOBODYS_GROUP = 987_654_321
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="a mode says little on Windows")


def refused(kind: type[CaponierError], account: Account) -> CaponierError:
    with pytest.raises(kind) as caught:
        resolve("a", account=account, environment={})
    assert title(caught.value.cause)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "problem", "part"),
    [
        ("\n\nHots a\n", 3, SshConfigProblem.UNKNOWN_OPTION, "hots"),
        ("Host b\n  Port x\n", 2, SshConfigProblem.BAD_VALUE, "x"),
        ("User\n", 1, SshConfigProblem.MISSING_VALUE, "user"),
        ("User a b\n", 1, SshConfigProblem.EXTRA_WORDS, "user"),
        ("User 'a\n", 1, SshConfigProblem.UNBALANCED_QUOTES, "'"),
        ("Match moon full\n", 1, SshConfigProblem.BAD_MATCH, "moon"),
        ("LocalForward 80 b\n", 1, SshConfigProblem.BAD_FORWARD, "80 b"),
        ("ProxyJump a,\n", 1, SshConfigProblem.BAD_JUMP, "a,"),
        ("\nHostName %q\n", 2, SshConfigProblem.UNKNOWN_TOKEN, "%q"),
        ("IdentityAgent ${NOPE}\n", 1, SshConfigProblem.UNSET_VARIABLE, "${NOPE}"),
        ("#\nProxyJump b,a\n", 2, SshConfigProblem.JUMP_LOOP, "a"),
        ("#\nConnectionAttempts 0\n", 2, SshConfigProblem.BAD_VALUE, "0"),
    ],
)
def test_a_fault_is_told_with_its_line(
    text: str, line: int, problem: SshConfigProblem, part: str, account: Account, user_file: Path
) -> None:
    user_file.write_text(text)
    error = refused(SshConfigInvalid, account)
    assert error.facts == {"path": str(user_file), "line": str(line), "problem": problem, "part": part}
    assert f"Line {line} of {user_file}" in title(error.cause)


def test_only_the_start_of_a_long_word_is_told(account: Account, user_file: Path) -> None:
    user_file.write_text(f"Port {'9' * 10_000}\n")
    assert refused(SshConfigInvalid, account).facts["part"] == "9" * 80 + "…"


def test_a_fault_in_an_include_is_told_with_the_included_file(account: Account, user_file: Path) -> None:
    inner = user_file.with_name("inner")
    inner.write_text("# fine\nFancy yes\n")
    user_file.write_text("Host b\n  Include inner\n")
    error = refused(SshConfigInvalid, account)
    assert (error.facts["path"], error.facts["line"]) == (str(inner), "2")
    assert "IgnoreUnknown fancy" in advice(error.cause)


def test_files_that_include_each_other_are_a_loop(account: Account, user_file: Path) -> None:
    user_file.write_text("Include b\n")
    user_file.with_name("b").write_text("Include config\n")
    assert "Include" in advice(refused(SshConfigLoop, account).cause)


def test_an_included_folder_is_told(account: Account, user_file: Path) -> None:
    user_file.with_name("conf.d").mkdir()
    user_file.write_text("Include conf.d\n")
    assert "folder" in advice(refused(SshConfigUnreadable, account).cause)


def test_a_folder_in_place_of_the_file_is_told(account: Account) -> None:
    Path(account.user_file).mkdir()
    assert refused(SshConfigUnreadable, account).facts["path"] == account.user_file


@on_posix
def test_a_named_pipe_is_told_and_waits_for_nobody(account: Account) -> None:
    if sys.platform != "win32":
        os.mkfifo(account.user_file, 0o600)
    refused(SshConfigUnreadable, account)


def test_a_link_to_nothing_is_told(account: Account, user_file: Path) -> None:
    user_file.with_name("gone.conf").symlink_to("nothing")
    user_file.write_text("Include *.conf\n")
    refused(SshConfigUnreadable, account)


def test_a_file_named_on_the_command_line_must_be_there(account: Account, tmp_path: Path) -> None:
    with pytest.raises(SshConfigUnreadable):
        resolve("a", config_path=str(tmp_path / "nothing"), account=account)


def test_no_file_can_be_asked_for(account: Account, user_file: Path) -> None:
    user_file.write_text("nonsense\n")
    assert resolve("a", config_path="none", account=account).host_name == "a"
    assert resolve("a", config_path=os.devnull, account=account).host_name == "a"


def test_a_huge_file_is_told(account: Account, user_file: Path) -> None:
    user_file.write_text("#" * (MAX_MIB * 1024 * 1024 + 1))
    assert refused(SshConfigTooLarge, account).facts["limit"] == f"{MAX_MIB} MiB"


def test_files_that_multiply_are_told(account: Account, user_file: Path) -> None:
    user_file.write_text("Include 1 1 1 1\n")
    for number in range(1, 13):
        user_file.with_name(str(number)).write_text(f"Include {f'{number + 1} ' * 8}\n" + "#" * 10_000)
    user_file.with_name("13").write_text("#" * 100_000)
    refused(SshConfigTooLarge, account)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00H\x00o", bytes(range(256)), b"\x7fELF\x01\x02"])
def test_what_is_no_text_is_told(content: bytes, account: Account, user_file: Path) -> None:
    user_file.write_bytes(content)
    refused(SshConfigError, account)


@on_posix
@pytest.mark.parametrize("mode", [0o602, 0o622, 0o666])
def test_a_file_that_others_can_write_to_is_refused(mode: int, account: Account, user_file: Path) -> None:
    user_file.chmod(mode)
    error = refused(SshConfigUntrusted, account)
    assert f"chmod go-w {user_file}" in advice(error.cause)


@on_posix
def test_an_included_file_that_others_can_write_to_is_refused(account: Account, user_file: Path) -> None:
    user_file.write_text("Host b\n  Include inner\n")
    inner = user_file.with_name("inner")
    inner.touch()
    inner.chmod(0o646)
    assert refused(SshConfigUntrusted, account).facts["path"] == str(inner)


@on_posix
@pytest.mark.parametrize(
    ("mode", "owner", "is_own"),
    [
        (0o600, 1000, True),
        (0o644, 0, True),
        (0o600, 1001, False),
        (0o602, 1000, False),
        (0o606, 0, False),
        (0o660, 1000, False),
    ],
)
def test_a_file_is_one_s_own_where_only_root_could_change_it(mode: int, owner: int, *, is_own: bool) -> None:
    status = os.stat_result((mode, 0, 0, 1, owner, _NOBODYS_GROUP, 0, 0, 0, 0))
    assert only_owner_writes(status, 1000) is is_own


@pytest.mark.skipif(shutil.which("getent") is None, reason="no getent here")
def test_a_group_with_nobody_else_in_it_may_write(tmp_path: Path) -> None:
    own = tmp_path.stat()
    status = os.stat_result((0o660, 0, 0, 1, own.st_uid, own.st_gid, 0, 0, 0, 0))
    if shares_its_group(own.st_uid, own.st_gid):
        assert not only_owner_writes(status, own.st_uid)
    else:
        assert only_owner_writes(status, own.st_uid)


def shares_its_group(uid: int, gid: int) -> bool:
    """By the programs of the system."""
    users = [line.split(":") for line in _database("passwd")]
    names = {user[0] for user in users if int(user[2]) != uid}
    members = next((line.split(":")[3] for line in _database("group", str(gid))), "").strip()
    return any(int(user[3]) == gid for user in users if user[0] in names) or bool(
        names & set(members.split(","))
    )


def _database(*words: str) -> list[str]:
    return subprocess.run(["getent", *words], capture_output=True, text=True, check=False).stdout.splitlines()
