"""The processes that ``make bench`` measures with, without a tunnel between them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from desktop.core.model import LOOPBACK
from tests.bench.children import child
from tests.bench.counter import Counter
from tests.bench.sampler import Plan, Samples
from tests.support.echo import refusing_endpoint
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the services fork")

MUCH = 64 * 1024 * 1024


@pytest.fixture
def arrived(tmp_path: Path) -> Iterator[Counter]:
    with Counter.made(tmp_path / "arrived") as counter:
        yield counter


@pytest.fixture
def received(tmp_path: Path) -> Iterator[Counter]:
    with Counter.made(tmp_path / "received") as counter:
        yield counter


@pytest.fixture
def port(arrived: Counter, tmp_path: Path) -> Iterator[str]:
    with child("tests.bench.services", LOOPBACK, tmp_path / "arrived") as said:
        yield said


def _sample(port: str, plan: Plan) -> Samples:
    with child("tests.bench.sampler", LOOPBACK, port, json.dumps(asdict(plan))) as answer:
        return Samples(**json.loads(answer))


def test_an_upload_counts_where_it_arrives(port: str, arrived: Counter, tmp_path: Path) -> None:
    Counter.made(tmp_path / "received").close()
    with child("tests.bench.load", "upload", LOOPBACK, port, tmp_path / "received"):
        wait_until(lambda: arrived.value > MUCH)


def test_a_download_counts_at_the_client_while_others_ask(
    port: str, received: Counter, tmp_path: Path
) -> None:
    with child("tests.bench.load", "download", LOOPBACK, port, tmp_path / "received"):
        wait_until(lambda: received.value > MUCH)
        samples = _sample(port, Plan(askers=2, openers=1, pause_s=0.001, seconds=0.2))
    assert min(samples.ask_ms) > 0
    assert min(samples.open_ms) > 0
    assert samples.failures == []


def test_a_sampler_asks_as_often_as_it_was_told(port: str) -> None:
    samples = _sample(port, Plan(askers=2, openers=1, pause_s=0.0, count=5))
    assert (len(samples.ask_ms), len(samples.open_ms)) == (10, 5)


def test_a_sampler_says_what_failed() -> None:
    samples = _sample(str(refusing_endpoint().port), Plan(askers=1, openers=0, pause_s=0.0, count=5))
    assert "ConnectionRefusedError" in samples.failures[0]


def test_a_child_that_ends_at_once_is_an_error() -> None:
    with pytest.raises(ChildProcessError, match="ended with"), child("tests.bench.paces"):
        pass
