"""The style sheet: what Fusion and a palette can't say. A widget asks for a look by a dynamic property.

=================  ==========================================================================
property           values
=================  ==========================================================================
``look`` (button)  ``primary``, ``danger``, ``quiet`` (no frame), ``icon`` (square, no frame)
``type`` (label)   ``display``, ``title``, ``heading``, ``muted``, ``small``, ``mono``
``card`` (frame)   ``plain``; ``good``, ``warn``, ``bad``, ``accent`` and ``neutral`` tint it
``edge`` (button)  ``flush``: a ``quiet`` one whose words begin where those above and below it do
``problem``        ``true`` on a field that holds something wrong
=================  ==========================================================================
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtWidgets import QWidget

from desktop.gui.tokens import Tokens
from desktop.resources import resource_path


def style_sheet(tokens: Tokens, base_pt: float, mono: str) -> str:
    """`base_pt` is the application font's size, from which every other size follows."""
    sizes = {
        "small_pt": f"{base_pt * 0.88:.2f}",
        "mono_pt": f"{base_pt * 0.94:.2f}",
        "heading_pt": f"{base_pt * 1.0:.2f}",
        "title_pt": f"{base_pt * 1.5:.2f}",
        "display_pt": f"{base_pt * 1.75:.2f}",
    }
    icons = resource_path("icons").as_posix()
    return Template(SHEET).substitute(asdict(tokens), **sizes, mono=mono, icons=icons)


def restyle(widget: QWidget, name: str, value: str) -> None:
    """Set a property the sheet looks at, and have the sheet look again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


SHEET = """
QLabel { background: transparent; }
QLabel[type="display"] { font-size: ${display_pt}pt; font-weight: 600; }
QLabel[type="title"] { font-size: ${title_pt}pt; font-weight: 600; }
QLabel[type="heading"] { font-size: ${heading_pt}pt; font-weight: 600; }
QLabel[type="muted"] { color: $muted; }
QLabel[type="small"] { color: $muted; font-size: ${small_pt}pt; }
QLabel[type="note"] { color: $warn; font-size: ${small_pt}pt; }
QLabel[type="mono"], QLineEdit[type="mono"], QPlainTextEdit[type="mono"] {
    font-family: "$mono"; font-size: ${mono_pt}pt;
}
QLabel[problem="true"] { color: $bad; }

QFrame#sidebar { background: $sidebar; border: none; border-right: 1px solid $border; }
QFrame[card] { background: $surface; border: 1px solid $border; border-radius: 10px; }
QFrame[card="good"] { background: $good_wash; border-color: $good_wash; }
QFrame[card="warn"] { background: $warn_wash; border-color: $warn_wash; }
QFrame[card="bad"] { background: $bad_wash; border-color: $bad_wash; }
QFrame[card="accent"] { background: $accent_wash; border-color: $accent_wash; }
QFrame[card="neutral"] { background: $sunken; border-color: $border; }
QFrame#toast { border-color: $border_strong; }
QFrame[line="true"] { background: $border; border: none; max-height: 1px; min-height: 1px; }

QScrollArea, QScrollArea > QWidget > QWidget#page { background: transparent; border: none; }

QPushButton {
    background: $surface; color: $text; border: 1px solid $border_strong; border-radius: 7px;
    padding: 6px 14px; min-height: 18px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $selected; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 13px; }
