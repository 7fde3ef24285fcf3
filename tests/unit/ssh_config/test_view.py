"""What an alias stands for, as it is shown before it is used."""

from __future__ import annotations

import sys
from pathlib import Path
from queue import Queue

import pytest

from desktop.core.aliases import AliasForward, AliasView
from desktop.core.model import (
    CONFIGURED_PORT,
    AnyHost,
    Auth,
    AuthMethod,
    Endpoint,
    Forward,
    Hop,
    UnixSocket,
)
from desktop.ssh_config.account import Account
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.look import ConfigAliases
from desktop.ssh_config.view import AliasViews
from desktop.wording.aliases import alias_cards, alias_note, chain_line


def view(account: Account, name: str, user: str = "", port: int = CONFIGURED_PORT) -> AliasView:
    views = AliasViews(Chains(account=account, environment={}, runs_commands=False))
    return views.view(Hop(name, user, port, Auth(AuthMethod.SSH_CONFIG)))


def rows(found: AliasView, number: int = 0) -> dict[str, tuple[str, str]]:
    return {row.label: (row.text, row.origin) for row in alias_cards(found)[number].rows}


def test_every_server_is_shown_with_where_its_values_come_from(account: Account, user_file: Path) -> None:
    (user_file.parent / "key").touch()
    user_file.write_text(
        "Host prod\n HostName bastion.corp\n Port 2222\n ProxyJump gate\n IdentityFile ~/.ssh/key\n"
        " IdentityFile ~/gone\n IdentitiesOnly yes\n UserKnownHostsFile ~/.ssh/kh\n"
        "Host gate\n User me\n ProxyCommand nc %h %p 100%%\n PreferredAuthentications keyboard-interactive\n"
    )
    found = view(account, "prod")
    assert chain_line(found) == "me@gate:22 → ada@bastion.corp:2222"
    assert alias_note(found) == ""
    assert rows(found, 0) == {
        "User": ("me", "~/.ssh/config:10"),
        "Reached by": ("nc gate 22 100%", "~/.ssh/config:11"),
        "Log in with": ("what the server asks, such as a code", ""),
        "Host key": ("that of gate; a new key is shown to you first", ""),
    }
    assert rows(found, 1) == {
        "Host": ("prod stands for bastion.corp", "~/.ssh/config:2"),
        "Port": ("2222", "~/.ssh/config:3"),
        "Log in with": (
            "~/.ssh/key, ~/gone (not there), by the SSH agent where it has them; no other key",
            "~/.ssh/config:5",
        ),
        "then": ("a password", ""),
        "Host key": (
            "that of [bastion.corp]:2222, looked up in ~/.ssh/kh; a new key is shown to you first",
            "",
        ),
    }


def test_usual_keys_are_named_where_they_are_there(account: Account, user_file: Path) -> None:
    assert "none of the usual ones is in ~/.ssh" in rows(view(account, "a"))["Log in with"][0]
    (user_file.parent / "id_ed25519").touch()
    assert rows(view(account, "a"))["Log in with"][0] == "the keys of the SSH agent, ~/.ssh/id_ed25519"


def test_what_was_typed_beside_an_alias_goes_before_its_own(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n User bob\n Port 2222\n")
    found = view(account, "a", "eve", 22)
    assert chain_line(found) == "eve@a:22"
    assert set(rows(found)) == {"Log in with", "then", "Host key"}


def test_a_name_that_nothing_is_said_of_is_no_alias(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\nHost *.corp\n ProxyJump a\nHost *\n User x\n")
    known = {name: view(account, name).is_known for name in ("a", "db.corp", "other")}
    assert known == {"a": True, "db.corp": True, "other": False}
    assert "No Host line names it" in alias_note(view(account, "other"))


def test_jump_hosts_before_it_make_no_alias_of_a_host(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n HostName a.corp\n")
    views = AliasViews(Chains(account=account, environment={}, runs_commands=False))
    hops = [Hop(name, "me", 22, Auth(AuthMethod.SSH_CONFIG)) for name in ("a", "other")]
    assert [views.view(hop, is_nearest=False).is_known for hop in hops] == [True, False]


def test_forwards_are_for_this_computer_alone(account: Account, user_file: Path) -> None:
    user_file.write_text(
        "LocalForward 1 a:1\nLocalForward [::1]:2 [::2]:2\nLocalForward *:3 c:3\n"
        "LocalForward 4 /sock\nDynamicForward 5\nLocalForward /here db:1\nDynamicForward 0.0.0.0:6\n"
    )
    found = view(account, "x")
    assert found.forwards == (
        AliasForward(Forward(Endpoint("a", 1), 1)),
        AliasForward(Forward(Endpoint("::2", 2), 2, "::1")),
        AliasForward(Forward(Endpoint("c", 3), 3), is_narrowed=True),
        AliasForward(Forward(UnixSocket("/sock"), 4)),
        AliasForward(Forward(AnyHost(), 5)),
        AliasForward(Forward(AnyHost(), 6), is_narrowed=True),
    )
    assert found.left_out == ("LocalForward /here [db]:1",)


def test_gateway_ports_are_narrowed_too(account: Account, user_file: Path) -> None:
    user_file.write_text("GatewayPorts yes\nLocalForward 1 a:1\nLocalForward localhost:2 a:2\n")
    assert [each.is_narrowed for each in view(account, "x").forwards] == [True, False]


def test_a_look_runs_no_command_and_says_so(account: Account, user_file: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    user_file.write_text(f'Match exec "touch {mark}"\n User x\n')
    found = view(account, "a")
    assert found.skipped_commands == (f"{user_file}:1",)
    assert "run only when you connect; here they count as failed (~/.ssh/config:1)" in alias_note(found)
    assert not mark.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="never on Windows")
def test_a_login_does_run_it(account: Account, user_file: Path) -> None:
    user_file.write_text('Match exec "true"\n User x\n')
    assert (
        AliasViews(Chains(account=account, environment={})).view(Hop("a", "", 0)).servers[0].hop.user == "x"
    )


def test_a_mistake_is_told_instead(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n Port many\n")
    cause = view(account, "a").cause
    assert cause is not None
    assert (cause.code, cause.fact("line")) == ("ssh_config_invalid", "2")


def test_all_that_forward_are_found_and_the_rest_is_counted(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a b\nHost c\n LocalForward 1 d:2\nHost e\n ProxyJump e\n")
    found = AliasViews(Chains(account=account, environment={})).forwarding()
    assert [(each.alias, each.cause is not None) for each in found.views] == [("c", False), ("e", True)]
    assert found.without == 2


def test_a_mistake_that_concerns_every_alias_is_told_once(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a b\nPort many\n")
    found = AliasViews(Chains(account=account, environment={})).forwarding()
    assert found.cause is not None
    assert found.views == ()


def test_a_look_tells_from_a_thread_of_its_own(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n LocalForward 1 d:2\n")
    aliases = ConfigAliases(Chains(account=account, environment={}))
    told: Queue[object] = Queue()
    aliases.list(lambda listing: told.put(listing.names))
    assert told.get(timeout=10) == ("a",)
    aliases.look(Hop("a", "", 0), lambda found: told.put(found.is_known))
    assert told.get(timeout=10) is True
    aliases.forwarding(lambda found: told.put(len(found.views)))
    assert told.get(timeout=10) == 1


def test_who_stops_a_look_hears_no_more_of_it(account: Account) -> None:
    aliases = ConfigAliases(Chains(account=account, environment={}))
    told: list[object] = []
    look = aliases.list(told.append)
    look.stop()
    before = len(told)
    look.stop()
    assert len(told) == before
