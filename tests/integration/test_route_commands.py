"""Chains on the command line: what ``up`` and ``check`` say of each server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.agents import ssh_agent
from tests.support.echo import TcpService
from tests.support.keys import KeyFile
from tests.support.local_clients import answer, client_of
from tests.support.proxies import are_missing, socks_proxy
from tests.support.sshd import OpenSshServer
from tests.support.system_user import SystemUser

Servers = tuple[OpenSshServer, OpenSshServer, OpenSshServer]


@pytest.fixture
def servers(
    key: KeyFile, system_user: SystemUser, service: TcpService, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Servers]:
    """Three in a row, which the connection ``orders`` goes through to `service`, with a key of the agent."""

    def one() -> OpenSshServer:
        return OpenSshServer(user=system_user.name, keys=[key])

    with one() as first, one() as second, one() as last, ssh_agent(key) as agent:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(agent.socket_path))
        jumps = ",".join(f"{each.user}@{each.endpoint}" for each in (first, second))
        at = f"-p {last.endpoint.port} {last.user}@{last.endpoint.host}"
        program.must("add", "orders", f"ssh -N -L 0:{service.endpoint} -J {jumps} {at}")
        yield first, second, last


@pytest.fixture
def trusted(home: Path, servers: Servers) -> Path:
    """The person's own known_hosts."""
    path = home / ".ssh" / "known_hosts"
    path.parent.mkdir()
    path.write_text("".join(each.known_hosts_line() for each in servers))
    return path


@pytest.mark.usefixtures("trusted")
def test_a_chain_comes_up_and_a_check_walks_it(servers: Servers) -> None:
    with program.up("orders") as running:
        running.wait_for(state="up")
        with client_of(running.port()) as client:
            assert answer(client, b"select 1") == b"select 1"
        assert running.stop() == 0
    stages = [json.loads(line) for line in program.must("check", "orders", "--json").splitlines()]
    places = [each["hop"] for each in stages if each["stage"] == "login"]
    assert places == [0, 1, 2]
    assert all(each["ok"] for each in stages)
    assert "hop" not in stages[-1]
    assert str(servers[1].endpoint) in program.must("check", "orders")


def _change(text: str, server: OpenSshServer, other: OpenSshServer) -> str:
    return text.replace(server.host_key(), other.host_key(), 1)


def _revoke(text: str, server: OpenSshServer, _other: OpenSshServer) -> str:
    """Beside the line that trusts it."""
    return f"{text}@revoked {server.known_hosts_line()}"


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("spoil", "code"),
    [(_change, "host_key_changed"), (_revoke, "host_key_revoked")],
    ids=["changed", "revoked"],
)
def test_a_key_that_is_no_good_any_more_is_refused_at_every_place(
    servers: Servers,
    trusted: Path,
    place: int,
    spoil: Callable[[str, OpenSshServer, OpenSshServer], str],
    code: str,
) -> None:
    server = servers[place]
    text = trusted.read_text()
    trusted.write_text(spoil(text, server, servers[place - 1]))
    assert trusted.read_text() != text
    before = server.count_logins()
    with program.up("orders") as running:
        running.wait_for(state="failed", cause=code)
        assert running.wait() == 1
    last = json.loads(program.run("check", "orders", "--json").out.splitlines()[-1])
    assert (last["stage"], last["hop"], last["code"]) == ("host_key", place, code)
    server.expect_logins(before)


@pytest.mark.skipif(are_missing(), reason="needs microsocks")
@pytest.mark.usefixtures("trusted")
def test_a_missing_proxy_password_is_told_with_the_command_that_stores_it(servers: Servers) -> None:
    with socks_proxy(login=True) as proxy:
        last = servers[2]
        at = f"-p {last.endpoint.port} {last.user}@{last.endpoint.host}"
        url = f"socks5://{proxy.user}@{proxy.endpoint}"
        program.must("add", "--proxy", url, "proxied", f"ssh -N -L 0:db.internal:5432 {at}")
        with program.up("proxied") as running:
            running.wait_for(state="failed", cause="proxy_password_needed")
            assert running.wait() == 1
        assert f"The password of {proxy.user} for the proxy {proxy.endpoint} is needed" in running.err
        stage = json.loads(program.run("check", "proxied", "--json").out.splitlines()[-1])
        assert (stage["stage"], stage["hop"], stage["code"]) == ("route", 0, "proxy_password_needed")
