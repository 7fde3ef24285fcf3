"""The highest rate that lasted."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from desktop.ssh.throughput import BestRate, Progress

MB = 1_000_000


def after(chunks: Iterable[tuple[float, int]]) -> float:
    """The best rate once chunks have come, each at so many seconds."""
    rate = BestRate()
    for at_s, size in chunks:
        rate.add(size, 5000 + at_s)
    return rate.bytes_s


def steady(begin_s: float, seconds: float, bytes_s: float, step_s: float = 0.05) -> list[tuple[float, int]]:
    """What comes in steps; the first carries nothing of the time before."""
    steps = round(seconds / step_s)
    return [(begin_s, 1), *((begin_s + turn * step_s, int(bytes_s * step_s)) for turn in range(1, steps + 1))]


def test_nothing_is_known_at_first_nor_by_one_chunk() -> None:
    assert BestRate().bytes_s == 0
    assert after([(0, 30 * MB)]) == 0


def test_a_steady_stream_is_as_fast_as_it_is() -> None:
    assert after(steady(0, 10, 50 * MB)) == pytest.approx(50 * MB, rel=0.001)


def test_a_burst_shorter_than_a_second_is_no_rate() -> None:
    assert after([*steady(0, 0.5, 100 * MB), (60, 1)]) < MB


def test_after_a_pause_a_stream_is_measured_from_its_own_beginning() -> None:
    assert after([*steady(0, 2, 3 * MB), *steady(100, 1.5, 80 * MB)]) == pytest.approx(80 * MB, rel=0.001)


def test_the_best_stays_when_it_becomes_slower() -> None:
    assert after([*steady(0, 3, 40 * MB), *steady(3.01, 9, 2 * MB)]) == pytest.approx(40 * MB, rel=0.05)


@pytest.mark.parametrize("lump_s", [0.3, 0.9, 4.0])
def test_lumps_with_pauses_between_are_as_fast_as_their_average(lump_s: float) -> None:
    lumps = [(turn * lump_s, int(2 * MB * lump_s)) for turn in range(1, 40)]
    assert after(lumps) == pytest.approx(2 * MB, rel=0.01)


def test_nothing_more_is_no_end_of_a_stretch() -> None:
    assert after([(0, 1), (0.4, MB), (1.2, 0), (2.0, 3 * MB)]) == pytest.approx(2 * MB)


def test_progress_is_counted_from_its_start() -> None:
    whole, later = Progress(0), Progress()
    assert [whole.grown_to(count) for count in (10, 10, 25)] == [10, 0, 15]
    assert [later.grown_to(count) for count in (10, 10, 25)] == [0, 0, 15]
