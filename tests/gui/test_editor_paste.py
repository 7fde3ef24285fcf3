from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.model import Auth, AuthMethod, Endpoint, Forward, Hop, Route, SecretKind
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.paste_dialog import PasteCommandDialog
from tests.support.standins import StandInStore, StandInTunnels

ONE = "ssh -Nf -L 15432:db.internal:5432 -p 2222 -i ~/.ssh/key ada@bastion.example.com"
TWO = "ssh -N -L 15432:db.internal:5432 -L 13306:sales.internal:3306 -R 9000:localhost:9000 ada@bastion.example.com"
HOP = Hop("bastion.example.com", "ada", 2222, Auth(AuthMethod.KEY_FILE, "~/.ssh/key"))


@pytest.fixture
def store() -> StandInStore:
    return StandInStore()


@pytest.fixture
def tunnels() -> StandInTunnels:
    return StandInTunnels()


@pytest.fixture
def library(store: StandInStore, tunnels: StandInTunnels) -> Library:
    return Library(store, tunnels)


@pytest.fixture
def editor(qtbot: QtBot, library: Library, tunnels: StandInTunnels) -> ConnectionEditor:
    editor = ConnectionEditor(library, tunnels)
    qtbot.addWidget(editor)
    editor.show()
    return editor


@pytest.fixture
def dialog(qtbot: QtBot, library: Library) -> PasteCommandDialog:
    dialog = PasteCommandDialog(library)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def paste(editor: ConnectionEditor, command: str) -> None:
    QApplication.clipboard().setText(command)
    editor.paste_bar.line.setFocus()
    editor.paste_bar.line.selectAll()
    editor.paste_bar.line.paste()


def save(editor: ConnectionEditor) -> None:
    button = editor.findChild(QPushButton, "save")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def texts(widget: ConnectionEditor | PasteCommandDialog) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def go_on(dialog: PasteCommandDialog) -> QPushButton:
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    return buttons.button(QDialogButtonBox.StandardButton.Ok)


def test_a_pasted_command_fills_in_the_form(editor: ConnectionEditor, store: StandInStore) -> None:
    paste(editor, ONE)
    save(editor)
    (saved,) = store.saved
    assert (saved.name, saved.kind) == ("db.internal", "postgresql")
    assert saved.route == Route((HOP,))
    assert saved.forward == Forward(Endpoint("db.internal", 5432), 15432)


def test_a_command_over_several_lines_is_understood(editor: ConnectionEditor) -> None:
    paste(editor, ONE.replace(" -p", " \\\n  -p"))
    assert editor.form.connection().route.bastion.port == 2222


def test_what_was_typed_before_the_paste_and_is_not_in_the_command_stays(editor: ConnectionEditor) -> None:
    QTest.keyClicks(editor.form.name, "Orders")
    QTest.keyClicks(editor.form.account.database, "shop")
    paste(editor, ONE)
    assert editor.form.connection().name == "Orders"
    assert editor.form.connection().database == "shop"


def test_a_second_paste_replaces_the_name_that_the_first_one_gave(editor: ConnectionEditor) -> None:
    paste(editor, ONE)
    paste(editor, ONE.replace("db.internal", "sales.internal"))
    assert editor.form.connection().name == "sales.internal"


def test_return_in_the_paste_line_does_not_save(editor: ConnectionEditor, store: StandInStore) -> None:
    paste(editor, ONE)
    QTest.keyClick(editor.paste_bar.line, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert store.saved == ()


def test_a_command_that_is_not_understood_says_why_and_changes_nothing(editor: ConnectionEditor) -> None:
    before = editor.form.connection()
    paste(editor, "ssh ada@bastion.example.com")
    assert "It forwards no port." in texts(editor)
    assert editor.form.connection() == before


def test_all_forwards_of_a_command_are_saved_over_one_login(
    editor: ConnectionEditor, store: StandInStore, tunnels: StandInTunnels
) -> None:
    paste(editor, TWO)
    assert "Not carried over: -R 9000:localhost:9000" in texts(editor)
    assert "sales.internal (13306)" in texts(editor)
    password = editor.findChild(QLineEdit, "password")
    assert password is not None
    QTest.keyClicks(password, "open sesame")
    save(editor)

    orders, sales = store.saved
    assert (orders.name, sales.name) == ("db.internal", "sales.internal")
    assert (orders.kind, sales.kind) == ("postgresql", "mysql")
    assert orders.route == sales.route
    secret = (SecretKind.SSH_PASSWORD, "open sesame", "True")
    provided = [asked[1:] for asked in tunnels.asked if asked[0] == "provide_secret"]
    assert provided == [(orders.id, *secret), (sales.id, *secret)]


def test_a_port_that_another_connection_holds_becomes_automatic_for_those_saved_along(
    editor: ConnectionEditor, store: StandInStore
) -> None:
    paste(editor, TWO.replace("13306:", "15432:"))
    assert "sales.internal (automatic port)" in texts(editor)
    save(editor)
    assert [each.forward.local_port for each in store.saved] == [15432, 0]


def test_the_dialog_shows_what_it_understood_while_one_types(dialog: PasteCommandDialog) -> None:
    assert not go_on(dialog).isEnabled()
    QTest.keyClicks(dialog.command, "ssh -N -L 15432:db.internal:5432")
    assert not go_on(dialog).isEnabled()
    assert "does not name the bastion" in texts(dialog)
    QTest.keyClicks(dialog.command, " ada@bastion.example.com")
    assert go_on(dialog).isEnabled()
    assert "db.internal:5432 through ada@bastion.example.com, local port 15432" in texts(dialog)


def test_the_dialog_warns_of_what_is_not_carried_over_and_gives_a_draft_for_each_forward(
    dialog: PasteCommandDialog,
) -> None:
    command = dialog.findChild(QPlainTextEdit)
    assert command is not None
    command.setPlainText(TWO)
    assert "These will be 2 connections" in texts(dialog)
    assert "Not carried over: -R 9000:localhost:9000" in texts(dialog)
    QTest.mouseClick(go_on(dialog), Qt.MouseButton.LeftButton)
    assert [draft.name for draft in dialog.drafts] == ["db.internal", "sales.internal"]


def test_drafts_for_the_same_host_get_names_of_their_own(dialog: PasteCommandDialog) -> None:
    dialog.command.setPlainText("ssh -L 1:localhost:5432 -L 2:localhost:3306 ada@bastion.example.com")
    assert [draft.name for draft in dialog.drafts] == ["bastion.example.com", "bastion.example.com port 3306"]


def test_a_dynamic_forward_beside_others_is_a_connection_to_any_host(dialog: PasteCommandDialog) -> None:
    dialog.command.setPlainText("ssh -L 1:localhost:5432 -D 1080 ada@bastion.example.com")
    assert "Any host (SOCKS) through ada@bastion.example.com, local port 1080" in texts(dialog)
    assert [draft.name for draft in dialog.drafts] == ["bastion.example.com", "bastion.example.com SOCKS"]
    assert [str(draft.forward.target) for draft in dialog.drafts] == ["localhost:5432", "any host"]
