"""Which thread reads a connection: the relay's while little comes, and its own beside an export."""

from __future__ import annotations

import threading

import pytest

from desktop.ssh.client import LocalClient
from tests.support.echo import TcpService, sha256_of_stream, source
from tests.support.echo import sha256_until_eof as read_all
from tests.support.local_clients import answer, client_of
from tests.support.relay_stage import RelayStage
from tests.support.waiting import wait_until

EXPORT_BYTES = 64 * 1024 * 1024


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that gave clients their data, in order."""
    names: list[str] = []
    on_data = LocalClient.on_data

    def note(self: LocalClient, data: memoryview) -> None:
        names.append(threading.current_thread().name)
        on_data(self, data)

    monkeypatch.setattr(LocalClient, "on_data", note)
    return names


def test_the_relay_reads_what_a_query_brings_and_leaves_an_export_to_the_connection(
    stage: RelayStage, service: TcpService, readers: list[str]
) -> None:
    stage.attached()
    _, local = stage.open_port(service.endpoint, "queries")
    with source(EXPORT_BYTES) as exports, client_of(local) as client:
        _, exporting = stage.open_port(exports.endpoint, "export")

        def is_read_by_relay() -> bool:
            assert answer(client, b"select 1") == b"select 1"
            return readers[-1].startswith("relay")

        wait_until(is_read_by_relay)
        with client_of(exporting) as export:
            assert read_all(export) == sha256_of_stream(EXPORT_BYTES)
        assert readers[-1].startswith("ssh")
        wait_until(is_read_by_relay)
