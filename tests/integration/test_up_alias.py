"""A bastion that is an alias of ssh_config, from the saved connection to bytes through its servers."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path

import pytest

from tests.support import program
from tests.support.echo import TcpService
from tests.support.keys import KeyFile, make_key
from tests.support.proxies import PIPE
from tests.support.sshd import OpenSshServer

# It leaves a mark, too.
RELAY = f"import pathlib, sys\npathlib.Path(sys.argv[3]).touch(){PIPE}"


@pytest.fixture
def config(home: Path, server: OpenSshServer, key: KeyFile, tmp_path: Path) -> Path:
    """`gate` and, behind it, `prod` are the same server under two names, each with options of its own."""
    path = home / ".ssh" / "config"
    path.parent.mkdir(mode=0o700)
    other = make_key(tmp_path, name="id_other")
    known = path.parent / "known_prod"
    known.write_text(f"prod-key {server.host_key()}\n")
    at = f" HostName {server.endpoint.host}\n Port {server.endpoint.port}\n User {server.user}\n"
    path.write_text(
        f"Host gate\n{at} IdentityFile {key.path}\n StrictHostKeyChecking accept-new\n"
        f"Host prod\n{at} ProxyJump gate\n IdentityFile {other.path}\n IdentityFile {key.path}\n"
        f" HostKeyAlias prod-key\n UserKnownHostsFile {known}\n StrictHostKeyChecking yes\n"
        "Host *\n IdentitiesOnly yes\n IdentityAgent none\n"
    )
    path.chmod(0o600)
    return path


def added(service: TcpService, alias: str) -> None:
    target = f"{service.endpoint.host}:{service.endpoint.port}"
    program.must("add", "orders", f"ssh -N -L 0:{target} {alias}")


def answer_through(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        client.settimeout(10)
        client.sendall(b"ping")
        return client.recv(4, socket.MSG_WAITALL)


@pytest.mark.usefixtures("config", "ssh_kind")
def test_an_alias_is_reached_through_its_jump_host_with_its_own_keys_and_host_key(
    server: OpenSshServer, service: TcpService
) -> None:
    added(service, "prod")
    with program.up("orders") as running:
        assert answer_through(running.port()) == b"ping"
        assert running.stop() == 0
    assert len(server.client_ports()) == 2


def test_an_alias_is_reached_by_its_proxy_command(
    config: Path, server: OpenSshServer, service: TcpService, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    script = tmp_path / "relay.py"
    script.write_text(RELAY)
    command = f"{sys.executable} {script} %h %p {mark}-%n"
    config.write_text(f"Host gate\n ProxyCommand {command}\n{config.read_text()}")
    added(service, "prod")
    with program.up("orders") as running:
        assert answer_through(running.port()) == b"ping"
        assert running.stop() == 0
    assert mark.with_name("mark-gate").exists()


def test_an_edit_of_the_file_counts_from_the_next_login_on(
    config: Path, server: OpenSshServer, service: TcpService
) -> None:
    added(service, "prod")
    config.write_text(config.read_text().replace("prod-key", "other-key"))
    with program.up("orders") as running:
        running.wait_for(state="failed", cause="host_key_strict")
    config.write_text(config.read_text().replace("other-key", "prod-key"))
    with program.up("orders") as running:
        running.wait_for(state="up")
        # The running link is left alone.
        config.write_text("Port many\n")
        assert answer_through(running.port()) == b"ping"
        server.drop_sessions()
        running.wait_for(state="failed", cause="ssh_config_invalid")
        assert running.wait() == 1
        assert f"Line 1 of {config} can't be used" in running.err


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            "Host prod\n ProxyJump gate\nHost gate\n ProxyJump prod\n",
            "ssh_config_jump_loop",
            "prod → gate → prod",
        ),
        ("Include {folder}\n", "ssh_config_unreadable", "it is a folder, not a file"),
        ("Include {config}\n", "ssh_config_loop", "includes itself"),
        ("Host prod\n  Port many\n", "ssh_config_invalid", "Line 2 of {config} can't be used"),
        ("Host prod\n PubkeyAuthentication no\n BatchMode yes\n", "ssh_config_no_method", "publickey"),
    ],
    ids=["jump-loop", "folder", "loop", "mistake", "no-method"],
)
def test_what_is_wrong_with_the_file_is_told_when_the_alias_is_dialled(
    text: str, code: str, said: str, config: Path, service: TcpService
) -> None:
    added(service, "prod")
    places = {"config": config, "folder": config.parent}
    config.write_text(text.format(**places))
    with program.up("orders") as running:
        running.wait_for(state="failed", cause=code)
        assert running.wait() == 1
        assert said.format(**places) in running.err
    check = program.run("check", "orders", "--json")
    assert check.status == 1
    assert json.loads(check.out)["code"] == code
    assert said.format(**places) in f"{check.out}{check.err}"


@pytest.mark.usefixtures("config")
def test_a_check_walks_every_server_of_an_alias(service: TcpService) -> None:
    added(service, "prod")
    stages = [json.loads(line) for line in program.must("check", "orders", "--json").splitlines()]
    assert all(stage["ok"] for stage in stages)
    assert [stage["hop"] for stage in stages if stage["stage"] == "login"] == [0, 1]
