"""What is dialled for a route with aliases."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.model import CONFIGURED_PORT, Auth, AuthMethod, Endpoint, Hop, Proxy, ProxyKind, Route
from desktop.core.plan import AddressFamily, OfferedKeys, Plan, PlannedHop, Strictness, Trust, planned
from desktop.core.ssh_config_errors import SshConfigInvalid, SshConfigJumpLoop, SshConfigNoMethod
from desktop.ssh_config.account import Account
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.plan import ConfigPlanner

INTERACTIVE, PASSWORD = Auth(AuthMethod.INTERACTIVE), Auth(AuthMethod.PASSWORD)
KEY = Auth(AuthMethod.KEY_FILE, "/k")


def alias(name: str, user: str = "", port: int = CONFIGURED_PORT) -> Hop:
    return Hop(name, user, port, Auth(AuthMethod.SSH_CONFIG))


def plan(account: Account, *hops: Hop, proxy: Proxy | None = None) -> Plan:
    return ConfigPlanner(Chains(account=account, environment={}))(Route(hops, proxy))


def the_hop(account: Account, name: str = "a", **environment: str) -> PlannedHop:
    (hop,) = ConfigPlanner(Chains(account=account, environment=environment))(Route((alias(name),))).hops
    return hop


def keys_of(hop: PlannedHop) -> OfferedKeys:
    (keys,) = (way for way in hop.ways if isinstance(way, OfferedKeys))
    return keys


def places(found: Plan) -> list[str]:
    return [f"{hop.user}@{hop.endpoint}" for hop in found.hops]


def test_an_alias_without_a_word_about_it_is_reached_as_ssh_would(account: Account) -> None:
    hop = the_hop(account, "Bastion.example.com")
    assert (hop.endpoint, hop.user, hop.login) == (Endpoint("bastion.example.com", 22), "ada", "")
    assert hop.trust == Trust("bastion.example.com")
    assert keys_of(hop).identity_files[0] == f"{account.home_dir}/.ssh/id_rsa"
    assert hop.ways[1:] == (INTERACTIVE, PASSWORD)
    assert (hop.connect_timeout_s, hop.address_family, hop.bind_address) == (None, AddressFamily.ANY, "")


def test_what_the_files_say_of_reaching_it_is_heeded(account: Account, user_file: Path) -> None:
    user_file.write_text(
        "Host a\n HostName db.example.com\n User bob\n Port 2222\n ConnectTimeout 7\n AddressFamily inet6\n"
        " BindAddress 192.0.2.7\n"
    )
    hop = the_hop(account)
    assert (hop.endpoint, hop.user) == (Endpoint("db.example.com", 2222), "bob")
    assert (hop.connect_timeout_s, hop.address_family, hop.bind_address) == (
        7,
        AddressFamily.IPV6,
        "192.0.2.7",
    )
    assert hop.trust.name == "[db.example.com]:2222"


def test_what_was_saved_goes_before_what_the_files_say(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n User bob\n Port 2222\nMatch user eve\n HostName for-eve\n")
    assert places(plan(account, alias("a", "eve", 22))) == ["eve@for-eve:22"]


def test_an_edit_counts_from_the_next_plan_on(account: Account, user_file: Path) -> None:
    planner = ConfigPlanner(Chains(account=account, environment={}))
    user_file.write_text("HostName before\n")
    assert planner(Route((alias("a"),))).bastion.endpoint.host == "before"
    user_file.write_text("HostName after\n")
    assert planner(Route((alias("a"),))).bastion.endpoint.host == "after"


def test_trust_is_as_the_files_say_but_a_changed_key_is_never_taken(
    account: Account, user_file: Path
) -> None:
    user_file.write_text(
        "Host a\n HostKeyAlias Sales\n UserKnownHostsFile ~/kh1 /kh2\n GlobalKnownHostsFile none\n HashKnownHosts yes\n"
        " StrictHostKeyChecking off\n Port 2222\n"
    )
    files = (f"{account.home_dir}/kh1", "/kh2")
    assert the_hop(account).trust == Trust("sales", files, (), Strictness.ACCEPT_NEW, hash_names=True)


@pytest.mark.parametrize(
    ("word", "strictness"),
    [
        ("yes", Strictness.YES),
        ("no", Strictness.ACCEPT_NEW),
        ("ask", Strictness.ASK),
        ("accept-new", Strictness.ACCEPT_NEW),
    ],
)
def test_each_strictness_has_its_own(
    word: str, strictness: Strictness, account: Account, user_file: Path
) -> None:
    user_file.write_text(f"StrictHostKeyChecking {word}\n")
    assert the_hop(account).trust.strictness is strictness


def test_keys_and_certificates_are_paths_to_open(account: Account, user_file: Path) -> None:
    user_file.write_text(
        "IdentityFile ~/k-%r\nIdentityFile ${D}/k\nCertificateFile ~/c\nIdentitiesOnly yes\nIdentityAgent ~/agent\n"
    )
    home = account.home_dir
    wanted = OfferedKeys((f"{home}/k-ada", "/d/k"), (f"{home}/c",), True, f"{home}/agent", only_these=True)
    assert keys_of(the_hop(account, D="/d")) == wanted


@pytest.mark.parametrize(
    ("word", "agent"),
    [
        ("none", None),
        ("NONE", None),
        ("SSH_AUTH_SOCK", ""),
        ("$MINE", "/mine"),
        ("${MINE}", "/mine"),
        ("$UNSET", None),
        ("/run/agent", "/run/agent"),
    ],
)
def test_an_agent_is_named_in_ssh_s_ways(
    word: str, agent: str | None, account: Account, user_file: Path
) -> None:
    user_file.write_text(f"IdentityAgent {word}\n")
    keys = keys_of(the_hop(account, MINE="/mine"))
    assert (keys.asks_agent, keys.agent) == (agent is not None, agent or "")


@pytest.mark.parametrize(
    ("lines", "kinds"),
    [
        ("PreferredAuthentications password,hostbased,publickey", ["password", "keys"]),
        ("PreferredAuthentications keyboard-interactive,keyboard-interactive", ["interactive"]),
        ("PubkeyAuthentication no", ["interactive", "password"]),
        ("PubkeyAuthentication host-bound", ["keys", "interactive", "password"]),
        ("PasswordAuthentication no", ["keys", "interactive"]),
        ("KbdInteractiveAuthentication no", ["keys", "password"]),
        ("ChallengeResponseAuthentication no", ["keys", "password"]),
        ("BatchMode yes", ["keys"]),
    ],
)
def test_methods_come_in_the_order_of_the_files(
    lines: str, kinds: list[str], account: Account, user_file: Path
) -> None:
    user_file.write_text(f"{lines}\n")
    names = {INTERACTIVE: "interactive", PASSWORD: "password"}
    found = ["keys" if isinstance(way, OfferedKeys) else names[way] for way in the_hop(account).ways]
    assert found == kinds


def test_where_no_method_is_left_the_line_that_says_so_is_told(account: Account, user_file: Path) -> None:
    user_file.write_text("\nPreferredAuthentications gssapi-with-mic\n")
    with pytest.raises(SshConfigNoMethod) as caught:
        the_hop(account)
    assert caught.value.facts == {"path": str(user_file), "line": "2", "alias": "a"}


def test_a_proxy_command_is_filled_in_once(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n HostName h\n ProxyCommand nc -x %n%% %h %p %r\n")
    found = plan(account, alias("a"))
    assert found.proxy == Proxy(ProxyKind.COMMAND, command="nc -x a% h 22 ada")


def test_a_saved_command_gets_the_values_of_the_nearest_server(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n HostName h\n Port 2222\n")
    found = plan(account, alias("a"), proxy=Proxy(ProxyKind.COMMAND, command="nc %h %p %r %%"))
    assert found.proxy == Proxy(ProxyKind.COMMAND, command="nc h 2222 ada %")


def test_a_proxy_command_of_none_is_none(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n ProxyCommand none\nHost *\n ProxyCommand nc %h %p\n")
    assert plan(account, alias("a")).proxy is None


def test_jump_hosts_are_aliases_with_a_login_of_their_own(account: Account, user_file: Path) -> None:
    user_file.write_text(
        "Host a\n HostName 192.0.2.1\n ProxyJump first,eve@second:2200\n"
        "Host first\n HostName f.example.com\n User bob\n IdentityFile /f\n"
        "Host second\n HostName s.example.com\n Port 22\n User overruled\n"
    )
    found = plan(account, alias("a"))
    assert places(found) == ["bob@f.example.com:22", "eve@s.example.com:2200", "ada@192.0.2.1:22"]
    assert [hop.login for hop in found.hops] == ["bob@f.example.com:22", "eve@s.example.com:2200", ""]
    assert keys_of(found.hops[0]).identity_files == ("/f",)


def test_only_the_nearest_jump_host_is_asked_how_it_is_reached(account: Account, user_file: Path) -> None:
    user_file.write_text(
        "Host a\n ProxyJump b,c\nHost b\n ProxyJump d\nHost c\n ProxyJump elsewhere\n ProxyCommand false\n"
        "Host d\n ProxyCommand nc %h %p\n"
    )
    found = plan(account, alias("a"))
    assert places(found) == ["ada@d:22", "ada@b:22", "ada@c:22", "ada@a:22"]
    assert found.proxy == Proxy(ProxyKind.COMMAND, command="nc d 22")


def test_tokens_of_a_jump_host_stand_for_what_is_behind_it(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n HostName a.corp\n User bob\n ProxyJump %r@gate-%n:2200\n")
    assert places(plan(account, alias("a"))) == ["bob@gate-a:2200", "bob@a.corp:22"]


def test_jump_hosts_that_lead_back_are_named_in_a_chain(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n ProxyJump b\nHost b\n ProxyJump c\nHost c\n ProxyJump a\n")
    with pytest.raises(SshConfigJumpLoop) as caught:
        plan(account, alias("a"))
    assert caught.value.facts == {"path": str(user_file), "line": "6", "chain": "a → b → c → a"}


def test_jump_hosts_that_lead_ever_on_come_to_an_end(account: Account, user_file: Path) -> None:
    user_file.write_text("ProxyJump x%h\n")
    with pytest.raises(SshConfigJumpLoop):
        plan(account, alias("a"))


def test_a_jump_host_that_can_be_none_is_told_with_its_line(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n ProxyJump %n;x\n")
    with pytest.raises(SshConfigInvalid) as caught:
        plan(account, alias("a"))
    assert (caught.value.facts["line"], caught.value.facts["problem"]) == ("2", "bad-jump")


def test_an_alias_behind_a_saved_jump_host_is_reached_through_that_one(
    account: Account, user_file: Path
) -> None:
    user_file.write_text("Host a\n ProxyJump b\nHost d\n ProxyCommand nc %h %p\n")
    before = Hop("gate", "me", 2200, KEY)
    found = plan(account, before, alias("a"))
    assert found.hops[0] == planned(before, is_last=False)
    assert (places(found), found.proxy) == (["me@gate:2200", "ada@a:22"], None)
    assert plan(account, before, alias("d")).proxy is None


def test_an_alias_may_be_the_jump_host_of_a_server_that_is_none(account: Account, user_file: Path) -> None:
    user_file.write_text("Host gate\n HostName g\n ProxyCommand nc %h %p\n")
    last = Hop("bastion", "me", 22, KEY)
    found = plan(account, alias("gate"), last)
    assert (found.hops[0].login, found.hops[1]) == ("ada@g:22", planned(last, is_last=True))
    assert found.proxy == Proxy(ProxyKind.COMMAND, command="nc g 22")


def test_a_saved_proxy_stands_in_front_of_the_nearest_server(account: Account, user_file: Path) -> None:
    user_file.write_text("Host a\n ProxyJump b\nHost b\n ProxyCommand nc %h %p\n")
    mine = Proxy(ProxyKind.SOCKS5, "127.0.0.1", 1080)
    found = plan(account, alias("a"), proxy=mine)
    assert (places(found), found.proxy) == (["ada@b:22", "ada@a:22"], mine)
