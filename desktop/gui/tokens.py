"""The colours of the light and the dark theme, named by what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QColor, QGuiApplication, QPalette


class Tone(StrEnum):
    """What a mark says. Never told by colour alone: every tone comes with a shape and words."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. `sidebar` < `window` < `surface` are grounds; `*_wash` tints a ground behind its own colour."""

    dark: bool
    window: str
    sidebar: str
    surface: str
    sunken: str
    hover: str
    selected: str
    border: str
    border_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_fill: str
    accent_fill_hover: str
    accent_wash: str
    on_accent: str
    ring: str
    good: str
    good_wash: str
    warn: str
    warn_wash: str
    bad: str
    bad_fill: str
    bad_wash: str

    def tone(self, tone: Tone) -> QColor:
        return QColor({Tone.NEUTRAL: self.faint, Tone.ACCENT: self.accent}.get(tone) or getattr(self, tone))

    def wash(self, tone: Tone) -> QColor:
        """The tinted ground on which `tone` and `text` are readable."""
        return QColor(self.sunken if tone is Tone.NEUTRAL else getattr(self, f"{tone}_wash"))


LIGHT = Tokens(
    dark=False,
    window="#fbfbfc",
    sidebar="#f3f4f6",
    surface="#ffffff",
    sunken="#f4f5f7",
    hover="#eaebef",
    selected="#e2e5f8",
    border="#e4e6eb",
    border_strong="#d0d4dc",
    text="#15171c",
    muted="#5d6472",
    faint="#878e9b",
    accent="#4353d6",
    accent_fill="#4757dc",
    accent_fill_hover="#3a49c4",
    accent_wash="#eceffe",
    on_accent="#ffffff",
    ring="#1c2675",
    good="#177a4b",
    good_wash="#e6f5ed",
    warn="#97590a",
    warn_wash="#fdf3e0",
    bad="#c0262d",
    bad_fill="#c9343a",
    bad_wash="#fdeeee",
)

DARK = Tokens(
    dark=True,
    window="#17181c",
    sidebar="#111215",
    surface="#1e2025",
    sunken="#131418",
    hover="#22242a",
    selected="#282d4c",
    border="#2b2d34",
    border_strong="#3b3e48",
    text="#eceef2",
    muted="#a0a6b3",
    faint="#7b818e",
    accent="#97a3ff",
    accent_fill="#5565e8",
    accent_fill_hover="#6675f0",
    accent_wash="#23274a",
    on_accent="#ffffff",
    ring="#c3caff",
    good="#52cb90",
    good_wash="#15301f",
    warn="#e9b44c",
    warn_wash="#332812",
    bad="#ff8080",
    bad_fill="#c9464b",
    bad_wash="#3a1c1e",
)


def current_tokens() -> Tokens:
    """The theme the application wears now. A widget's own palette can't tell: style sheets change that."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightnessF() < 0.5 else LIGHT
