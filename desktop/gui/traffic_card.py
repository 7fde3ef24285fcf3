"""Throughput: rates now, totals since the port opened, the sparkline, and what the path has shown it can do."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.core.model import PathFigures, Traffic
from desktop.gui.parts import Card, Glyph, label
from desktop.gui.sparkline import Sparkline
from desktop.gui.state_look import Look
from desktop.gui.tokens import Tone
from desktop.gui.traffic_meter import TrafficMeter
from desktop.wording.path import PATH_EXPLAINED, path_lines
from desktop.wording.quantities import bytes_text, rate_text


class TrafficCard(Card):
    """Samples come from outside, once a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Throughput", parent)
        self._meter = TrafficMeter()
        self._sparkline = Sparkline()
        self._received, self._sent = label("", "mono"), label("", "mono")
        self._received.setObjectName("receivedRate")
        self._sent.setObjectName("sentRate")
        self._totals = label("", "small")
        self._totals.setObjectName("trafficTotals")
        self.head.addLayout(_rate(self._received, "arrow-down", Tone.ACCENT, "From the warehouse"))
        self.head.addLayout(_rate(self._sent, "arrow-up", Tone.NEUTRAL, "To the warehouse"))
        self.body.addWidget(self._sparkline)
        self._path = label("", "small", wraps=True)
        self._path.setObjectName("pathFigures")
        self._path.setToolTip(PATH_EXPLAINED)
        self._path.setAccessibleDescription(PATH_EXPLAINED)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._totals)
        words.addWidget(self._path)
        self.body.addLayout(words)
        self.restart()

    def restart(self) -> None:
        """Begin anew, for another connection."""
        self._meter = TrafficMeter()
        self._show(Traffic())
        self.show_path(PathFigures())

    def sample(self, at_mono: float, traffic: Traffic) -> None:
        self._meter.add(at_mono, traffic)
        self._show(traffic)

    def show_path(self, figures: PathFigures) -> None:
        """Nothing stands there while nothing is known."""
        lines = path_lines(figures)
        self._path.setText("\n".join(lines))
        self._path.setVisible(bool(lines))

    def _show(self, traffic: Traffic) -> None:
        meter = self._meter
        self._sparkline.show_meter(meter)
        self._received.setText(rate_text(meter.received[-1] if meter.received else 0.0))
        self._sent.setText(rate_text(meter.sent[-1] if meter.sent else 0.0))
        received, sent = bytes_text(traffic.received), bytes_text(traffic.sent)
        self._totals.setText(f"Since switched on: {received} received, {sent} sent")


def _rate(value: QLabel, drawing: str, tone: Tone, says: str) -> QHBoxLayout:
    mark = Glyph(14)
    mark.show_look(Look(drawing, tone))
    mark.setToolTip(says)
    value.setToolTip(says)
    value.setAccessibleName(says)
    pair = QHBoxLayout()
    pair.setSpacing(4)
    pair.addWidget(mark)
    pair.addWidget(value)
    return pair
