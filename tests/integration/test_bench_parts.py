"""The processes that ``make bench`` measures with, without a tunnel between them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from desktop.core.model import LOOPBACK
from tests.bench.children import child
from tests.bench.counter import Counter
from tests.bench.crowd import Served
from tests.bench.pressure import NEEDS_SCREEN, PARTS, Strain
from tests.bench.rig import rig
from tests.bench.sampler import Plan, Samples
from tests.bench.watch import Watch, can_watch
from tests.support.echo import refusing_endpoint
from tests.support.waiting import wait_until
from tests.support.xvfb import missing_programs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the services fork")

MIB = 1024 * 1024
MUCH = 64 * MIB
FIGURES = {
    "crowd": {"crowd_served_percent", "crowd_threads", "crowd_more_mib", "crowd_took_ms"},
    "stalled": {"stalled_more_mib", "beside_percent", "alone_mib_s", "beside_mib_s"},
    "proxied": {"window_proxied_max_ms", "window_proxied_p99_ms"},
    "window": {"window_loaded_p99_ms", "window_idle_p99_ms", "window_mib_s"},
}
_needs_proc = pytest.mark.skipif(not can_watch(), reason="reads proc(5)")


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


def test_an_answer_in_two_parts_comes_as_one(port: str) -> None:
    samples = _sample(port, Plan(askers=1, openers=0, pause_s=0.0, count=3, in_parts=True))
    assert (len(samples.ask_ms), samples.failures) == (3, [])


def test_a_sampler_says_what_failed() -> None:
    samples = _sample(str(refusing_endpoint().port), Plan(askers=1, openers=0, pause_s=0.0, count=5))
    assert "ConnectionRefusedError" in samples.failures[0]


def test_a_child_that_ends_at_once_is_an_error() -> None:
    with pytest.raises(ChildProcessError, match="ended with"), child("tests.bench.paces"):
        pass


def test_a_crowd_is_served_at_once(port: str) -> None:
    with child("tests.bench.crowd", LOOPBACK, port, 20) as said:
        served = Served(**json.loads(said))
    assert (served.answered, served.failures) == (20, [])


def test_a_crowd_says_who_was_not_served() -> None:
    with child("tests.bench.crowd", LOOPBACK, refusing_endpoint().port, 20) as said:
        served = Served(**json.loads(said))
    assert served.answered == 0
    assert "ConnectionRefusedError" in served.failures[0]


def test_clients_stall_after_a_first_piece(port: str) -> None:
    with child("tests.bench.stalled", LOOPBACK, port, 5) as said:
        assert said == "5"


@_needs_proc
def test_a_watch_sees_the_most_memory_and_threads() -> None:
    with Watch(os.getpid()) as watch:
        taken = [b"?" * MUCH]
        wait_until(lambda: watch.more_mib > MUCH / MIB / 2)
        taken.clear()
        watch.wait_until_steady(within_mib=1.0, for_s=0.05, at_most_s=5.0)
    assert watch.most_threads > 1
    assert watch.most_mib >= watch.now_mib


@_needs_proc
@pytest.mark.parametrize("part", PARTS)
def test_a_part_under_pressure_finds_its_figures(part: str, home: Path) -> None:
    if part in NEEDS_SCREEN and missing_programs():
        pytest.skip(f"needs {', '.join(missing_programs())}")
    few = Strain(
        20, 5, hold_s=0.1, warm_s=0.1, steady_s=0.2, settle_s=0.1, idle_s=0.3, loaded_s=2.5, proxied_s=0.5
    )
    with rig(home, 0.0) as at:
        figures = PARTS[part](at, few)
    assert min(figures.values()) >= 0
    assert figures.keys() >= FIGURES[part]
