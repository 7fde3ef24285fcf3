"""Tunnels whose warehouses are looked at, as they are in the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.probe import look
from desktop.probe.identify import identify
from desktop.ssh.warehouse_look import Looker
from tests.support.sshd import OpenSshServer
from tests.support.stage import Stage, stage


@pytest.fixture
def running(server: OpenSshServer, tmp_path: Path) -> Iterator[Stage]:
    """Over sessions to `server`, a fixture of its own."""
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line())
    with stage(known_hosts, looker=Looker(look.is_harmless, look.look, identify)) as each:
        yield each
