"""Eyes and hands for the form of a connection, by the names of its parts."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QComboBox, QWidget

from desktop.gui.editor_fields import FieldBox

Part = TypeVar("Part", bound=QWidget)


def part(within: QWidget, kind: type[Part], name: str) -> Part:
    found = within.findChild(kind, name)
    assert found is not None, name
    return found


def remark(within: QWidget, name: str) -> str:
    """What stands under an input."""
    widget: QWidget | None = part(within, QWidget, name)
    while widget is not None and not isinstance(widget, FieldBox):
        widget = widget.parentWidget()
    assert widget is not None
    return widget.remark


def choose(within: QWidget, name: str, text: str) -> None:
    box = part(within, QComboBox, name)
    box.setCurrentIndex(box.findText(text))
