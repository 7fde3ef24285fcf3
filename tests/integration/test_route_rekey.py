"""New keys, again and again, on every connection of a chain at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.core.model import Route
from tests.support.echo import sha256_of_stream, sha256_until_eof, source
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of
from tests.support.relay_stage import relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.system_user import SystemUser

SIZE = 48 << 20


@pytest.mark.usefixtures("ssh_kind")
def test_a_stream_outlives_changes_of_keys_on_both_connections(
    key: KeyFile, system_user: SystemUser, tmp_path: Path
) -> None:
    known_hosts = tmp_path / "trusted"
    with (
        OpenSshServer("RekeyLimit 4M", user=system_user.name, keys=[key]) as jump,
        OpenSshServer("RekeyLimit 4M", user=system_user.name, keys=[key]) as last,
    ):
        known_hosts.write_text(jump.known_hosts_line() + last.known_hosts_line())
        route = Route(tuple(with_key(each.endpoint, each.user, key.path) for each in (jump, last)))
        with relay_stage(route, known_hosts) as running, source(SIZE) as warehouse:
            running.attached()
            _, local = running.open_port(warehouse.endpoint)
            with client_of(local) as client:
                assert sha256_until_eof(client) == sha256_of_stream(SIZE)
