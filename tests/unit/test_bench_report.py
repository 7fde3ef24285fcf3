"""What a run of ``make bench`` comes to: medians, ratios, verdicts, a chart and a part of README.md."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.bench.chart import draw
from tests.bench.peers import CAPONIER, YARDSTICK
from tests.bench.readme import filled
from tests.bench.results import METRICS, PathResults, Results
from tests.bench.tables import markdown_lines, terminal_lines
from tests.bench.targets import verdict_lines

DOWNLOAD, *_, OPEN_LOADED = METRICS
ABOUT = {"processors": "2 x test", "openssh": "OpenSSH_9.2p1, OpenSSL", "python": "3.11", "libraries": "none"}


def _results(ours_mib_s: float, theirs_mib_s: float) -> Results:
    peers = {
        YARDSTICK: [{DOWNLOAD.name: theirs_mib_s * factor} for factor in (0.5, 1.0, 4.0)],
        CAPONIER: [{DOWNLOAD.name: ours_mib_s * factor} for factor in (0.9, 1.0, 1.1)],
    }
    return Results(ABOUT, {"loopback": PathResults("loopback", peers)})


def test_a_rate_is_worst_where_it_is_lowest_and_a_time_where_it_is_highest() -> None:
    rounds = [{DOWNLOAD.name: number, OPEN_LOADED.name: number} for number in (3.0, 1.0, 2.0)]
    results = PathResults("loopback", {CAPONIER: rounds})
    assert results.median(CAPONIER, DOWNLOAD.name) == 2.0
    assert results.worst(CAPONIER, DOWNLOAD) == 1.0
    assert results.worst(CAPONIER, OPEN_LOADED) == 3.0


def test_a_round_without_a_figure_leaves_the_others() -> None:
    results = PathResults("loopback", {CAPONIER: [{}, {DOWNLOAD.name: 7.0}]})
    assert results.median(CAPONIER, DOWNLOAD.name) == 7.0
    assert results.median(CAPONIER, OPEN_LOADED.name) is None


def test_the_table_shows_median_worst_and_ratio() -> None:
    (line,) = (line for line in terminal_lines(_results(300.0, 200.0).paths["loopback"]) if CAPONIER in line)
    assert "300 (270)  1.50x" in line


@pytest.mark.parametrize(("ours_mib_s", "word"), [(130.0, "met"), (129.7, "met"), (129.0, "NOT MET")])
def test_a_target_is_judged_by_the_digits_that_are_shown(ours_mib_s: float, word: str) -> None:
    first = next(verdict_lines(_results(ours_mib_s, 100.0)))
    assert first.endswith(f">= 1.3x  {word}")


def test_what_was_not_measured_is_not_judged() -> None:
    assert list(verdict_lines(_results(1.0, 1.0)))[-1].endswith("not measured")


def test_a_run_comes_back_from_its_file(tmp_path: Path) -> None:
    results = _results(300.0, 200.0)
    results.save(tmp_path / "out" / "bench.json")
    assert Results.load(tmp_path / "out" / "bench.json") == results


def test_the_longest_bar_belongs_to_the_highest_figure() -> None:
    bars = ET.fromstring(draw(_results(300.0, 150.0))).iter("{http://www.w3.org/2000/svg}rect")  # noqa: S314 - our own
    _, theirs, ours = bars
    assert float(ours.attrib["width"]) == 2 * float(theirs.attrib["width"])


def test_the_readme_keeps_what_is_around_the_figures() -> None:
    before = "# Us\n<!-- written by tests/bench/readme.py -->\nold\n<!-- end -->\nmore\n"
    after = filled(before, _results(300.0, 200.0))
    assert after.startswith("# Us\n")
    assert after.endswith("<!-- end -->\nmore\n")
    assert "old" not in after
    assert next(iter(markdown_lines(_results(300.0, 200.0)))) in after
    assert filled(after, _results(300.0, 200.0)) == after


def test_a_readme_without_a_place_for_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="0 times"):
        filled("# Us\n", _results(300.0, 200.0))
