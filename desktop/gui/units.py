"""Moments as people read them."""

from __future__ import annotations

import time


def clock_text(wall_s: float, now_s: float) -> str:
    """Local time of day; the day as well where it is not that of `now_s`."""
    moment, today = time.localtime(wall_s), time.localtime(now_s)
    same_day = moment[:3] == today[:3]
    return time.strftime("%H:%M:%S" if same_day else "%d %b %H:%M:%S", moment)
