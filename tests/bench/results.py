"""What a run found: figures of every round, and what they come to."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.bench.rounds import Figures

JSON_PATH = Path("out/bench.json")
_NO_DIGITS_FROM = 100


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    title: str
    unit: str
    more_is_better: bool = False

    def worst(self, values: list[float]) -> float | None:
        if not values:
            return None
        return min(values) if self.more_is_better else max(values)

    @staticmethod
    def shown(value: float) -> str:
        """As many digits as a reader can use."""
        return (
            f"{value:.0f}" if value >= _NO_DIGITS_FROM else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
        )


METRICS = (
    Metric("download_mib_s", "download", "MiB/s", more_is_better=True),
    Metric("upload_mib_s", "upload", "MiB/s", more_is_better=True),
    Metric("idle_ask_p50_ms", "request, idle", "p50 ms"),
    Metric("idle_parts_p50_ms", "answer in two parts", "p50 ms"),
    Metric("loaded_ask_p50_ms", "request, loaded", "p50 ms"),
    Metric("loaded_ask_p99_ms", "request, loaded", "p99 ms"),
    Metric("idle_open_p50_ms", "open, idle", "p50 ms"),
    Metric("loaded_open_p50_ms", "open, loaded", "p50 ms"),
)


@dataclass(slots=True)
class PathResults:
    """By name of the peer: one `Figures` for each round. Times to log in are in milliseconds."""

    title: str
    peers: dict[str, list[Figures]] = field(default_factory=dict)
    ssh_true_ms: list[float] = field(default_factory=list)
    caponier_up_ms: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def short_title(self) -> str:
        return self.title.partition(":")[0]

    def values(self, peer: str, metric: str) -> list[float]:
        return [figures[metric] for figures in self.peers.get(peer, []) if metric in figures]

    def median(self, peer: str, metric: str) -> float | None:
        values = self.values(peer, metric)
        return statistics.median(values) if values else None

    def worst(self, peer: str, metric: Metric) -> float | None:
        return metric.worst(self.values(peer, metric.name))


@dataclass(slots=True)
class PressureResults:
    """By name of the part: one `Figures` for each round. No two parts have a figure of one name."""

    parts: dict[str, list[Figures]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def short_title(self) -> str:
        return "under pressure"

    def values(self, metric: str) -> list[float]:
        return [figures[metric] for found in self.parts.values() for figures in found if metric in figures]

    def median(self, metric: str) -> float | None:
        values = self.values(metric)
        return statistics.median(values) if values else None

    def worst(self, metric: Metric) -> float | None:
        return metric.worst(self.values(metric.name))


@dataclass(slots=True)
class Results:
    """`paths` by name, in the order of the run; `pressure` where it was measured. `about` says what it ran on."""

    about: dict[str, str]
    paths: dict[str, PathResults] = field(default_factory=dict)
    pressure: PressureResults | None = None

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Results:
        stored = json.loads(path.read_text())
        paths = {name: PathResults(**found) for name, found in stored["paths"].items()}
        # Files of before there was such a part are read too.
        pressure = stored.get("pressure")
        return cls(stored["about"], paths, PressureResults(**pressure) if pressure else None)


def ratio(value: float | None, yardstick: float | None) -> float | None:
    if value is None or not yardstick:
        return None
    return value / yardstick
