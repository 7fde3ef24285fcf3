"""One round of one peer: everything that is measured of it, through one tunnel."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict

from desktop.core.model import Endpoint
from tests.bench.children import child
from tests.bench.counter import Counter
from tests.bench.paces import Pace
from tests.bench.peers import Peer
from tests.bench.rig import Rig
from tests.bench.sampler import Plan, Samples

MIB = 1024 * 1024
_ENOUGH = 2

Figures = dict[str, float]


def measure(rig: Rig, peer: Peer, pace: Pace) -> Figures:
    """By the names of `results.METRICS`. Raises `OSError`, `AssertionError` or `TimeoutError` where the way fails."""
    with rig.site.laptop(), peer(rig) as local:
        return dict(_measure(rig, local, pace))


def _measure(rig: Rig, local: Endpoint, pace: Pace) -> Iterator[tuple[str, float]]:
    asked = _sample(local, Plan(1, 0, pace.idle_pause_s, count=pace.idle_asks)).ask_ms
    in_turn = _sample(local, Plan(1, 0, pace.pause_s, count=pace.idle_asks, in_parts=True)).ask_ms
    opened = _sample(local, Plan(0, 1, pace.idle_pause_s, count=pace.idle_opens)).open_ms
    yield from spread("idle_ask", asked)
    yield from spread("idle_parts", in_turn)
    yield from spread("idle_open", opened)
    with child("tests.bench.load", "upload", local.host, local.port, rig.received_path):
        yield "upload_mib_s", rate_mib_s(rig.arrived, pace.upload_warm_s, pace.steady_s)
    time.sleep(pace.settle_s)
    with child("tests.bench.load", "download", local.host, local.port, rig.received_path):
        yield "download_mib_s", rate_mib_s(rig.received, pace.warm_s, pace.steady_s)
        before, start_mono = rig.received.value, time.monotonic()
        asked = _sample(local, Plan(1, 0, pace.pause_s, seconds=pace.loaded_asks_s)).ask_ms
        opened = _sample(local, Plan(0, 1, pace.loaded_pause_s, seconds=pace.loaded_opens_s)).open_ms
        yield "loaded_mib_s", (rig.received.value - before) / MIB / (time.monotonic() - start_mono)
    yield from spread("loaded_ask", asked)
    yield from spread("loaded_open", opened)


def _sample(local: Endpoint, plan: Plan) -> Samples:
    words = json.dumps(asdict(plan))
    with child("tests.bench.sampler", local.host, local.port, words) as answer:
        return Samples(**json.loads(answer))


def rate_mib_s(counter: Counter, warm_s: float, steady_s: float) -> float:
    time.sleep(warm_s)
    before, start_mono = counter.value, time.monotonic()
    time.sleep(steady_s)
    return (counter.value - before) / MIB / (time.monotonic() - start_mono)


def spread(name: str, values_ms: list[float]) -> Iterator[tuple[str, float]]:
    yield f"{name}_count", len(values_ms)
    if len(values_ms) >= _ENOUGH:
        cuts = statistics.quantiles(values_ms, n=100, method="inclusive")
        yield f"{name}_p50_ms", cuts[49]
        yield f"{name}_p99_ms", cuts[98]
        yield f"{name}_max_ms", max(values_ms)
