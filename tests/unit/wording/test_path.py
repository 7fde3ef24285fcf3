"""The lines about the path to a bastion."""

from __future__ import annotations

import pytest

from desktop.core.model import PathFigures
from desktop.wording.path import path_lines


@pytest.mark.parametrize(
    ("figures", "lines"),
    [
        (PathFigures(), []),
        (PathFigures(lanes=1), []),
        (PathFigures(0.43, lanes=1), ["Path: 0.4 ms round trip"]),
        (PathFigures(51.2, 231e6, lanes=1), ["Path: 51 ms round trip", "Fastest so far: 231 MB/s down"]),
        (PathFigures(51.2, 900, 19e6, 1), ["Path: 51 ms round trip", "Fastest so far: 19.0 MB/s up"]),
        (PathFigures(None, 5e6, 2e6, 1), ["Fastest so far: 5.00 MB/s down, 2.00 MB/s up"]),
        (PathFigures(51.2, lanes=3), ["Path: 51 ms round trip · 3 SSH connections"]),
    ],
)
def test_they_say_what_is_known_and_nothing_else(figures: PathFigures, lines: list[str]) -> None:
    assert path_lines(figures) == lines
