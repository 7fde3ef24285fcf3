"""Numbers as people read them."""

from __future__ import annotations

_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB")


def counted(count: int, noun: str) -> str:
    """``1 client``, ``3 clients``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def bytes_text(count: float) -> str:
    """``0 B``, ``12.3 kB``, ``1.20 GB``: powers of 1000 and three digits."""
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_BYTE_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    if unit == 0:
        return f"{value:.0f} B"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {_BYTE_UNITS[unit]}"


def rate_text(bytes_per_s: float) -> str:
    return f"{bytes_text(bytes_per_s)}/s"


def latency_text(milliseconds: float) -> str:
    """``<0.1 ms``, ``0.8 ms``, ``51 ms``: tenths only where they matter."""
    if milliseconds < 0.05:
        return "<0.1 ms"
    return f"{milliseconds:.1f} ms" if milliseconds < 9.95 else f"{milliseconds:.0f} ms"


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


def lasted_text(seconds: float) -> str:
    """``less than a second``, ``12 s``, ``3 min 5 s``, ``2 h 5 min``: how long something took that is over."""
    if seconds < 1:
        return "less than a second"
    minutes, rest_s = divmod(int(seconds), 60)
    if 0 < minutes < 60 and rest_s:
        return f"{minutes} min {rest_s} s"
    return age_text(seconds)
