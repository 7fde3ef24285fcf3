"""A run as text: for a terminal, and as the table in README.md."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench.peers import YARDSTICK
from tests.bench.results import METRICS, Metric, PathResults, Results, ratio

_NAME_WIDTH = 19
_CELL_WIDTH = 22
_WIDE = 100


def terminal_lines(results: PathResults) -> Iterator[str]:
    """One row for each peer: median, worst round and ratio of each figure."""
    yield results.title
    yield " " * _NAME_WIDTH + "".join(f"{metric.title:>{_CELL_WIDTH}}" for metric in METRICS)
    for peer in results.peers:
        cells = "".join(f"{_cell(results, peer, metric):>{_CELL_WIDTH}}" for metric in METRICS)
        yield f"{peer:<{_NAME_WIDTH}}{cells}"
    yield from _logins(results)
    yield from (f"  failed: {failure}" for failure in results.failures)


def _cell(results: PathResults, peer: str, metric: Metric) -> str:
    value, worst = results.median(peer, metric.name), results.worst(peer, metric)
    if value is None or worst is None:
        return "-"
    against = ratio(value, results.median(YARDSTICK, metric.name))
    shown = f"{against:5.2f}x" if against is not None else " " * 6
    return f"{_figure(value)} ({_figure(worst)}) {shown}"


def _logins(results: PathResults) -> Iterator[str]:
    ours, theirs = results.caponier_up_ms, results.ssh_true_ms
    for title, values in (("Caponier, connecting to up", ours), ("ssh HOST true", theirs)):
        if values:
            yield f"  {title}: {statistics.median(values):.0f} ms (worst {max(values):.0f})"
    if ours and theirs:
        yield f"  ratio: {statistics.median(ours) / statistics.median(theirs):.2f}x"


def markdown_lines(results: Results) -> Iterator[str]:
    """The table of README.md: medians, in brackets the ratio to ssh -L."""
    for path in results.paths.values():
        yield f"| {path.title.partition(':')[0]} | {' | '.join(metric.title for metric in METRICS)} |"
        yield f"|---|{'--:|' * len(METRICS)}"
        for peer in path.peers:
            yield f"| {peer} | {' | '.join(_short_cell(path, peer, metric) for metric in METRICS)} |"
        yield ""


def _short_cell(path: PathResults, peer: str, metric: Metric) -> str:
    value = path.median(peer, metric.name)
    if value is None:
        return "-"
    against = ratio(value, path.median(YARDSTICK, metric.name))
    return _figure(value) if against is None or peer == YARDSTICK else f"{_figure(value)} ({against:.2g})"


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= _WIDE else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
