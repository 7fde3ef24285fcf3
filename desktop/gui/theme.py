"""One look on all systems, in a light and a dark form: Fusion, our palette, and a style sheet made from `Tokens`."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop.gui.stylesheet import style_sheet
from desktop.gui.tokens import DARK, LIGHT, Tokens

LEAST_POINT_SIZE = 9.75
LINUX_FAMILIES = ("Inter", "Cantarell", "Ubuntu", "Noto Sans", "DejaVu Sans")
MONO_FAMILIES = ("JetBrains Mono", "SF Mono", "Menlo", "Cascadia Mono", "Consolas", "DejaVu Sans Mono")


class Scheme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Keeps an application in one scheme; with `Scheme.SYSTEM` it follows the desktop's changes while it runs."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = Scheme.SYSTEM
        app.setStyle("Fusion")
        app.setFont(_base_font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._paint)

    @staticmethod
    def apply(app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> Theme:
        """Give `app` its look, or another scheme where it already has one. GUI thread."""
        theme = app.findChild(Theme) or Theme(app)
        theme.choose(scheme)
        return theme

    def choose(self, scheme: Scheme) -> None:
        """Window frames follow where the system lets an application ask for a scheme."""
        self._scheme = scheme
        hints = QGuiApplication.styleHints()
        wish = {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}
        if scheme in wish:
            hints.setColorScheme(wish[scheme])
        else:
            hints.unsetColorScheme()
        self._paint()

    @property
    def tokens(self) -> Tokens:
        if self._scheme is Scheme.SYSTEM:
            system = QGuiApplication.styleHints().colorScheme()
            return DARK if system == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._scheme is Scheme.DARK else LIGHT

    def _paint(self) -> None:
        tokens = self.tokens
        self._app.setPalette(_palette(tokens))
        self._app.setStyleSheet(style_sheet(tokens, self._app.font().pointSizeF(), mono_family()))


@cache
def mono_family() -> str:
    """The family for addresses and commands. Looked up once: asking for all families takes milliseconds."""
    known = set(QFontDatabase.families())
    fallback = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    return next((family for family in MONO_FAMILIES if family in known), fallback)


def _base_font() -> QFont:
    # The size is the person's own choice; Windows and macOS also have a face made for their windows.
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(max(font.pointSizeF(), LEAST_POINT_SIZE))
    if sys.platform.startswith("linux"):
        known = set(QFontDatabase.families())
        font.setFamilies([family for family in LINUX_FAMILIES if family in known] or [font.family()])
    return font


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.sunken,
        role.Text: tokens.text,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.on_accent,
        role.ToolTipBase: tokens.surface,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.faint,
        role.Highlight: tokens.accent_fill,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent_fill,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Light: tokens.surface,
        role.Midlight: tokens.hover,
        role.Mid: tokens.border,
        role.Dark: tokens.border_strong,
        role.Shadow: tokens.border_strong,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.faint))
    return palette
