"""Whatever comes over the window's socket, the window goes on and answers the next."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.system import control_server
from desktop.system.control import Message
from desktop.system.control_server import LONGEST_REQUEST, MOST_UNREAD, MOST_VISITORS, ControlServer, Visitor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="talks to a Unix socket")

SHORT_MS = 50
NESTED = b"[" * 50_000


class Host(QObject):
    """Says back what was asked, but for ``more``: so many answers of a MiB each."""

    def __init__(self, socket_path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self.path = socket_path
        self.asked: list[Message] = []
        self.visitors: list[Visitor] = []
        self.gone = 0
        self.server = ControlServer(socket_path, self)
        self.server.asked.connect(self._on_asked)
        self.server.listen()

    def _on_asked(self, visitor: Visitor, request: Message) -> None:
        self.asked.append(request)
        self.visitors.append(visitor)
        visitor.gone.connect(self._on_gone)
        if request.get("stay"):
            return
        visitor.finish(0, {"said": request})

    def _on_gone(self) -> None:
        self.gone += 1


@pytest.fixture
def host(tmp_path: Path, qapp: QApplication) -> Iterator[Host]:
    running = Host(tmp_path / "window.sock", qapp)
    yield running
    running.server.close()
    running.deleteLater()


Open = Callable[..., socket.socket]


@pytest.fixture
def visit(host: Host) -> Iterator[Open]:
    """Connect, and send something."""
    with contextlib.ExitStack() as stack:

        def open_it(content: bytes = b"") -> socket.socket:
            client = stack.enter_context(local_socket())
            client.connect(str(host.path))
            client.setblocking(False)
            client.sendall(content)
            return client

        yield open_it


if sys.platform != "win32":  # whose sockets lack AF_UNIX, says mypy

    def local_socket() -> socket.socket:
        return socket.socket(socket.AF_UNIX)

else:

    def local_socket() -> socket.socket:
        raise NotImplementedError


def heard(qtbot: QtBot, client: socket.socket) -> list[Any]:
    """Everything it is told until the other end closes."""
    parts: list[bytes] = []

    def is_over() -> bool:
        with contextlib.suppress(BlockingIOError):
            with contextlib.suppress(ConnectionResetError):
                while part := client.recv(65536):
                    parts.append(part)
            return True
        return False

    qtbot.waitUntil(is_over)
    return [json.loads(line) for line in b"".join(parts).splitlines()]


def test_a_request_is_answered_and_the_line_closed(host: Host, visit: Open, qtbot: QtBot) -> None:
    assert heard(qtbot, visit(b'{"do": "status"}\n')) == [
        {"said": {"do": "status"}, "done": True, "status": 0}
    ]


def test_a_request_may_come_in_pieces_and_only_one_counts(host: Host, visit: Open, qtbot: QtBot) -> None:
    client = visit(b'{"do": ')
    qtbot.waitUntil(lambda: len(host.findChildren(Visitor)) == 1)
    client.sendall(b'"status"}\n{"do": "up"}\n')
    assert len(heard(qtbot, client)) == 1
    assert host.asked == [{"do": "status"}]


@pytest.mark.parametrize(
    "junk",
    [b"\n", b"GET / HTTP/1.1\r\n\r\n", b"\xff\xfe\x00\n", b"[1]\n", b"null\n", b'{"do": \n', NESTED + b"\n"],
    ids=["empty", "http", "bytes", "list", "null", "half", "nested"],
)
def test_junk_is_answered_with_an_error(host: Host, visit: Open, qtbot: QtBot, junk: bytes) -> None:
    (answer,) = heard(qtbot, visit(junk))
    assert (answer["error"]["code"], answer["status"]) == ("bad_request", 2)
    assert host.asked == []


def test_a_request_without_an_end_is_refused(host: Host, visit: Open, qtbot: QtBot) -> None:
    client = visit(b"x" * (LONGEST_REQUEST + 1))
    (answer,) = heard(qtbot, client)
    assert answer["error"]["code"] == "bad_request"


def test_who_never_asks_is_dropped(
    host: Host, visit: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "PATIENCE_MS", SHORT_MS)
    assert heard(qtbot, visit(b'{"do"')) == []


def test_who_never_reads_is_dropped(host: Host, visit: Open, qtbot: QtBot) -> None:
    visit(b'{"stay": 1}\n')
    qtbot.waitUntil(lambda: len(host.visitors) == 1)
    for _ in range(3):
        host.visitors[0].tell({"much": "x" * MOST_UNREAD})
    assert host.gone == 1


def test_who_never_reads_the_last_answer_is_dropped(
    host: Host, visit: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "PATIENCE_MS", SHORT_MS)
    visit(b'{"stay": 1}\n')
    qtbot.waitUntil(lambda: len(host.visitors) == 1)
    host.visitors[0].finish(0, {"much": "x" * MOST_UNREAD})
    qtbot.waitUntil(lambda: host.gone == 1)


def test_a_crowd_that_says_nothing_shuts_nobody_out(host: Host, visit: Open, qtbot: QtBot) -> None:
    waiting = visit(b'{"stay": 1}\n')
    qtbot.waitUntil(lambda: len(host.visitors) == 1)
    for _ in range(MOST_VISITORS + 10):
        visit()
        QApplication.processEvents()
    assert len(heard(qtbot, visit(b'{"do": "status"}\n'))) == 1
    assert host.gone == 1
    host.visitors[0].finish(0)
    assert heard(qtbot, waiting) == [{"done": True, "status": 0}]


def test_who_leaves_early_harms_nobody(host: Host, visit: Open, qtbot: QtBot) -> None:
    visit(b'{"stay": 1}\n').close()
    qtbot.waitUntil(lambda: host.gone == 1)
    visit().close()
    assert len(heard(qtbot, visit(b'{"do": "status"}\n'))) == 1


def test_at_the_end_everybody_is_sent_away_and_the_socket_is_gone(
    host: Host, visit: Open, qtbot: QtBot
) -> None:
    client = visit(b'{"stay": 1}\n')
    qtbot.waitUntil(lambda: len(host.visitors) == 1)
    host.server.close()
    assert heard(qtbot, client) == []
    assert not host.path.exists()
    host.server.close()


def test_only_its_owner_can_use_the_socket(host: Host) -> None:
    assert stat.S_IMODE(host.path.stat().st_mode) & 0o077 == 0


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel says who it is on Linux")
def test_somebody_else_is_sent_away(
    host: Host, visit: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: -1)
    assert heard(qtbot, visit(b'{"do": "status"}\n')) == []
    assert host.asked == []


def test_where_it_can_not_listen_it_says_so(tmp_path: Path, qapp: QApplication) -> None:
    server = ControlServer(tmp_path / "missing" / "window.sock", qapp)
    with pytest.raises(OSError, match="QLocalServer"):
        server.listen()
    server.deleteLater()
