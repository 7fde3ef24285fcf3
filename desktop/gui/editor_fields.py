"""The small parts the editor's form is made of: inputs that know their own type, and a grid that lines them up."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.core.model import CONFIGURED_PORT
from desktop.core.validation import Field, Problem
from desktop.gui.icons import icon
from desktop.gui.stylesheet import restyle
from desktop.wording.problems import problem_text

NO_PORT = -1
FORM_ROW_GAP = 10
_LONGEST_CAPTION, _LONGEST_SECOND_CAPTION = "Sign in with", "Database"


class PortEdit(QLineEdit):
    """A TCP port. Only digits can be typed; whether the number is in range is for validation to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,5}"), self))
        self._typed = False
        self.textEdited.connect(self._on_edited)

    def port(self) -> int:
        """The number typed, or `NO_PORT` where there is none."""
        return int(self.text() or NO_PORT)

    def set_port(self, port: int, *, typed: bool = True) -> None:
        """A port set as not `typed` gives way to the next suggestion. `CONFIGURED_PORT` is shown as none."""
        self._typed = typed
        self.setText(str(port) if port != CONFIGURED_PORT else "")

    def suggest(self, port: int) -> None:
        """Show `port`, unless the person chose one."""
        if not self._typed:
            self.setText(str(port) if port else "")

    def _on_edited(self, text: str) -> None:
        self._typed = bool(text)


class SecretEdit(QWidget):
    """A line for a secret, hidden until its button is pressed. What was typed leaves no history behind."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self._toggle = QPushButton()
        self._toggle.setProperty("look", "icon")
        self._toggle.setCheckable(True)
        self._toggle.setAutoDefault(False)
        self._toggle.toggled.connect(self._on_toggled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self._toggle)
        self.setFocusProxy(self.line)
        self._on_toggled(False)
        self.line.textChanged.connect(self.changed)

    def text(self) -> str:
        return self.line.text()

    def forget(self) -> None:
        """Empty the line and its undo history (`clear()` would keep that), and hide what is typed next."""
        self.line.setText("")
        self._toggle.setChecked(False)

    def _on_toggled(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._toggle.setIcon(icon("eye-off" if shown else "eye"))
        self._toggle.setToolTip("Hide what was typed" if shown else "Show what is typed")
        self._toggle.setAccessibleName(self._toggle.toolTip())


class Remark(QLabel):
    """A wrapped sentence under an input, gone while it has nothing to say."""

    def __init__(self, *, problem: bool = False) -> None:
        super().__init__()
        self.setProperty("type", "small")
        self.setProperty("problem", "true" if problem else "false")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.say("")

    def say(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))


def line_edit(name: str, example: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setPlaceholderText(example)
    return line


class FieldBox(QWidget):
    """One input and, beneath it, what is wrong with it."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.content = content
        self._remark = Remark(problem=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(content)
        column.addWidget(self._remark)
        self.setFocusProxy(content)

    @property
    def remark(self) -> str:
        return self._remark.text()

    def say(self, text: str) -> None:
        if text == self.remark:
            return
        self._remark.say(text)
        restyle(self.content.focusProxy() or self.content, "problem", "true" if text else "false")
        self.content.setAccessibleDescription(text)


class Complaints:
    """What is wrong with one part of the form, said beside the inputs that the person has touched."""

    def __init__(self, boxes: dict[Field, FieldBox]) -> None:
        self.boxes = boxes
        self._touched: set[Field] = set()

    def watch(self, field: Field, line: QLineEdit) -> None:
        """From the first keystroke on, what is wrong in `line` is said."""
        line.textEdited.connect(lambda: self._touched.add(field))

    def show(self, problems: Iterable[Problem]) -> None:
        """The first of each input."""
        sentences: dict[Field, str] = {}
        for problem in problems:
            sentences.setdefault(problem.field, problem_text(problem))
        for field, box in self.boxes.items():
            box.say(sentences.get(field, "") if field in self._touched else "")

    def touch_all(self) -> None:
        """From now on everything wrong is said."""
        self._touched.update(self.boxes)

    def start_anew(self) -> None:
        self._touched.clear()


class FormGrid(QWidget):
    """Rows of one or two labelled inputs whose columns line up through the whole form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(FORM_ROW_GAP)
        self._grid.setColumnStretch(1, 5)
        self._grid.setColumnStretch(3, 3)
        # Also while the longest caption is hidden, and in cards that do not have it.
        self._make_room(_LONGEST_CAPTION, 0)
        self._make_room(_LONGEST_SECOND_CAPTION, 2)

    def add_heading(self, text: str) -> None:
        heading = QLabel(text)
        heading.setProperty("type", "heading")
        heading.setContentsMargins(0, 10, 0, 0)
        self._grid.addWidget(heading, self._grid.rowCount(), 0, 1, 4)

    def add_wide(self, label: str, box: FieldBox) -> list[QWidget]:
        """An input over the whole width. Returns the row's widgets, to hide or show together."""
        row = self._grid.rowCount()
        caption = self._caption(label, box)
        self._grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(box, row, 1, 1, 3, Qt.AlignmentFlag.AlignTop)
        return [caption, box]

    def add_across(self, widget: QWidget) -> None:
        """Something over the whole width, captions included."""
        self._grid.addWidget(widget, self._grid.rowCount(), 0, 1, 4)

    def add_pair(self, label: str, box: FieldBox, second_label: str, second_box: FieldBox) -> list[QWidget]:
        """Two inputs side by side. Returns the row's widgets, to hide or show together."""
        row = self._grid.rowCount()
        captions = (self._caption(label, box), self._caption(second_label, second_box))
        self._make_room(second_label, 2)
        widgets: list[QWidget] = [captions[0], box, captions[1], second_box]
        for column, widget in enumerate(widgets):
            self._grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignTop)
        return widgets

    def show_pair(self, widgets: list[QWidget], *, first: bool, second: bool) -> None:
        """Show one or both inputs of a pair; one alone has the whole width."""
        row = self._grid.getItemPosition(self._grid.indexOf(widgets[0]))[0]  # type: ignore[index]  # stubs: object
        for place, (captioned, shown) in enumerate(((widgets[:2], first), (widgets[2:], second))):
            alone = shown and not (first and second)
            column = 0 if alone else 2 * place
            self._grid.addWidget(captioned[0], row, column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(
                captioned[1], row, column + 1, 1, 3 if alone else 1, Qt.AlignmentFlag.AlignTop
            )
            for widget in captioned:
                widget.setVisible(shown)

    def caption_width(self, *, second: bool) -> int:
        """The least that the first or the second column of captions has, whatever stands there."""
        return self._grid.columnMinimumWidth(2 if second else 0)

    def add_remark(self, remark: Remark) -> Remark:
        """A sentence in a row of its own, under the inputs. Returns it."""
        self._grid.addWidget(remark, self._grid.rowCount(), 1, 1, 3)
        return remark

    def _make_room(self, caption: str, column: int) -> None:
        """The column stays as wide as that caption."""
        # A label asks for a pixel more than its letters take.
        wanted = self.fontMetrics().horizontalAdvance(caption) + 1
        self._grid.setColumnMinimumWidth(column, max(wanted, self._grid.columnMinimumWidth(column)))

    def _caption(self, text: str, box: FieldBox) -> QLabel:
        caption = QLabel(text)
        caption.setBuddy(box.content)
        box.content.setAccessibleName(text)
        box.content.ensurePolished()
        # A box grows downwards when it has something to say: its caption stays level with the input.
        caption.setMinimumHeight(min(box.content.sizeHint().height(), 2 * caption.sizeHint().height()))
        return caption
