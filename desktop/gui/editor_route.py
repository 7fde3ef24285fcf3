"""What is on the way to the bastion: jump hosts and a proxy. Two quiet buttons, until there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.core.model import Hop, Proxy, ProxyKind, Route, SecretKind
from desktop.core.validation import Field, Problem
from desktop.engine.drafts import login_name
from desktop.gui.editor_fields import FieldBox, FormGrid
from desktop.gui.editor_hop import JumpHostCard
from desktop.gui.editor_proxy import ProxyCard
from desktop.gui.lookups import Lookups
from desktop.gui.parts import button, label

PROXY_FIELDS = frozenset({Field.PROXY_HOST, Field.PROXY_PORT, Field.PROXY_USER, Field.PROXY_COMMAND})
# Behind the line that says what the cards are.
_FIRST_CARD = 1


class RouteSection(QWidget):
    """Adds its rows to a grid: a card for each stop, nearest to this computer first, and the buttons for more.

    `grew` carries a card that the person has just added.
    """

    changed = Signal()
    grew = Signal(QWidget)

    def __init__(self, grid: FormGrid, lookups: Lookups) -> None:
        super().__init__()
        self._lookups = lookups
        self._jumps: list[JumpHostCard] = []
        self._proxy: ProxyCard | None = None
        self._add_jump = button("add-jump-host", "Add a jump host", "quiet", "plus", "muted")
        self._add_proxy = button("add-proxy", "Use a proxy", "quiet", "plus", "muted")
        self._cards = QVBoxLayout(self)
        self._cards.setContentsMargins(0, 4, 0, 4)
        self._cards.setSpacing(10)
        self._cards.addWidget(label("In this order, from this computer to the bastion:", "small"))
        grid.add_across(self)
        grid.add_wide("On the way", FieldBox(self._make_buttons()))
        self._add_jump.clicked.connect(self._on_add_jump)
        self._add_proxy.clicked.connect(self._on_add_proxy)
        self._show_places()

    def fill(self, route: Route, *, saved: bool) -> None:
        """Show what is before the bastion. `saved` as in `AuthFields.fill`."""
        for jump in self._jumps:
            _discard(jump)
        if self._proxy is not None:
            _discard(self._proxy)
        self._jumps, self._proxy = [], None
        for hop in route.hops[:-1]:
            self._insert_jump(hop, saved=saved)
        if route.proxy is not None:
            self._insert_proxy(route.proxy, saved=saved)
        self._show_places()

    def jumps(self) -> tuple[Hop, ...]:
        return tuple(card.hop() for card in self._jumps)

    def jumps_to_save(self) -> tuple[Hop, ...]:
        """As `jumps`, with the names of keys that were pasted. Reads them, so call it once, on saving."""
        return tuple(card.hop_to_save() for card in self._jumps)

    def proxy(self) -> Proxy | None:
        return self._proxy.proxy() if self._proxy is not None else None

    def typed_secrets(self) -> Iterator[tuple[SecretKind, str, str]]:
        """Kind, value, and whose it is."""
        for card in self._jumps:
            yield from card.typed_secrets()
        if self._proxy is not None:
            yield from self._proxy.typed_secrets()

    def forget(self) -> None:
        """Empty every input that held a secret, with its undo history."""
        for card in self._jumps:
            card.auth.forget()
        if self._proxy is not None:
            self._proxy.forget()

    @property
    def boxes(self) -> Iterator[FieldBox]:
        for card in self._jumps:
            yield from card.boxes
        if self._proxy is not None:
            yield from self._proxy.boxes

    def has_key_problem(self) -> bool:
        return any(card.auth.key_problem() for card in self._jumps)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        problems = tuple(problems)
        for number, card in enumerate(self._jumps, 1):
            card.show_problems(problem for problem in problems if problem.jump_host == number)
        if self._proxy is not None:
            self._proxy.show_problems(problem for problem in problems if problem.field in PROXY_FIELDS)

    def touch_all(self) -> None:
        for card in self._jumps:
            card.touch_all()
        if self._proxy is not None:
            self._proxy.touch_all()

    def _make_buttons(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self._add_jump)
        line.addWidget(self._add_proxy)
        line.addStretch(1)
        row.setFocusProxy(self._add_jump)
        return row

    def _insert_jump(self, hop: Hop, *, saved: bool) -> JumpHostCard:
        card = JumpHostCard(self._lookups)
        card.fill(hop, saved=saved)
        card.changed.connect(self.changed)
        card.removed.connect(lambda: self._on_remove_jump(card))
        card.moved.connect(lambda step: self._on_move_jump(card, step))
        self._jumps.append(card)
        self._cards.addWidget(card)
        return card

    def _insert_proxy(self, proxy: Proxy, *, saved: bool) -> ProxyCard:
        card = ProxyCard()
        card.fill(proxy, saved=saved)
        card.changed.connect(self.changed)
        card.removed.connect(self._on_remove_proxy)
        self._proxy = card
        self._cards.insertWidget(_FIRST_CARD, card)
        return card

    def _on_add_jump(self) -> None:
        card = self._insert_jump(Hop("", login_name()), saved=False)
        self._on_stops_changed()
        card.host.setFocus()
        self.grew.emit(card)

    def _on_remove_jump(self, card: JumpHostCard) -> None:
        self._jumps.remove(card)
        _discard(card)
        self._on_stops_changed()
        self._add_jump.setFocus()

    def _on_move_jump(self, card: JumpHostCard, step: int) -> None:
        place = self._jumps.index(card)
        self._jumps.insert(place + step, self._jumps.pop(place))
        for each in self._jumps:
            self._cards.removeWidget(each)
            self._cards.addWidget(each)
        self._on_stops_changed()

    def _on_add_proxy(self) -> None:
        card = self._insert_proxy(Proxy(ProxyKind.SOCKS5), saved=False)
        self._on_stops_changed()
        card.kind.setFocus()
        self.grew.emit(card)

    def _on_remove_proxy(self) -> None:
        if self._proxy is not None:
            _discard(self._proxy)
        self._proxy = None
        self._on_stops_changed()
        self._add_proxy.setFocus()

    def _on_stops_changed(self) -> None:
        self._show_places()
        self.changed.emit()

    def _show_places(self) -> None:
        for number, card in enumerate(self._jumps, 1):
            card.show_place(number, len(self._jumps))
        self.setVisible(bool(self._jumps) or self._proxy is not None)
        self._add_proxy.setVisible(self._proxy is None)
        if self.isVisible():
            self._order_tabs()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Qt's order is that of making: cards that came later would be reached after everything else.

        All of them must be in one window by then.
        """
        before: QWidget = self._add_jump
        while (previous := before.previousInFocusChain()) is not None:
            before = previous
            if _takes_tab(before) and not self.isAncestorOf(before):
                break
        cards: list[QWidget] = [*([self._proxy] if self._proxy is not None else []), *self._jumps]
        # The lists that combo boxes drop down are windows of their own.
        inputs = [
            each
            for card in cards
            for each in card.findChildren(QWidget)
            if _takes_tab(each) and each.window() is self.window()
        ]
        for after in (*inputs, self._add_jump, self._add_proxy):
            QWidget.setTabOrder(before, after)
            before = after


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None


def _discard(card: JumpHostCard | ProxyCard) -> None:
    """With what was typed into it."""
    if isinstance(card, ProxyCard):
        card.forget()
    else:
        card.auth.forget()
    card.hide()
    card.setParent(None)
    card.deleteLater()
