"""The servers that an alias stands for, against those that the real ssh asks for one after the other."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.core.model import CONFIGURED_PORT, Auth, AuthMethod, Hop, Route
from desktop.ssh_config.account import Account
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.plan import ConfigPlanner

REAL_SSH = shutil.which("ssh") or ""
pytestmark = pytest.mark.skipif(not REAL_SSH, reason="needs ssh")

# Stands in for ssh on PATH: notes what the real one makes of its arguments, then lets it go on. ssh starts jump hosts
# by the name that it was started by itself.
_NOTING = """#!/bin/bash
{ssh} -G "$@" | awk '/^(hostname|user|port|proxycommand) /' >> {notes}
echo >> {notes}
exec -a ssh {ssh} "$@"
"""


@dataclass(frozen=True)
class Chain:
    name: str
    config: str


# Nothing is reached: the nearest server is a port on which nobody listens.
_NEAREST = "Host near\n HostName 127.0.0.1\n Port 1\n User nearby\n"
CHAINS = [
    Chain("none", "Host target\n HostName 127.0.0.1\n Port 1\n"),
    Chain("one", f"Host target\n HostName t.invalid\n ProxyJump near\n{_NEAREST}"),
    Chain("user-and-port", f"Host target\n User bob\n ProxyJump eve@near:1\n{_NEAREST}"),
    Chain("two", f"Host target\n ProxyJump near,far\nHost far\n User faraway\n Port 2200\n{_NEAREST}"),
    Chain("three", f"Host target\n ProxyJump near,a@b:3,c\nHost c\n HostName C.invalid\n{_NEAREST}"),
    Chain("of-jump-host", f"Host target\n ProxyJump far\nHost far\n ProxyJump near\n{_NEAREST}"),
    Chain("nested-lists", f"Host target\n ProxyJump far,x\nHost far\n ProxyJump near,y\n{_NEAREST}"),
    Chain("of-later-one", f"Host target\n ProxyJump near,far\nHost far\n ProxyJump elsewhere\n{_NEAREST}"),
    Chain(
        "command-of-later-one", f"Host target\n ProxyJump near,far\nHost far\n ProxyCommand false\n{_NEAREST}"
    ),
    Chain(
        "command-of-nearest",
        "Host target\n ProxyJump near\nHost near\n User n\n ProxyCommand false %h %p %n\n",
    ),
    Chain("tokens", f"Host target\n User near\n HostName t.invalid\n ProxyJump x@%r,%n-%h\n{_NEAREST}"),
    Chain("match-user", f"Host target\n ProxyJump eve@near\nMatch user eve\n Port 1\n{_NEAREST}"),
]


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.name)
def test_a_chain_of_jump_hosts_is_that_of_ssh(chain: Chain, home: Path, tmp_path: Path) -> None:
    config = home / "config"
    config.write_text(chain.config)
    config.chmod(0o600)
    wanted = asked_by_ssh(config, tmp_path)
    planner = ConfigPlanner(Chains(str(config), Account.current()))
    alias = Hop("target", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG))
    plan = planner(Route((alias,)))
    found = [(hop.endpoint.host, hop.user, str(hop.endpoint.port)) for hop in plan.hops]
    assert found == [server[:3] for server in wanted]
    command = plan.proxy.command if plan.proxy is not None else ""
    assert bool(command) == bool(wanted[0][3])


def asked_by_ssh(config: Path, tmp_path: Path) -> list[tuple[str, str, str, str]]:
    """Host name, user, port and ProxyCommand of each server, nearest first."""
    notes = tmp_path / "notes"
    noting = tmp_path / "bin" / "ssh"
    noting.parent.mkdir()
    noting.write_text(_NOTING.format(ssh=shlex.quote(REAL_SSH), notes=shlex.quote(str(notes))))
    noting.chmod(0o755)
    subprocess.run(
        ["bash", "-c", 'exec -a ssh "$0" -F "$1" -o BatchMode=yes target', str(noting), str(config)],
        env=os.environ | {"PATH": f"{noting.parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    servers = []
    for block in notes.read_text().strip().split("\n\n"):
        said = dict(line.split(" ", 1) for line in block.splitlines())
        servers.append((said["hostname"], said["user"], said["port"], said.get("proxycommand", "")))
    return servers[::-1]
