"""What was measured on the way to a bastion."""

from __future__ import annotations

from desktop.core.model import PathFigures
from desktop.wording.quantities import counted, latency_text, rate_text

PATH_EXPLAINED = (
    "The shortest round trip to the bastion and back through SSH, and the highest rates that lasted a second or longer"
    " since the bastion was connected, of all its connections together."
)
# What some queries add up to says nothing about what the path could carry.
_TELLING_BYTES_S = 10_000


def path_lines(figures: PathFigures) -> list[str]:
    """``Path: 51 ms round trip · 2 SSH connections``, ``Fastest so far: 231 MB/s down``: those that are known."""
    parts = []
    if figures.round_trip_ms is not None:
        parts.append(f"{latency_text(figures.round_trip_ms)} round trip")
    if figures.lanes > 1:
        parts.append(counted(figures.lanes, "SSH connection"))
    ways = ((figures.best_down_bytes_s, "down"), (figures.best_up_bytes_s, "up"))
    rates = [f"{rate_text(rate)} {way}" for rate, way in ways if rate >= _TELLING_BYTES_S]
    lines = ((f"Path: {' · '.join(parts)}", parts), (f"Fastest so far: {', '.join(rates)}", rates))
    return [line for line, known in lines if known]