QPushButton:disabled { color: $faint; background: transparent; border-color: $border; }
QPushButton:default { border-color: $accent; }
QPushButton[look="primary"] {
    background: $accent_fill; color: $on_accent; border: 1px solid $accent_fill; font-weight: 600;
}
QPushButton[look="primary"]:hover { background: $accent_fill_hover; border-color: $accent_fill_hover; }
QPushButton[look="primary"]:focus { border: 2px solid $ring; }
QPushButton[look="primary"]:disabled { background: $hover; border-color: $hover; color: $faint; }
QPushButton[look="danger"] {
    background: $bad_fill; color: $on_accent; border: 1px solid $bad_fill; font-weight: 600;
}
QPushButton[look="danger"]:focus { border: 2px solid $ring; }
QPushButton[look="danger"]:disabled { background: $hover; border-color: $hover; color: $faint; }
QPushButton[look="quiet"], QPushButton[look="icon"], QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 7px; color: $text;
}
QPushButton[look="quiet"] { padding: 6px 10px; }
QPushButton[look="quiet"]:disabled { color: $faint; }
QPushButton[look="icon"], QToolButton { padding: 5px; }
QPushButton[look="quiet"]:hover, QPushButton[look="icon"]:hover, QToolButton:hover { background: $hover; }
QPushButton[look="quiet"]:focus { border: 2px solid $accent; padding: 5px 9px; }
QPushButton[edge="flush"] { padding-left: 0; }
QPushButton[edge="flush"]:focus { padding-left: 0; }
QPushButton[look="icon"]:focus, QToolButton:focus { border: 2px solid $accent; padding: 4px; }
QPushButton::menu-indicator, QToolButton::menu-indicator { image: none; width: 0; }

QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox {
    background: $surface; color: $text; border: 1px solid $border_strong; border-radius: 7px;
    padding: 5px 9px; selection-background-color: $accent_fill; selection-color: $on_accent;
}
QLineEdit, QSpinBox, QComboBox { min-height: 20px; }
QLineEdit#search { padding-left: 2px; }
QLineEdit#search:focus { padding-left: 1px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus {
    border: 2px solid $accent; padding: 4px 8px;
}
QLineEdit[problem="true"], QPlainTextEdit[problem="true"], QSpinBox[problem="true"], QComboBox[problem="true"] {
    border-color: $bad;
}
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: $faint; background: $sunken; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$icons/arrow-combo.svg"); width: 16px; height: 16px; }
QComboBox QAbstractItemView, QListView#suggestions {
    background: $surface; border: 1px solid $border_strong; padding: 4px; outline: none;
    selection-background-color: $accent_fill; selection-color: $on_accent;
}
/* Qt reckons its height without any padding. */
QListView#suggestions { padding: 0; }
QListView#suggestions::item { padding: 3px 8px; }
QSpinBox { padding-right: 22px; }
QSpinBox::up-button, QSpinBox::down-button { border: none; background: transparent; width: 20px; }
QSpinBox::up-arrow { image: url("$icons/arrow-up-small.svg"); width: 12px; height: 12px; }
QSpinBox::down-arrow { image: url("$icons/arrow-combo.svg"); width: 12px; height: 12px; }

QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 16px; height: 16px; border: 1px solid $faint; background: $surface;
}
QCheckBox::indicator { border-radius: 5px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; width: 14px; height: 14px; }
QCheckBox::indicator:checked, QCheckBox::indicator:indeterminate, QRadioButton::indicator:checked {
    background: $accent_fill; border-color: $accent_fill;
}
QCheckBox::indicator:checked { image: url("$icons/check-white.svg"); }
QCheckBox::indicator:indeterminate { image: url("$icons/dash-white.svg"); }
QRadioButton::indicator:checked { image: url("$icons/dot-white.svg"); }

QMenu { background: $surface; border: 1px solid $border_strong; border-radius: 8px; padding: 5px; }
QMenu::item { padding: 6px 22px 6px 10px; border-radius: 5px; color: $text; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $faint; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 4px; }
QToolTip { background: $surface; color: $text; border: 1px solid $border_strong; padding: 4px 6px; }

QListView, QTableView, QTextEdit#eventLog { background: transparent; border: none; outline: none; }
QTextEdit#eventLog { padding: 0; }
QTableView { gridline-color: transparent; selection-background-color: transparent; selection-color: $text; }
QTableView::item { border: none; padding: 0; }
QTableView#hostKeysTable { selection-background-color: $selected; }
QHeaderView, QHeaderView::section {
    background: transparent; color: $muted; border: none; padding: 2px 1px; font-size: ${small_pt}pt;
}

QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $border_strong; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }

QTabBar::tab { background: transparent; color: $muted; padding: 7px 12px; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $border; }
QGroupBox { border: none; font-weight: 600; margin-top: 18px; padding-top: 6px; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
"""
