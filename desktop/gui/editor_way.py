"""The row of the form that says whether there is a tunnel at all."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from desktop.gui.editor_fields import FieldBox, FormGrid, Remark

_THROUGH_BASTION, _DIRECT = "Through a bastion, by SSH", "Directly, without a tunnel"
_DIRECT_HINT = (
    "Programs connect to the warehouse themselves. Caponier has the texts for them, and checks the way."
)


class WayChoice(QObject):
    """`changed` follows every choice. Only a host and port can be reached directly."""

    changed = Signal()

    def __init__(self, grid: FormGrid) -> None:
        super().__init__(grid)
        self.choice = QComboBox()
        self.choice.setObjectName("way-choice")
        self.choice.addItem(_THROUGH_BASTION, False)
        self.choice.addItem(_DIRECT, True)
        self._hint = Remark()
        self._row: list[QWidget] = grid.add_wide("Reached", FieldBox(self.choice))
        grid.add_remark(self._hint)
        self.choice.currentIndexChanged.connect(self._on_chosen)

    @property
    def is_direct(self) -> bool:
        return bool(self.choice.currentData())

    def choose(self, *, direct: bool) -> None:
        self.choice.setCurrentIndex(self.choice.findData(direct))

    def stand(self, *, can_be_direct: bool) -> None:
        """Beside a target of this kind."""
        if not can_be_direct:
            self.choose(direct=False)
        for widget in self._row:
            widget.setVisible(can_be_direct)

    def _on_chosen(self) -> None:
        self._hint.say(_DIRECT_HINT if self.is_direct else "")
        self.changed.emit()
