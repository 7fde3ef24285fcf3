"""The stages of a check, one below the other: those that were told, and those that are still expected."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.core.check import Stage, StageName
from desktop.core.check_outline import Step, outline, step_of
from desktop.core.model import CONFIGURED_PORT, Connection
from desktop.gui.check_row import CheckRow
from desktop.gui.parts import label
from desktop.wording.check_stages import server_title, step_title, warehouse_title

_ABOVE_HEADING = 8


class CheckList(QWidget):
    """`restart` before each check; then each of its stages, and its end."""

    def __init__(self, connection: Connection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._connection = connection
        self._stages: dict[Step, Stage] = {}
        self._rows: dict[Step, CheckRow] = {}
        self._headings: dict[int | None, QLabel] = {}
        self._servers: dict[int, str] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What was told, in the order of the list."""
        return tuple(self._stages[step] for step in self._steps() if step in self._stages)

    @property
    def failed(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.cause is not None), None)

    def row_of(self, stage: Stage) -> CheckRow:
        return self._rows[step_of(stage)]

    def restart(self, *, with_login: bool) -> None:
        for part in (*self._rows.values(), *self._headings.values()):
            self._drop(part)
        self._stages, self._rows, self._headings = {}, {}, {}
        hops = self._connection.route.hops
        self._servers = {
            place: hop.host if hop.port == CONFIGURED_PORT else str(hop.endpoint)
            for place, hop in enumerate(hops)
        }
        for step in outline(self._connection, with_login=with_login):
            self._add(step)
        self._arrange()
        self._show_busy()

    def tell(self, stage: Stage) -> None:
        step = step_of(stage)
        explains = stage.cause is not None and self.failed is None
        is_new = step not in self._rows
        if is_new:
            self._add(step)
        self._stages[step] = stage
        if stage.hop is not None and stage.server:
            self._servers[stage.hop] = stage.server
        self._rows[step].show_stage(stage, self._connection, explains=explains)
        if is_new or stage.hop is not None:
            self._arrange()
        self._show_busy()

    def end(self) -> None:
        """What was not told will not be: it is left out where all went well, else shown as not reached."""
        for step in [step for step in self._steps() if step not in self._stages]:
            self._rows[step].show_ahead()
            if self.failed is None:
                self._drop(self._rows.pop(step))
        self._arrange()

    def _steps(self) -> list[Step]:
        return sorted(self._rows, key=lambda step: step.order)

    def _add(self, step: Step) -> None:
        self._rows[step] = CheckRow(step_title(step, self._connection))

    def _drop(self, part: QWidget) -> None:
        self._column.removeWidget(part)
        part.hide()
        part.deleteLater()

    def _arrange(self) -> None:
        """Rows and headings in their places; a heading for each server where there are several."""
        for part in (*self._rows.values(), *self._headings.values()):
            self._column.removeWidget(part)
        steps = self._steps()
        places = sorted({step.hop for step in steps if step.hop is not None})
        above: int | None = -1
        for step in steps:
            if len(places) > 1 and step.hop != above:
                above = step.hop
                self._column.addWidget(self._heading(above, len(places)))
            self._column.addWidget(self._rows[step])

    def _heading(self, place: int | None, count: int) -> QLabel:
        heading = self._headings.get(place)
        if heading is None:
            heading = self._headings[place] = label("", "heading")
            heading.setObjectName("checkHeading")
            heading.setContentsMargins(0, _ABOVE_HEADING if place != 0 else 0, 0, 2)
        heading.setText(
            warehouse_title(self._connection)
            if place is None
            else server_title(place, count, self._servers.get(place, ""))
        )
        return heading

    def _show_busy(self) -> None:
        """The first that is awaited is the one under way; behind a failure, only what does not need the way."""
        awaited = [step for step in self._steps() if step not in self._stages]
        if self.failed is not None:
            awaited = [step for step in awaited if step.name == StageName.DIRECT]
        for step in self._rows:
            if step in self._stages:
                continue
            if awaited and step == awaited[0]:
                self._rows[step].show_busy()
            else:
                self._rows[step].show_ahead()
