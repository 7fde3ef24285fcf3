"""The two files, the typed answer, and where its values come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.plan import AddressFamily
from desktop.core.ssh_config_errors import SshConfigInvalid
from desktop.ssh_config.account import Account
from desktop.ssh_config.forwards import End, Forward
from desktop.ssh_config.jumps import Jump
from desktop.ssh_config.resolve import resolve
from desktop.ssh_config.resolved import ResolvedHost, StrictHostKeyChecking


def resolved(alias: str, account: Account, **environment: str) -> ResolvedHost:
    return resolve(alias, account=account, environment=environment)


def test_without_files_an_alias_is_a_host(account: Account) -> None:
    found = resolved("Bastion", account)
    assert (found.alias, found.host_name, found.user, found.port) == ("Bastion", "bastion", "ada", 22)
    assert found.strict_host_key_checking is StrictHostKeyChecking.ASK
    assert found.address_family is AddressFamily.ANY
    assert found.connect_timeout_s is None
    assert found.proxy_jumps == ()
    assert found.places == {}


def test_the_persons_file_comes_first_and_the_systems_file_fills_the_gaps(
    account: Account, user_file: Path, system_file: Path
) -> None:
    user_file.write_text("Host a\n  User mine\n  IdentityFile /same\n")
    system_file.write_text("User theirs\nPort 2222\nIdentityFile /same\n")
    found = resolved("a", account)
    assert (found.user, found.port) == ("mine", 2222)
    assert found.identity_files == ("/same", "/same")
    assert [str(found.places[name][0]) for name in ("user", "port")] == [f"{user_file}:2", f"{system_file}:2"]
    assert [place.is_users for place in found.places["identityfile"]] == [True, False]


def test_the_systems_file_includes_from_its_own_folder(account: Account, system_file: Path) -> None:
    (system_file.parent / "more.conf").write_text("User more\n")
    system_file.write_text("Include *.conf\n")
    assert resolved("a", account).user == "more"


def test_a_tilde_in_an_include_of_the_systems_file_is_refused(account: Account, system_file: Path) -> None:
    system_file.write_text("Include ~/x\n")
    with pytest.raises(SshConfigInvalid) as caught:
        resolved("a", account)
    assert caught.value.facts["problem"] == "bad-include"


def test_the_answer_has_types(account: Account, user_file: Path) -> None:
    user_file.write_text(
        """
        HostName sales.example.com
        ProxyJump me@first:2200,second
        LocalForward 15432 db.internal:5432
        LocalForward /run/%n.sock [2001:db8::1]:5432
        StrictHostKeyChecking accept-new
        HashKnownHosts yes
        IdentitiesOnly yes
        IdentityAgent none
        HostKeyAlias Sales
        ConnectTimeout 1m
        AddressFamily inet6
        PreferredAuthentications publickey,password
        UserKnownHostsFile ${KH}/%k none.txt
        GlobalKnownHostsFile none
        """
    )
    found = resolved("sales", account, KH="/kh")
    assert found.proxy_jumps == (Jump("first", 2200, "me"), Jump("second"))
    assert found.local_forwards == (
        Forward(End(None, 15432), End("db.internal", 5432)),
        Forward(End(path="/run/sales.sock"), End("2001:db8::1", 5432)),
    )
    assert found.strict_host_key_checking is StrictHostKeyChecking.ACCEPT_NEW
    assert found.hash_known_hosts
    assert found.identities_only
    assert found.identity_agent == "none"
    assert found.host_key_alias == "sales"
    assert found.connect_timeout_s == 60
    assert found.address_family is AddressFamily.IPV6
    assert found.preferred_authentications == ("publickey", "password")
    assert found.user_known_hosts_files == ("/kh/sales", "none.txt")
    assert found.global_known_hosts_files == ()
    assert found.printed("localforward") == (
        "15432 [db.internal]:5432",
        "/run/sales.sock [2001:db8::1]:5432",
    )
    assert found.printed("proxycommand") == ()


def test_paths_and_commands_are_filled_in_when_they_are_used(account: Account, user_file: Path) -> None:
    user_file.write_text(
        "IdentityFile ~/k/%n-%r\nIdentityFile none\nCertificateFile ${D}/c\nProxyCommand nc %h %p '%%'\nUser bob\n"
    )
    found = resolved("a", account, D="/d")
    assert found.identity_files == ("~/k/%n-%r", "none")
    assert found.identity_paths() == (f"{account.home_dir}/k/a-bob",)
    assert found.certificate_paths() == ("/d/c",)
    assert found.proxy_command_line() == "nc a 22 '%'"


def test_a_token_that_a_path_can_t_have_is_told_with_its_line(account: Account, user_file: Path) -> None:
    user_file.write_text("IdentityFile ~/ok\n\nIdentityFile ~/%q\n")
    found = resolved("a", account)
    with pytest.raises(SshConfigInvalid) as caught:
        found.identity_paths()
    assert (caught.value.facts["path"], caught.value.facts["line"]) == (str(user_file), "3")


def test_a_proxy_command_has_fewer_tokens_than_a_path(account: Account, user_file: Path) -> None:
    user_file.write_text("ProxyCommand nc %u\n")
    with pytest.raises(SshConfigInvalid) as caught:
        resolved("a", account).proxy_command_line()
    assert caught.value.facts["part"] == "%u"


def test_a_command_line_s_user_goes_before_all_files(account: Account, user_file: Path) -> None:
    user_file.write_text("User file\nMatch user typed\n  Port 5\n")
    found = resolved("typed@a", account)
    assert (found.user, found.port) == ("typed", 5)


def test_canonical_names_have_the_files_read_twice_and_nobody_asked(
    account: Account, user_file: Path
) -> None:
    user_file.write_text(
        "CanonicalizeHostname yes\nCanonicalDomains example.com\n"
        "Host a\n  HostName b\nHost b\n  User second\nMatch canonical\n  Port 9\n"
    )
    found = resolved("a", account)
    assert (found.host_name, found.user, found.port) == ("b", "second", 9)
