"""``up`` in a terminal heeds the preferences that were made in the window."""

from __future__ import annotations

from desktop.core.preferences import Preferences
from desktop.store.paths import Paths
from desktop.store.preferences import PreferencesFile
from tests.integration.test_up_warehouse import accepting, ssh_command
from tests.support import program
from tests.support.echo import source
from tests.support.keys import KeyFile
from tests.support.local_clients import client_of, receive
from tests.support.sshd import OpenSshServer
from tests.support.waiting import wait_until

EXPORT_BYTES = 48 << 20
READ_AT_FIRST = 24 << 20


def test_beside_an_export_up_opens_as_many_ssh_connections_as_were_chosen(
    server: OpenSshServer, key: KeyFile
) -> None:
    preferences = PreferencesFile(Paths.from_environment())
    with source(EXPORT_BYTES) as warehouse:
        program.must("add", "export", ssh_command(server, warehouse.endpoint, "-i", str(key.path)))
        for most in (1, 2):
            preferences.save(Preferences(max_lanes=most))
            before = server.count_logins()
            with program.up("export", *accepting(server)) as running, client_of(running.port()) as client:
                assert len(receive(client, READ_AT_FIRST)) == READ_AT_FIRST
                wait_until(lambda: server.count_logins() - before == most)  # noqa: B023 - called at once
                assert len(receive(client, EXPORT_BYTES)) == EXPORT_BYTES - READ_AT_FIRST
                assert server.count_logins() - before == most
