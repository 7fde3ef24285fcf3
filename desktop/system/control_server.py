"""Where the window listens for the command line and for further starts of itself. The other end is `control`."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop.system.control import Message, server_name

MOST_VISITORS = 64
LONGEST_REQUEST = 64 * 1024
# What a visitor has not read: beyond that it is taken for one that never will.
MOST_UNREAD = 1024 * 1024
PATIENCE_MS = 5000
_WRONG_USE = 2


class Visitor(QObject):
    """GUI thread. One connection and its one request. Says `gone` once, whoever ended it."""

    asked = Signal(object)
    gone = Signal()

    def __init__(self, connection: QLocalSocket, parent: QObject) -> None:
        super().__init__(parent)
        self.has_asked = False
        self._connection = connection
        connection.setParent(self)
        connection.setReadBufferSize(LONGEST_REQUEST + 1)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.drop)
        self._patience.start()
        connection.readyRead.connect(self._on_ready)
        connection.disconnected.connect(self._on_disconnected)

    def begin(self) -> None:
        """Take what came before anybody listened to the signals."""
        self._on_ready()

    def tell(self, answer: Message) -> None:
        """Does not block. A visitor that does not read is dropped."""
        if self._connection.bytesToWrite() > MOST_UNREAD:
            self.drop()
        elif self._connection.state() is QLocalSocket.LocalSocketState.ConnectedState:
            self._connection.write(json.dumps(answer).encode() + b"\n")

    def finish(self, status: int, answer: Message | None = None) -> None:
        """The last answer, with the exit status for the command line."""
        self.tell({**(answer or {}), "done": True, "status": status})
        self._patience.start()
        self._connection.disconnectFromServer()

    def refuse(self, code: str, title: str, advice: str = "", status: int = _WRONG_USE) -> None:
        self.finish(status, {"error": {"code": code, "title": title, "advice": advice}})

    def drop(self) -> None:
        """End it now, whatever was not sent yet."""
        self._connection.abort()

    def _on_ready(self) -> None:
        if self.has_asked:
            # One request is all there is to a connection.
            self._connection.readAll()
        elif self._connection.canReadLine():
            self.has_asked = True
            self._patience.stop()
            self._take(bytes(self._connection.readLine().data()))
        elif self._connection.bytesAvailable() > LONGEST_REQUEST:
            self.has_asked = True
            self.refuse("bad_request", "The request is too long")

    def _take(self, line: bytes) -> None:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if isinstance(request, dict):
            self.asked.emit(request)
        else:
            self.refuse("bad_request", "A request is a JSON object on one line")

    def _on_disconnected(self) -> None:
        self._patience.stop()
        self.gone.emit()


class ControlServer(QObject):
    """GUI thread. Hold the lock of `desktop.system.instance` before `listen`: it takes the place of any other.

    `asked` carries a `Visitor` and its request, a dict; whoever takes it calls `Visitor.finish` or `refuse` in the end.
    """

    asked = Signal(object, object)

    def __init__(self, socket_path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._name = server_name(str(socket_path))
        self._visitors: list[Visitor] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new)

    def listen(self) -> None:
        """Raises `OSError`."""
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            raise OSError(self._server.errorString())

    def close(self) -> None:
        """Idempotent. Takes the socket away and drops every visitor."""
        self._server.close()
        for visitor in tuple(self._visitors):
            visitor.drop()

    def _on_new(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            if _is_ours(connection):
                self._receive(connection)
            else:
                connection.abort()
                connection.deleteLater()

    def _receive(self, connection: QLocalSocket) -> None:
        self._make_room()
        visitor = Visitor(connection, self)
        self._visitors.append(visitor)
        visitor.gone.connect(lambda: self._forget(visitor))
        visitor.asked.connect(lambda request: self.asked.emit(visitor, request))
        visitor.begin()

    def _make_room(self) -> None:
        """Who has asked nothing yet goes first, then who has been here longest."""
        if len(self._visitors) >= MOST_VISITORS:
            silent = (visitor for visitor in self._visitors if not visitor.has_asked)
            next(silent, self._visitors[0]).drop()

    def _forget(self, visitor: Visitor) -> None:
        self._visitors.remove(visitor)
        visitor.deleteLater()


if sys.platform == "linux":

    def _is_ours(connection: QLocalSocket) -> bool:
        """The folder's mode keeps others out already; here the kernel says who it is as well (unix(7), SO_PEERCRED)."""
        with socket.socket(fileno=os.dup(int(connection.socketDescriptor()))) as peer:
            credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _pid, uid, _gid = struct.unpack("3i", credentials)
        return bool(uid == os.geteuid())

else:

    def _is_ours(_connection: QLocalSocket) -> bool:
        """The folder's mode keeps others out, on Windows the pipe's access list."""
        return True
