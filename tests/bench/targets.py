"""What Caponier has to reach beside ``ssh -L``, and whether it did. What it promises about itself is in `promises`."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench import promises
from tests.bench.peers import CAPONIER, YARDSTICK
from tests.bench.results import PathResults, Results, ratio

Measure = Callable[[PathResults], float | None]


@dataclass(frozen=True, slots=True)
class Target:
    path: str
    title: str
    measure: Measure
    limit: float
    at_least: bool = False

    def line(self, results: PathResults) -> str:
        value = self.measure(results)
        sign = ">=" if self.at_least else "<="
        wanted = f"{sign} {self.limit:g}x"
        if value is None:
            return f"  {self.path:<9} {self.title:<52} {'-':>7}   {wanted:<8} not measured"
        # The digits that are shown: a third one is noise.
        value = round(value, 2)
        met = value >= self.limit if self.at_least else value <= self.limit
        return f"  {self.path:<9} {self.title:<52} {value:>6.2f}x   {wanted:<8} {'met' if met else 'NOT MET'}"


def _beside_ssh(metric: str) -> Measure:
    def measure(results: PathResults) -> float | None:
        return ratio(results.median(CAPONIER, metric), results.median(YARDSTICK, metric))

    return measure


def _beside_idle(results: PathResults) -> float | None:
    return ratio(results.median(CAPONIER, "loaded_ask_p99_ms"), results.median(CAPONIER, "idle_ask_p50_ms"))


def _logins(results: PathResults) -> float | None:
    if not results.caponier_up_ms or not results.ssh_true_ms:
        return None
    return statistics.median(results.caponier_up_ms) / statistics.median(results.ssh_true_ms)


def _down(path: str, limit: float) -> Target:
    return Target(path, "download, to ssh -L", _beside_ssh("download_mib_s"), limit, at_least=True)


def _both(title: str, measure: Measure, limit: float, *, at_least: bool = False) -> tuple[Target, ...]:
    return tuple(Target(path, title, measure, limit, at_least) for path in ("loopback", "50ms"))


TARGETS = (
    _down("loopback", 1.3),
    _down("50ms", 5.0),
    _down("200ms", 10.0),
    *_both("upload, to ssh -L", _beside_ssh("upload_mib_s"), 1.0, at_least=True),
    Target("loopback", "request during a download p99, to ssh -L", _beside_ssh("loaded_ask_p99_ms"), 0.5),
    Target("50ms", "request during a download p99, to idle p50", _beside_idle, 1.3),
    *_both("opening during a download p50, to ssh -L", _beside_ssh("loaded_open_p50_ms"), 1.0),
    *_both("opening on an idle tunnel p50, to ssh -L", _beside_ssh("idle_open_p50_ms"), 1.2),
    *_both("from connecting to up, to ssh HOST true", _logins, 1.5),
)


def verdict_lines(results: Results) -> Iterator[str]:
    for target in TARGETS:
        if target.path in results.paths:
            yield target.line(results.paths[target.path])
    if results.pressure is not None:
        yield from promises.verdict_lines(results.pressure)
