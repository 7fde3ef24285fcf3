"""What a run of ``make bench`` comes to: medians, ratios, verdicts, a chart and a part of README.md."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.bench import promises
from tests.bench.__main__ import _chosen, _chosen_parts
from tests.bench.chart import draw
from tests.bench.lateness import Lateness
from tests.bench.peers import CAPONIER, YARDSTICK
from tests.bench.readme import filled
from tests.bench.results import METRICS, PathResults, PressureResults, Results
from tests.bench.tables import markdown_lines, terminal_lines
from tests.bench.targets import verdict_lines
from tests.bench.watch import can_watch

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
    results.pressure = PressureResults({"crowd": [{"crowd_threads": 7}]}, ["round 2 of 2, crowd: OSError"])
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


def test_a_file_of_before_there_was_pressure_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps({"about": ABOUT, "paths": {}}))
    assert Results.load(path) == Results(ABOUT)


@pytest.mark.parametrize(("late_ms", "word"), [(50.04, "met"), (50.1, "NOT MET")])
def test_a_promise_is_judged_by_the_median_of_its_rounds(late_ms: float, word: str) -> None:
    rounds = [{"window_loaded_p99_ms": each} for each in (1.0, late_ms, 900.0)]
    lines = promises.verdict_lines(PressureResults({"window": rounds}))
    (line,) = (line for line in lines if "during a download: event loop" in line)
    assert line.endswith(f"<= 50 ms   {word}")


def test_one_client_that_is_not_served_breaks_the_promise() -> None:
    rounds = [{"crowd_served_percent": each} for each in (100.0, 99.9, 100.0)]
    first, *others = promises.verdict_lines(PressureResults({"crowd": rounds}))
    assert first.endswith("99.9   >= 100 %   NOT MET")
    assert all(line.endswith("not measured") for line in others)


def test_the_terminal_shows_what_was_measured_under_pressure_and_what_failed() -> None:
    results = PressureResults({"crowd": [{"crowd_threads": 7}, {"crowd_threads": 9}]}, ["round 3"])
    _, threads, failure = promises.terminal_lines(results)
    assert threads.endswith("8 (9)")
    assert failure == "  failed: round 3"


def test_the_readme_has_promises_only_where_they_were_measured() -> None:
    results = _results(300.0, 200.0)
    assert not any("Under pressure" in line for line in markdown_lines(results))
    results.pressure = PressureResults({"stalled": [{"beside_percent": 97.53}]})
    assert "| 100 clients stop reading: download, to alone | 97.5 % | at least 70 % |" in markdown_lines(
        results
    )


def test_a_part_is_chosen_by_its_name_and_leaves_the_peers_out() -> None:
    assert (_chosen("loopback", ["crowd"]), _chosen_parts(["loopback/ssh -L"])) == ([], [])
    if can_watch():
        assert _chosen_parts(["stalled", "loopback/ssh -L", "crowd"]) == ["crowd", "stalled"]


def test_lateness_counts_what_was_due_in_a_span() -> None:
    found = Lateness(due_mono=[1.0, 2.0, 3.0], late_ms=[10.0, 20.0, 30.0], painted_mono=[2.5])
    assert found.late_between(2.0, 3.0) == [20.0]
    assert (found.count_painted(2.0, 3.0), found.count_painted(0.0, 2.0)) == (1, 0)
