from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.errors import AuthRejected, CaponierError, HostKeyUnknown, PasswordNeeded
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route, SecretKind, Snapshot, State
from desktop.gui.bridge import Bridge
from desktop.gui.connections_model import ConnectionsModel
from desktop.gui.prompts import PromptDesk
from tests.support.standins import StandInTunnels, up

Part = TypeVar("Part", bound=QWidget)
HOST = "bastion.example.com"
TARGET = Forward(Endpoint("db.internal", 5432))
ORDERS = Connection("Orders", Route((Hop(HOST, "ada"),)), TARGET, id="orders")
SALES = Connection("Sales", ORDERS.route, TARGET, id="sales")
FRAUD = Connection("Fraud", Route((Hop(HOST, "bob"),)), TARGET, id="fraud")
UNKNOWN = HostKeyUnknown(
    host=HOST, port=22, key_type="ssh-ed25519", fingerprint="SHA256:abc", key="ssh-ed25519 AAAA"
)
NEEDED = PasswordNeeded(user="ada", host=HOST, store="")
REFUSED = AuthRejected(user="ada", host=HOST, method="password")


class Desk:
    """The desk over stand-in tunnels, with a window, and hands for its dialogs."""

    def __init__(self, qtbot: QtBot) -> None:
        self.tunnels = StandInTunnels(Snapshot(each) for each in (ORDERS, SALES, FRAUD))
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.bridge = Bridge(self.tunnels)
        self.model = ConnectionsModel(self.bridge)
        self.prompts = PromptDesk(self.bridge, self.model, self.tunnels, self.window)
        self.settle()

    def settle(self) -> None:
        """Let everything that was told arrive."""
        for _ in range(5):
            QApplication.processEvents()

    def fail(self, error: CaponierError, *connections: Connection, since: float = 1.0) -> None:
        for connection in connections:
            self.tunnels.tell(Snapshot(connection, state=State.FAILED, cause=error.cause, since=since))
        self.settle()

    @property
    def shown(self) -> list[str]:
        """The headings of all visible dialogs."""
        dialogs = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]
        return [dialog.windowTitle() for dialog in dialogs if dialog.isVisible()]

    @property
    def texts(self) -> str:
        assert self.prompts.dialog is not None
        return "\n".join(
            label.text() for label in self.prompts.dialog.findChildren(QLabel) if label.isVisible()
        )

    def press(self, name: str) -> None:
        button = self.part(QPushButton, name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def enter(self, text: str) -> None:
        QTest.keyClicks(self.part(QLineEdit, "secret"), text)

    def part(self, kind: type[Part], name: str) -> Part:
        assert self.prompts.dialog is not None
        found = self.prompts.dialog.findChild(kind, name)
        assert found is not None, name
        return found

    def close(self) -> None:
        """A dialog left open would be what the next test's desk waits for."""
        self.bridge.close()
        if self.prompts.dialog is not None:
            self.prompts.dialog.reject()
        self.settle()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    yield desk
    desk.close()


def test_an_unknown_host_key_is_trusted_only_by_pressing_the_button(desk: Desk) -> None:
    desk.fail(UNKNOWN, ORDERS)
    assert desk.shown == [f"Do you trust {HOST}?"]
    assert "SHA256:abc" in desk.texts
    assert "“Orders”" in desk.texts
    assert desk.part(QPushButton, "cancel").isDefault()
    desk.press("trust")
    assert desk.tunnels.asked == [("accept_host_key", "orders", "ssh-ed25519 AAAA")]
    assert desk.shown == []


def test_return_in_the_host_key_prompt_cancels(desk: Desk) -> None:
    desk.fail(UNKNOWN, ORDERS)
    assert desk.prompts.dialog is not None
    QTest.keyClick(desk.prompts.dialog, Qt.Key.Key_Return)
    desk.settle()
    assert desk.tunnels.asked == [("disconnect", "orders")]


def test_the_fingerprint_can_be_selected_and_copied(desk: Desk) -> None:
    desk.fail(UNKNOWN, ORDERS)
    flags = desk.part(QLabel, "fingerprint").textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByMouse
    desk.press("copy-fingerprint")
    assert QApplication.clipboard().text() == "SHA256:abc"


def test_one_yes_to_a_key_serves_every_login_on_that_server(desk: Desk) -> None:
    desk.fail(UNKNOWN, ORDERS, SALES, FRAUD)
    desk.press("trust")
    assert desk.tunnels.asked == [
        ("accept_host_key", "orders", "ssh-ed25519 AAAA"),
        ("accept_host_key", "fraud", "ssh-ed25519 AAAA"),
    ]
    assert desk.shown == []


def test_one_password_serves_all_connections_of_a_login(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS, SALES)
    assert desk.shown == ["Password needed"]
    desk.enter("open sesame")
    desk.press("connect")
    assert desk.tunnels.asked == [
        ("provide_secret", "orders", SecretKind.SSH_PASSWORD, "open sesame", "True")
    ]
    assert desk.shown == []


def test_return_sends_the_password_and_no_empty_one_is_sent(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS)
    line = desk.part(QLineEdit, "secret")
    assert line.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    assert desk.tunnels.asked == []
    desk.part(QCheckBox, "remember").click()
    QTest.keyClicks(line, "open sesame")
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.settle()
    assert desk.tunnels.asked == [
        ("provide_secret", "orders", SecretKind.SSH_PASSWORD, "open sesame", "False")
    ]


def test_without_a_keyring_nothing_is_offered_to_be_remembered(desk: Desk) -> None:
    desk.fail(PasswordNeeded(user="ada", host=HOST, store="secret_store_missing"), ORDERS)
    assert desk.prompts.dialog is not None
    assert desk.prompts.dialog.findChild(QCheckBox, "remember") is None
    assert "kept in memory until you quit" in desk.texts
    desk.enter("open sesame")
    desk.press("connect")
    assert desk.tunnels.asked[0][-1] == "False"


def test_a_refused_password_is_asked_for_anew_with_the_reason(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS)
    desk.enter("wrong")
    desk.press("connect")
    desk.tunnels.tell(Snapshot(ORDERS, state=State.CONNECTING))
    desk.fail(REFUSED, ORDERS, since=2.0)
    assert desk.shown == ["That password was refused"]
    assert desk.part(QLineEdit, "secret").text() == ""


def test_the_same_refusal_twice_in_a_row_is_asked_for_twice(desk: Desk) -> None:
    desk.fail(REFUSED, ORDERS, since=1.0)
    desk.enter("wrong")
    desk.press("connect")
    assert desk.shown == []
    desk.fail(REFUSED, ORDERS, since=2.0)
    assert desk.shown == ["That password was refused"]


def test_cancelling_disconnects_all_who_asked_and_nobody_asks_again(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS, SALES)
    desk.press("cancel")
    assert desk.tunnels.asked == [("disconnect", "orders"), ("disconnect", "sales")]
    assert desk.shown == []


def test_questions_come_one_after_the_other(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS)
    desk.fail(PasswordNeeded(user="bob", host=HOST, store=""), FRAUD)
    assert desk.shown == ["Password needed"]
    assert "“Orders”" in desk.texts
    desk.enter("open sesame")
    desk.press("connect")
    assert desk.shown == ["Password needed"]
    assert "“Fraud”" in desk.texts


def test_a_question_that_was_answered_elsewhere_disappears(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS)
    desk.tunnels.tell(up(ORDERS))
    desk.settle()
    assert desk.shown == []
    assert desk.tunnels.asked == []


def test_the_question_of_a_deleted_connection_disappears(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS)
    desk.tunnels.remove("orders")
    desk.settle()
    assert desk.shown == []


def test_an_update_about_something_else_leaves_what_was_typed(desk: Desk) -> None:
    desk.fail(NEEDED, ORDERS)
    desk.enter("open")
    desk.tunnels.tell(up(FRAUD))
    desk.tunnels.tell(replace(desk.tunnels.snapshots["orders"], clients=1))
    desk.settle()
    assert desk.part(QLineEdit, "secret").text() == "open"


def test_a_prompt_waits_until_the_editor_is_closed(desk: Desk, qtbot: QtBot) -> None:
    editor = QDialog(desk.window)
    editor.setWindowTitle("Edit connection")
    editor.open()
    desk.fail(NEEDED, ORDERS)
    assert desk.shown == ["Edit connection"]
    editor.accept()
    qtbot.waitUntil(lambda: desk.shown == ["Password needed"])


@pytest.mark.parametrize("button", ["cancel", "connect"])
def test_a_prompt_is_seen_while_the_window_is_hidden_in_the_tray(desk: Desk, button: str) -> None:
    desk.window.hide()
    desk.fail(NEEDED, ORDERS)
    assert desk.shown == ["Password needed"]
    assert desk.prompts.dialog is not None
    assert desk.prompts.dialog.parentWidget() is None
    desk.enter("open sesame")
    desk.press(button)
    assert desk.shown == []
    assert len(desk.tunnels.asked) == 1


def test_a_question_that_waits_before_the_desk_exists_is_asked(qtbot: QtBot, desk: Desk) -> None:
    asking = StandInTunnels([Snapshot(ORDERS, state=State.FAILED, cause=NEEDED.cause)])
    bridge = Bridge(asking)
    model = ConnectionsModel(bridge)
    prompts = PromptDesk(bridge, model, asking, desk.window)
    qtbot.waitUntil(lambda: prompts.dialog is not None)
    assert prompts.dialog is not None
    prompts.dialog.reject()
    bridge.close()
