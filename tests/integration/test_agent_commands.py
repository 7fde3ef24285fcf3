"""SSH agents on the command line: saved, listed, used, and said to be missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import program
from tests.support.agents import SshAgent, ssh_agent
from tests.support.echo import TcpService
from tests.support.keys import KeyFile, make_key
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch, key: KeyFile, tmp_path: Path) -> Iterator[SshAgent]:
    """Holds `key`, which the server takes, after another one."""
    with ssh_agent(make_key(tmp_path, name="id_other"), key) as running:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(running.socket_path))
        yield running


def command(server: OpenSshServer, service: TcpService, *options: str) -> str:
    target = f"{service.endpoint.host}:{service.endpoint.port}"
    words = ["ssh", "-N", "-L", f"0:{target}", "-p", str(server.endpoint.port), *options]
    return " ".join([*words, f"{server.user}@{server.endpoint.host}"])


def listed() -> dict[str, object]:
    found: dict[str, object] = json.loads(program.must("list", "--json"))
    return found


def accepted(server: OpenSshServer) -> tuple[str, ...]:
    return ("--accept-host-key", fingerprint_of(server.host_key()))


@pytest.mark.usefixtures("agent")
def test_a_command_that_names_no_key_logs_in_with_the_agent(
    server: OpenSshServer, service: TcpService
) -> None:
    program.must("add", "orders", command(server, service))
    assert listed()["auth"] == "agent"
    with program.up("orders", *accepted(server)) as running:
        running.wait_for(state="up")
        assert running.stop() == 0


def test_the_public_half_of_a_key_chooses_it_in_the_named_agent(
    server: OpenSshServer, service: TcpService, agent: SshAgent, key: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK")
    options = ("-o", f"IdentityAgent={agent.socket_path}", "-i", str(key.public_path))
    program.must("add", "orders", command(server, service, *options))
    found = listed()
    assert (found["auth"], found["agent"]) == ("agent", str(agent.socket_path))
    assert found["key_fingerprint"] == fingerprint_of(key.public_line)
    with program.up("orders", *accepted(server)) as running:
        running.wait_for(state="up")
        assert running.stop() == 0
    assert server.count_failures("publickey") == 0


def test_a_fingerprint_chooses_a_key(
    server: OpenSshServer, service: TcpService, agent: SshAgent, key: KeyFile
) -> None:
    fingerprint = fingerprint_of(key.public_line)
    program.must("add", "orders", command(server, service), "--agent-key", fingerprint)
    assert listed()["key_fingerprint"] == fingerprint
    agent.stop()
    with program.up("orders", *accepted(server)) as running:
        running.wait_for(state="failed", cause="agent_unavailable")
        assert running.wait() == 1
        assert "No SSH agent was found" in running.err
        assert "ssh-add" in running.err


def test_what_is_no_fingerprint_is_refused(server: OpenSshServer, service: TcpService) -> None:
    answer = program.run("add", "orders", command(server, service), "--agent-key", "my key")
    assert answer.status == 2
    assert "The agent's key must be named by its fingerprint" in answer.err


def test_a_check_says_that_the_agent_is_locked(
    server: OpenSshServer, service: TcpService, agent: SshAgent
) -> None:
    program.must("add", "orders", command(server, service))
    with program.up("orders", *accepted(server)) as running:
        running.wait_for(state="up")
        running.stop()
    agent.lock()
    answer = program.run("check", "orders", "--json")
    assert answer.status == 1
    last = json.loads(answer.out.splitlines()[-1])
    assert (last["stage"], last["code"]) == ("login", "agent_unavailable")
