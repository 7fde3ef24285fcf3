"""What Caponier promises about itself under pressure, and whether it was kept: for a terminal, and for README.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.results import Metric, PressureResults

_WIDTH = 52
_INTRODUCTION = (
    "What Caponier promises about itself, measured on loopback. *More memory* is beyond what its process had before.",
    "Those who stop reading asked for an answer without an end, and read 64 KiB of it. The window is the real one, and",
    "shows the connection; its event loop is *late* by the time from when something is due until it is done.",
    "",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A promise where it has a `limit`, kept by the median, or by each round where `always`; else to compare with."""

    metric: Metric
    limit: float | None = None
    always: bool = False

    def measured(self, results: PressureResults) -> float | None:
        """With the digits that are shown: those are judged."""
        found = results.worst(self.metric) if self.always else results.median(self.metric.name)
        return None if found is None else _shown(found)

    def is_kept(self, value: float, limit: float) -> bool:
        return value >= limit if self.metric.more_is_better else value <= limit


ROWS = (
    Row(
        Metric("crowd_served_percent", "1000 clients at once: served", "%", more_is_better=True),
        100,
        always=True,
    ),
    Row(Metric("crowd_threads", "1000 clients at once: threads", ""), 16),
    Row(Metric("crowd_more_mib", "1000 clients at once: more memory", "MiB"), 100),
    Row(Metric("crowd_took_ms", "1000 clients at once: until the last answer", "ms")),
    Row(Metric("stalled_more_mib", "100 clients stop reading: more memory", "MiB"), 300),
    Row(
        Metric("beside_percent", "100 clients stop reading: download, to alone", "%", more_is_better=True), 70
    ),
    Row(Metric("alone_mib_s", "that download, alone", "MiB/s", more_is_better=True)),
    Row(Metric("beside_mib_s", "that download, beside them", "MiB/s", more_is_better=True)),
    Row(Metric("window_loaded_p99_ms", "window during a download: event loop late, p99", "ms"), 50),
    Row(Metric("window_loaded_p50_ms", "window during a download: event loop late, p50", "ms")),
    Row(Metric("window_loaded_max_ms", "window during a download: event loop late, most", "ms")),
    Row(Metric("window_mib_s", "window during a download: its rate", "MiB/s", more_is_better=True)),
    Row(Metric("window_proxied_max_ms", "window, a proxy never answers: event loop late, most", "ms"), 50),
    Row(Metric("window_proxied_p99_ms", "window, a proxy never answers: event loop late, p99", "ms")),
    Row(Metric("window_idle_p50_ms", "window, idle: event loop late, p50", "ms")),
    Row(Metric("window_idle_p99_ms", "window, idle: event loop late, p99", "ms")),
    Row(Metric("window_idle_max_ms", "window, idle: event loop late, most", "ms")),
)


def terminal_lines(results: PressureResults) -> Iterator[str]:
    """Everything measured: median, and in brackets the worst round."""
    yield f"{results.short_title:<{_WIDTH}} {'median (worst round)':>24}"
    for each in ROWS:
        median, worst = results.median(each.metric.name), results.worst(each.metric)
        if median is not None and worst is not None:
            shown = f"{_shown(median):g} ({_shown(worst):g}) {each.metric.unit:<5}"
            yield f"  {each.metric.title:<{_WIDTH}} {shown:>24}".rstrip()
    yield from (f"  failed: {failure}" for failure in results.failures)


def verdict_lines(results: PressureResults) -> Iterator[str]:
    """As those of `targets.Target`."""
    for each in ROWS:
        if each.limit is None:
            continue
        sign = ">=" if each.metric.more_is_better else "<="
        wanted = f"{sign} {each.limit:g} {each.metric.unit}".strip()
        value = each.measured(results)
        judged = "not measured" if value is None else "met" if each.is_kept(value, each.limit) else "NOT MET"
        shown = "-" if value is None else f"{value:g}"
        yield f"  {'pressure':<9} {each.metric.title:<{_WIDTH}} {shown:>7}   {wanted:<10} {judged}"


def markdown_lines(results: PressureResults) -> Iterator[str]:
    """The promises, as a part of README.md."""
    yield from _INTRODUCTION
    yield "| Under pressure | measured | limit |"
    yield "|---|--:|--:|"
    for each in ROWS:
        if each.limit is None:
            continue
        value = each.measured(results)
        word = "at least" if each.metric.more_is_better else "at most"
        measured = "-" if value is None else f"{value:g} {each.metric.unit}".rstrip()
        yield f"| {each.metric.title} | {measured} | {word} {each.limit:g} {each.metric.unit}".rstrip() + " |"
    yield ""


def _shown(value: float) -> float:
    return float(Metric.shown(value))
