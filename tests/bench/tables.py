"""A run as text: for a terminal, and as the table in README.md."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from tests.bench import promises
from tests.bench.peers import YARDSTICK
from tests.bench.results import METRICS, Metric, PathResults, Results, ratio

_NAME_WIDTH = 19
_CELL_WIDTH = 20
_WIDE = 100
_TEN = 10


def terminal_lines(results: PathResults) -> Iterator[str]:
    """One row for each peer: median, worst round and ratio of each figure."""
    yield results.title
    for heads in ([metric.title for metric in METRICS], [metric.unit for metric in METRICS]):
        yield " " * _NAME_WIDTH + "".join(f"{head:>{_CELL_WIDTH}}" for head in heads)
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
    shown = f"{metric.shown(value)} ({metric.shown(worst)})"
    return shown if against is None else f"{shown} {_factor(against):>5}x"


def _logins(results: PathResults) -> Iterator[str]:
    ours, theirs = results.caponier_up_ms, results.ssh_true_ms
    for title, values in (("Caponier, connecting to up", ours), ("ssh HOST true", theirs)):
        if values:
            yield f"  {title}: {statistics.median(values):.0f} ms (worst {max(values):.0f})"
    if ours and theirs:
        yield f"  ratio: {statistics.median(ours) / statistics.median(theirs):.2f}x"


def markdown_lines(results: Results) -> Iterator[str]:
    """The tables of README.md: medians, in brackets the ratio to ssh -L; and what Caponier promises about itself."""
    for path in results.paths.values():
        yield f"| {path.short_title} | {' | '.join(f'{metric.title}, {metric.unit}' for metric in METRICS)} |"
        yield f"|---|{'--:|' * len(METRICS)}"
        for peer in path.peers:
            yield f"| {peer} | {' | '.join(_short_cell(path, peer, metric) for metric in METRICS)} |"
        yield ""
    if results.pressure is not None:
        yield from promises.markdown_lines(results.pressure)


def about_sentence(results: Results) -> str:
    about = results.about
    measured = [found for path in results.paths.values() for found in path.peers.values()]
    if results.pressure is not None:
        measured += results.pressure.parts.values()
    rounds = max(map(len, measured), default=0)
    return (
        f"Medians of {rounds} rounds, in brackets the ratio to ssh -L. Measured on {about['processors']}, "
        f"{about['openssh'].partition(',')[0]}, Python {about['python']}, {about['libraries']}."
    )


def _short_cell(path: PathResults, peer: str, metric: Metric) -> str:
    value = path.median(peer, metric.name)
    if value is None:
        return "-"
    against = ratio(value, path.median(YARDSTICK, metric.name))
    shown = metric.shown(value)
    return shown if against is None or peer == YARDSTICK else f"{shown} ({_factor(against)})"


def _factor(value: float) -> str:
    return f"{value:.0f}" if value >= _WIDE else f"{value:.1f}" if value >= _TEN else f"{value:.2f}"
