"""Numbers as people read them."""

from __future__ import annotations

import time

STEPS = ("B", "kB", "MB", "GB", "TB")


def bytes_text(count: float) -> str:
    """``0 B``, ``12.3 kB``, ``1.20 GB``: powers of 1000 and three digits."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(STEPS) - 1:
        value, unit = value / 1000, unit + 1
    if unit == 0:
        return f"{value:.0f} B"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {STEPS[unit]}"


def rate_text(bytes_per_s: float) -> str:
    return f"{bytes_text(bytes_per_s)}/s"


def age_text(seconds: float) -> str:
    """``8 s``, ``3 min``, ``2 h 5 min``, ``4 d``: never more than a glance needs."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} d"


def clock_text(wall_s: float) -> str:
    """Local time of day; the day as well where it is not today."""
    moment, today = time.localtime(wall_s), time.localtime()
    same_day = moment[:3] == today[:3]
    return time.strftime("%H:%M:%S" if same_day else "%d %b %H:%M:%S", moment)
