"""Draws a run as the picture of README.md: an SVG of bars, one panel for each figure and distance."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tests.bench.peers import CAPONIER, PEERS
from tests.bench.results import METRICS, Metric, PathResults, Results

_SHOWN = ("download_mib_s", "loaded_ask_p99_ms", "idle_parts_p50_ms")
_HEADS = {
    "download_mib_s": "Download of one stream, MiB/s: longer is better",
    "loaded_ask_p99_ms": "A small request during that download, p99 in ms: shorter is better",
    "idle_parts_p50_ms": "An answer in two parts, 2 ms apart, p50 in ms: shorter is better",
}
_LABELS_WIDTH = 140
_PANEL_WIDTH = 230
_BAR_WIDTH = 160
_BAR_HEIGHT = 18
_STEP = 26
_MARGIN = 24
_HEAD_HEIGHT = 58
_OURS, _OTHERS, _TEXT, _PALE = "#4757dc", "#b4bccb", "#1f2733", "#5d6878"
_FONT = "font-family='Inter, Segoe UI, Helvetica, Arial, sans-serif' font-size='13'"


def draw(results: Results) -> str:
    """Without the row that has no tunnel: its bars would hide all others."""
    peers = [name for name in PEERS if name != "direct"]
    metrics = [metric for metric in METRICS if metric.name in _SHOWN]
    row_height = _HEAD_HEIGHT + _STEP * len(peers)
    width = 2 * _MARGIN + _LABELS_WIDTH + _PANEL_WIDTH * len(results.paths)
    height = 2 * _MARGIN + row_height * len(metrics) + _MARGIN * (len(metrics) - 1)
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' {_FONT}>",
        f"<rect width='{width}' height='{height}' rx='12' fill='#ffffff'/>",
    ]
    for number, metric in enumerate(metrics):
        parts += _row(results, metric, peers, _MARGIN + number * (row_height + _MARGIN))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(results: Results, metric: Metric, peers: list[str], top: int) -> Iterator[str]:
    yield _text(_MARGIN, top + 14, _HEADS[metric.name], _TEXT, "font-weight='600'")
    for number, peer in enumerate(peers):
        weight = "font-weight='600'" if peer == CAPONIER else ""
        yield _text(_MARGIN, _bar_top(top, number) + 14, peer, _TEXT, weight)
    for number, path in enumerate(results.paths.values()):
        left = _MARGIN + _LABELS_WIDTH + number * _PANEL_WIDTH
        yield _text(left, top + 42, path.short_title, _PALE)
        yield from _panel(path, metric, peers, left, top)


def _panel(path: PathResults, metric: Metric, peers: list[str], left: int, top: int) -> Iterator[str]:
    values = [path.median(peer, metric.name) for peer in peers]
    longest = max((value for value in values if value is not None), default=0.0) or 1.0
    for number, (peer, value) in enumerate(zip(peers, values, strict=True)):
        y = _bar_top(top, number)
        if value is None:
            yield _text(left, y + 14, "-", _PALE)
            continue
        length = max(value / longest * _BAR_WIDTH, 1)
        colour = _OURS if peer == CAPONIER else _OTHERS
        yield f"<rect x='{left}' y='{y}' width='{length:.1f}' height='{_BAR_HEIGHT}' rx='3' fill='{colour}'/>"
        yield _text(left + length + 6, y + 14, metric.shown(value), _TEXT)


def _bar_top(top: int, number: int) -> int:
    return top + _HEAD_HEIGHT - 6 + number * _STEP


def _text(x: float, y: float, words: str, colour: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' fill='{colour}' {more}>{escape(words)}</text>"
