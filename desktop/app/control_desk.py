"""Answers the command line and further starts of the window."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from desktop.app.control_watch import Goal, Updates, Watch
from desktop.core.config_errors import ConnectionNotFound
from desktop.core.errors import CaponierError
from desktop.core.host_keys import HostKeyConsent
from desktop.core.model import Connection, Snapshot
from desktop.core.ports import Tunnels
from desktop.core.report import as_event
from desktop.core.warehouse_errors import NoTunnelToOpen
from desktop.engine.library import Library
from desktop.gui.connections_model import ConnectionsModel
from desktop.system.control import Message
from desktop.system.control_server import Visitor
from desktop.wording.messages import advice, title
from desktop.wording.status import state_line

DONE, FAILED, WRONG_USE = 0, 1, 2
_WRONG_USE = ConnectionNotFound, NoTunnelToOpen
# What xdg-activation gives is shorter; what ends up in the environment is bounded all the same.
_LONGEST_TOKEN = 256


class ControlDesk(QObject):
    """GUI thread. `take` each visitor of a `desktop.system.control_server.ControlServer` once.

    `link_opened` carries a link that another start was given.
    """

    link_opened = Signal(str)

    def __init__(
        self,
        library: Library,
        tunnels: Tunnels,
        model: ConnectionsModel,
        bring_forward: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._tunnels = tunnels
        self._model = model
        self._bring_forward = bring_forward
        self._updates = Updates(tunnels, self)

    def take(self, visitor: Visitor, request: Message) -> None:
        try:
            self._do(visitor, request)
        except CaponierError as error:
            status = WRONG_USE if isinstance(error, _WRONG_USE) else FAILED
            visitor.refuse(error.code, title(error.cause), advice(error.cause), status)

    def _do(self, visitor: Visitor, request: Message) -> None:
        match request.get("do"):
            case "ping":
                visitor.finish(DONE)
            case "raise":
                self._raise(_text(request.get("token")))
                visitor.finish(DONE)
            case "open":
                self._raise(_text(request.get("token")))
                visitor.finish(DONE)
                self.link_opened.emit(_text(request.get("link")))
            case "refresh":
                self._library.refresh()
                visitor.finish(DONE)
            case "status":
                self._tell_status(visitor, _texts(request.get("names")))
            case "up":
                self._library.refresh()
                self._watch(visitor, request, Goal.UP, _consent(request))
            case "down":
                self._watch(visitor, request, Goal.DOWN, HostKeyConsent())
            case _:
                visitor.refuse("bad_request", "This window does not know such a request")

    def _raise(self, token: str) -> None:
        if token and len(token) <= _LONGEST_TOKEN and token.isprintable():
            # Qt takes it from there, and out of there, when it asks the compositor to bring a window forward.
            os.environ["XDG_ACTIVATION_TOKEN"] = token
        self._bring_forward()
        os.environ.pop("XDG_ACTIVATION_TOKEN", None)

    def _tell_status(self, visitor: Visitor, names: list[str]) -> None:
        snapshots: Iterable[Snapshot] = self._model.snapshots()
        if names:
            wanted = {connection.id for connection in self._found(names)}
            snapshots = (snapshot for snapshot in snapshots if snapshot.connection.id in wanted)
        now = time.time()
        visitor.finish(DONE, {"connections": [_standing(snapshot, now) for snapshot in snapshots]})

    def _watch(self, visitor: Visitor, request: Message, goal: Goal, consent: HostKeyConsent) -> None:
        names = _texts(request.get("names"))
        if not names:
            visitor.refuse("bad_request", "The request names no connection")
            return
        found = self._found(names)
        if goal is Goal.UP:
            found = [self._library.find_tunnel(each.name) for each in found]
        Watch(visitor, self._tunnels, self._updates, found, goal, consent)

    def _found(self, names: Iterable[str]) -> list[Connection]:
        """Each once. Raises `ConnectionNotFound`, `ConfigUnreadable`."""
        try:
            found = [self._library.find(name) for name in names]
        except ConnectionNotFound:
            # Another process may have saved it.
            self._library.refresh()
            found = [self._library.find(name) for name in names]
        return list({connection.id: connection for connection in found}.values())


def _standing(snapshot: Snapshot, now: float) -> Message:
    event = {
        **as_event(snapshot, now),
        "round_trip_ms": snapshot.round_trip_ms,
        "clients": snapshot.clients,
    }
    return {"event": event, "words": state_line(snapshot, now)}


def _consent(request: Message) -> HostKeyConsent:
    return HostKeyConsent(_text(request.get("accept_host_key")), _text(request.get("replace_host_key")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
