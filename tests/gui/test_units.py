"""Times as the window shows them."""

from __future__ import annotations

import time

from desktop.gui.units import clock_text

NOON = time.mktime((2026, 3, 2, 12, 0, 5, 0, 0, -1))


def test_a_time_of_today_has_no_date_whatever_the_computer_s_day_is() -> None:
    assert clock_text(NOON, NOON + 3600) == "12:00:05"


def test_a_time_of_another_day_names_the_day() -> None:
    assert clock_text(NOON, NOON + 24 * 3600).endswith(" 12:00:05")
    assert clock_text(NOON, NOON + 24 * 3600).startswith("02 ")
