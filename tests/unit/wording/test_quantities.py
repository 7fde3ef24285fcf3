"""Numbers as people read them."""

from __future__ import annotations

import pytest

from desktop.wording.quantities import age_text, bytes_text, counted, lasted_text, latency_text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (99_960, "100 kB"),
        (12_345_678, "12.3 MB"),
        (7e15, "7000 TB"),
    ],
)
def test_byte_counts_have_three_digits(count: float, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(0.04, "<0.1 ms"), (0.84, "0.8 ms"), (9.94, "9.9 ms"), (9.96, "10 ms"), (51.2, "51 ms")],
)
def test_latencies_have_tenths_only_where_they_matter(milliseconds: float, text: str) -> None:
    assert latency_text(milliseconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (59.9, "59 s"), (60, "1 min"), (3600, "1 h"), (7500, "2 h 5 min"), (90000, "1 d")],
)
def test_ages_are_short(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "less than a second"),
        (1.9, "1 s"),
        (60, "1 min"),
        (185, "3 min 5 s"),
        (7500, "2 h 5 min"),
        (90000, "1 d"),
    ],
)
def test_what_is_over_lasted_so_long(seconds: float, text: str) -> None:
    assert lasted_text(seconds) == text


def test_one_is_no_plural() -> None:
    assert [counted(number, "client") for number in (0, 1, 2)] == ["0 clients", "1 client", "2 clients"]
