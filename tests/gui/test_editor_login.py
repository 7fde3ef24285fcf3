"""How Caponier will log in, in the editor: looked at when opened, and the server asked only when told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.login_preview import (
    HopOffers,
    Keeping,
    LoginPreview,
    Offer,
    ServerMethods,
    TypedSecrets,
)
from desktop.core.model import AuthMethod, Connection, Endpoint, Forward, Hop, Route, SecretKind
from desktop.core.ssh_config_errors import SshConfigInvalid
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.lookups import Lookups
from desktop.ssh.logins import SshLogins
from tests.support.standins import StandInStore, StandInTunnels

BASTION = Hop("bastion.example.com", "ada")
SAVED = Connection("Orders", Route((BASTION,)), Forward(Endpoint("db.internal", 5432)))
PASSWORD = Offer(AuthMethod.PASSWORD, secret=Keeping.NOWHERE)
KEY = Offer(AuthMethod.KEY_FILE, "~/<b>key</b>")


@dataclass
class Look:
    """Implements `LoginLook`."""

    connection: Connection
    tell: Callable[..., None]
    typed: TypedSecrets = frozenset()
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True


@dataclass
class Watched:
    """Implements `Logins`: a test tells what was found."""

    looks: list[Look] = field(default_factory=list)
    questions: list[Look] = field(default_factory=list)

    def look(self, connection: Connection, typed: TypedSecrets, tell: Callable[[LoginPreview], None]) -> Look:
        self.looks.append(Look(connection, tell, typed))
        return self.looks[-1]

    def ask(self, connection: Connection, tell: Callable[[ServerMethods], None]) -> Look:
        self.questions.append(Look(connection, tell))
        return self.questions[-1]


@dataclass
class Desk:
    qtbot: QtBot
    logins: Watched | SshLogins = field(default_factory=Watched)

    def open(self, saved: Connection | None = SAVED) -> ConnectionEditor:
        tunnels = StandInTunnels()
        editor = ConnectionEditor(
            Library(StandInStore(), tunnels), tunnels, saved, lookups=Lookups(logins=self.logins)
        )
        self.qtbot.addWidget(editor)
        editor.show()
        return editor

    @property
    def watched(self) -> Watched:
        assert isinstance(self.logins, Watched)
        return self.logins


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def press(editor: ConnectionEditor, name: str) -> None:
    button = editor.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def lines(editor: ConnectionEditor) -> list[str]:
    # A layout shows what was put into it with the next events.
    QApplication.processEvents()
    found = [each for each in editor.findChildren(QLabel, "login-line") if each.isVisible()]
    return [each.text() for each in found]


def answer(editor: ConnectionEditor) -> str:
    label = editor.findChild(QLabel, "login-answer")
    assert label is not None
    return label.text() if label.isVisible() else ""


def preview(*offers: Offer, user: str = "ada") -> LoginPreview:
    return LoginPreview((HopOffers(user, BASTION.endpoint, offers),))


def test_nothing_is_looked_at_before_somebody_wants_to_know(desk: Desk) -> None:
    editor = desk.open()
    assert desk.watched.looks == []
    press(editor, "login-toggle")
    assert [look.connection.route for look in desk.watched.looks] == [SAVED.route]
    assert lines(editor) == ["Looking…"]
    assert desk.watched.questions == []


def test_what_will_be_tried_is_listed_in_order_as_plain_text(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "login-toggle")
    desk.watched.looks[0].tell(preview(KEY, PASSWORD))
    assert lines(editor) == [
        "The key ~/<b>key</b>",
        "A password: none is saved, so you will be asked for it",
    ]
    label = editor.findChild(QLabel, "login-line")
    assert label is not None
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert desk.watched.looks[0].stopped


def test_each_server_of_a_way_has_a_list_of_its_own(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "login-toggle")
    both = LoginPreview((*preview(KEY).hops, HopOffers("eve", Endpoint("inner", 22), (PASSWORD,))))
    desk.watched.looks[0].tell(both)
    assert len(lines(editor)) == 2
    headings = {each.text() for each in editor.findChildren(QLabel)}
    assert {"ada@bastion.example.com:22", "eve@inner:22"} <= headings


def test_a_way_that_can_t_be_told_is_explained(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "login-toggle")
    cause = SshConfigInvalid(
        path="/home/ada/.ssh/config", line=3, problem="missing-argument", part="Port"
    ).cause
    desk.watched.looks[0].tell(LoginPreview(cause=cause))
    assert "/home/ada/.ssh/config" in lines(editor)[0]


def test_a_change_is_looked_at_once_typing_pauses_and_older_looks_say_nothing(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "login-toggle")
    old = desk.watched.looks[0]
    password = editor.findChild(QLineEdit, "password")
    assert password is not None
    QTest.keyClicks(password, "sesame")
    desk.qtbot.waitUntil(lambda: len(desk.watched.looks) == 2)
    assert old.stopped
    assert desk.watched.looks[1].typed == {(SecretKind.SSH_PASSWORD, "")}
    old.tell(preview(KEY))
    assert lines(editor) == ["Looking…"]


def test_an_unfinished_bastion_is_not_looked_at(desk: Desk) -> None:
    editor = desk.open(None)
    press(editor, "login-toggle")
    assert (desk.watched.looks, lines(editor)) == ([], ["Fill in the bastion first."])
    button = editor.findChild(QPushButton, "ask-server")
    assert button is not None
    assert not button.isEnabled()


def test_the_server_is_asked_only_when_told_to_and_can_be_left_alone(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "login-toggle")
    desk.watched.looks[0].tell(preview(KEY))
    press(editor, "ask-server")
    assert answer(editor) == "Asking…"
    (question,) = desk.watched.questions
    press(editor, "ask-server")
    assert question.stopped
    assert answer(editor) == ""
    question.tell(ServerMethods(BASTION.endpoint, "ada", ("password",)))
    assert answer(editor) == ""


def test_the_answer_stands_below_what_will_be_tried(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "login-toggle")
    desk.watched.looks[0].tell(preview(KEY))
    press(editor, "ask-server")
    desk.watched.questions[0].tell(ServerMethods(BASTION.endpoint, "ada", ("password",)))
    assert answer(editor).startswith("bastion.example.com begins with a password.")
    assert "choose another way to log in" in answer(editor)
    assert desk.watched.questions[0].stopped

    editor.form.bastion_host.setText("other")
    assert answer(editor) == ""


def test_everything_ends_with_the_editor(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "login-toggle")
    press(editor, "ask-server")
    editor.reject()
    assert desk.watched.looks[0].stopped
    assert desk.watched.questions[0].stopped
