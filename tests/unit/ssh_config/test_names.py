"""Which aliases an ssh_config names."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.ssh_config_errors import SshConfigInvalid, SshConfigLoop, SshConfigUnreadable
from desktop.ssh_config.account import Account
from desktop.ssh_config.names import named_hosts


def test_without_files_there_is_none(account: Account) -> None:
    assert named_hosts(account) == ()


def test_only_what_is_named_in_full_is_an_alias(account: Account, user_file: Path) -> None:
    user_file.write_text('Host a "b c" *.d ?e !f\nHOST=g a\nMatch host h\nPort many\n')
    assert named_hosts(account) == ("a", "b c", "g")


def test_names_of_included_files_come_where_they_are_included(
    account: Account, user_file: Path, system_file: Path
) -> None:
    (user_file.parent / "one").write_text("Host b\n")
    (user_file.parent / "one").chmod(0o600)
    user_file.write_text("Host a\nInclude one\nHost c\n")
    system_file.write_text("Host d a\n")
    assert named_hosts(account) == ("a", "b", "c", "d")


def test_a_loop_a_folder_and_a_quote_are_told_with_their_file(account: Account, user_file: Path) -> None:
    user_file.write_text(f"Include {user_file}\n")
    with pytest.raises(SshConfigLoop):
        named_hosts(account)
    user_file.write_text(f"Include {user_file.parent}\n")
    with pytest.raises(SshConfigUnreadable):
        named_hosts(account)
    user_file.write_text('\nHost "a\n')
    with pytest.raises(SshConfigInvalid) as caught:
        named_hosts(account)
    assert caught.value.facts["line"] == "2"
