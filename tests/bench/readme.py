"""Puts a run into README.md and draws the chart beside it.

usage: python -m tests.bench.readme [FILE.json]      without a name: the last run of ``make bench``
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

from tests.bench.chart import draw
from tests.bench.results import JSON_PATH, Results
from tests.bench.tables import about_sentence, markdown_lines
from tests.support.house import ROOT

_README_PATH = ROOT / "README.md"
_CHART_PATH = ROOT / "resources" / "charts" / "speed.svg"
_LINE_LENGTH = 120
_BEGIN, _END = "<!-- written by tests/bench/readme.py -->", "<!-- end -->"


def main(json_path: Path) -> None:
    results = Results.load(json_path)
    _CHART_PATH.write_text(draw(results))
    _README_PATH.write_text(filled(_README_PATH.read_text(), results))


def filled(readme: str, results: Results) -> str:
    """Raises `ValueError` where the text has no place for it."""
    about = textwrap.fill(about_sentence(results), _LINE_LENGTH)
    lines = "\n".join([_BEGIN, "", *markdown_lines(results), about, "", _END])
    place = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    text, count = place.subn(lambda _: lines, readme)
    if count != 1:
        raise ValueError(f"the text needs {_BEGIN} and {_END} once, and has them {count} times")
    return text


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else JSON_PATH)
