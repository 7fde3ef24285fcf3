from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication

from desktop.core.model import State
from desktop.gui.icons import app_icon, icon, tray_icon
from desktop.gui.theme import Scheme, Theme
from desktop.gui.tokens import DARK, LIGHT, Tokens, Tone, current_tokens
from desktop.resources import resource_path

READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme.apply(qapp)
    yield theme
    theme.choose(Scheme.SYSTEM)


def test_each_scheme_has_its_own_colours(theme: Theme, qapp: QApplication) -> None:
    for scheme, tokens in ((Scheme.DARK, DARK), (Scheme.LIGHT, LIGHT)):
        theme.choose(scheme)
        assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(tokens.window)
        assert current_tokens() is tokens


def test_an_application_has_one_theme(theme: Theme, qapp: QApplication) -> None:
    assert Theme.apply(qapp, Scheme.DARK) is theme


def test_icons_change_colour_with_the_theme(theme: Theme) -> None:
    plus = icon("plus", "text")
    theme.choose(Scheme.LIGHT)
    light = centre(plus)
    theme.choose(Scheme.DARK)

    assert light == QColor(LIGHT.text)
    assert centre(plus) == QColor(DARK.text)


def test_every_drawing_can_be_drawn(qapp: QApplication) -> None:
    drawings = sorted(resource_path("icons").glob("*.svg"))
    assert drawings
    for drawing in drawings:
        image = icon(drawing.stem).pixmap(QSize(32, 32)).toImage()
        assert any(silhouette(image)), drawing.name
    assert not app_icon().pixmap(QSize(64, 64)).isNull()


def test_tray_icons_differ_in_shape(qapp: QApplication) -> None:
    icons = [tray_icon(state) for state in (State.OFF, State.CONNECTING, State.UP, State.FAILED)]
    icons.append(tray_icon(State.FAILED, asks=True))

    shapes = {tuple(silhouette(each.pixmap(QSize(22, 22)).toImage())) for each in icons}

    assert len(shapes) == len(icons)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(tokens: Tokens) -> None:
    grounds = [tokens.window, tokens.sidebar, tokens.surface, tokens.selected, tokens.hover]
    assert (
        min(contrast(colour, ground) for colour in (tokens.text, tokens.muted) for ground in grounds)
        >= READABLE
    )
    for tone in (Tone.GOOD, Tone.WARN, Tone.BAD, Tone.ACCENT):
        colour = tokens.tone(tone).name()
        assert contrast(colour, tokens.surface) >= READABLE
        assert contrast(tokens.text, tokens.wash(tone).name()) >= READABLE
    for fill in (tokens.accent_fill, tokens.bad_fill):
        assert contrast(tokens.on_accent, fill) >= READABLE


def centre(drawn: QIcon) -> QColor:
    return QColor(drawn.pixmap(QSize(64, 64)).toImage().pixelColor(32, 32))


def silhouette(image: QImage) -> list[bool]:
    return [image.pixelColor(x, y).alpha() > 128 for y in range(image.height()) for x in range(image.width())]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: QColor) -> float:
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
