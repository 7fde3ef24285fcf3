"""What a relay measures of the way to the bastion, over real SSH connections."""

from __future__ import annotations

import socket

import pytest

from desktop.core.model import PathFigures
from desktop.ssh import throughput
from tests.support.echo import TcpService, sha256_of_stream, sink, stream
from tests.support.lanes import EXPORT_BYTES, attached, export
from tests.support.local_clients import answer, client_of, receive
from tests.support.relay_stage import RelayStage
from tests.support.waiting import wait_until

LEAST_S = 0.02


@pytest.fixture(autouse=True)
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes through a test is there in less than a second."""
    monkeypatch.setattr(throughput, "LEAST_S", LEAST_S)


def test_the_round_trip_is_known_once_ssh_has_answered_some_pings(stage: RelayStage) -> None:
    assert stage.relay.path_figures() == PathFigures()
    session = attached(stage)
    assert stage.relay.path_figures() == PathFigures(lanes=1)
    session.ping()
    wait_until(lambda: stage.relay.path_figures().round_trip_ms is not None)
    round_trip_ms = stage.relay.path_figures().round_trip_ms
    assert round_trip_ms is not None
    assert 0 < round_trip_ms < 1000


@pytest.mark.usefixtures("ssh_kind")
def test_a_download_shows_what_the_path_carries_down_and_how_many_connections_it_has(
    stage: RelayStage,
) -> None:
    attached(stage)
    with export(stage) as running:
        wait_until(lambda: stage.relay.path_figures().lanes == 2)
        running.finish()
        figures = stage.relay.path_figures()
    assert 0 < figures.best_down_bytes_s <= EXPORT_BYTES / LEAST_S
    assert figures.best_up_bytes_s == 0


def test_an_upload_shows_what_it_carries_up_where_that_can_be_known(stage: RelayStage, ssh_kind: str) -> None:
    attached(stage)
    with sink() as warehouse:
        _, local = stage.open_port(warehouse.endpoint)
        with client_of(local) as client:
            for chunk in stream(EXPORT_BYTES):
                client.sendall(chunk)
            client.shutdown(socket.SHUT_WR)
            assert receive(client, 64).decode() == sha256_of_stream(EXPORT_BYTES)
        figures = stage.relay.path_figures()
    assert figures.best_up_bytes_s <= EXPORT_BYTES / LEAST_S
    assert (figures.best_up_bytes_s > 0) is (ssh_kind == "fast")
    assert figures.best_down_bytes_s == 0


def test_a_new_session_begins_anew(stage: RelayStage, service: TcpService) -> None:
    first = attached(stage)
    with export(stage) as running:
        running.finish()
    assert stage.relay.path_figures().best_down_bytes_s > 0
    stage.relay.detach(first)
    stage.settle()
    assert stage.relay.path_figures() == PathFigures()

    attached(stage)
    _, local = stage.open_port(service.endpoint)
    with client_of(local) as client:
        assert answer(client, b"select 1") == b"select 1"
    figures = stage.relay.path_figures()
    assert (figures.best_down_bytes_s, figures.best_up_bytes_s, figures.lanes) == (0, 0, 1)
