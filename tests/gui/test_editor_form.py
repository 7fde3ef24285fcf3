from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.model import DIRECT, Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route, SecretKind
from desktop.core.validation import Field
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.editor_fields import FieldBox, SecretEdit
from desktop.gui.lookups import Lookups
from tests.gui.form_parts import choose, part, remark
from tests.support.standins import StandInStore, StandInTunnels

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nYWJj\n-----END OPENSSH PRIVATE KEY-----"
SAVED = Connection(
    name="Orders",
    route=Route((Hop("jump.example.com", "ada"), Hop("bastion.example.com", "ada", 2222))),
    forward=Forward(Endpoint("db.internal", 5432), 15432),
)


class Desk:
    """A library over stand-ins, and the editors a test opens on it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.store = StandInStore()
        self.tunnels = StandInTunnels()
        self.library = Library(self.store, self.tunnels)

    def open(self, connection: Connection | None = None, fingerprint: str = "") -> ConnectionEditor:
        editor = ConnectionEditor(
            self.library, self.tunnels, connection, lookups=Lookups(lambda _key: fingerprint)
        )
        self.qtbot.addWidget(editor)
        editor.show()
        return editor

    def enter(self, editor: ConnectionEditor, name: str, text: str) -> None:
        line = part(editor, QWidget, name)
        assert line.isVisible()
        line.setFocus()
        QTest.keyClicks(line, text)

    def save(self, editor: ConnectionEditor) -> None:
        QTest.mouseClick(part(editor, QPushButton, "save"), Qt.MouseButton.LeftButton)

    def secrets(self) -> list[tuple[str, ...]]:
        return [asked[2:] for asked in self.tunnels.asked if asked[0] == "provide_secret"]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def fill_in(desk: Desk, editor: ConnectionEditor) -> None:
    desk.enter(editor, "name", "Orders")
    desk.enter(editor, "target-host", "db.internal")
    desk.enter(editor, "bastion-host", "bastion.example.com")
    part(editor, QLineEdit, "bastion-user").clear()
    desk.enter(editor, "bastion-user", "ada")


def test_what_is_typed_is_saved_and_the_password_goes_to_the_keyring_only(desk: Desk) -> None:
    editor = desk.open()
    fill_in(desk, editor)
    choose(editor, "kind", "MySQL")
    desk.enter(editor, "database", "shop")
    desk.enter(editor, "warehouse-user", "reader")
    desk.enter(editor, "password", " open sesame ")
    desk.save(editor)

    (saved,) = desk.store.saved
    assert saved == editor.saved_connection
    assert (saved.name, saved.kind, saved.database, saved.warehouse_user) == (
        "Orders",
        "mysql",
        "shop",
        "reader",
    )
    assert saved.route == Route((Hop("bastion.example.com", "ada", 22, Auth(AuthMethod.PASSWORD)),))
    assert saved.forward == Forward(Endpoint("db.internal", 3306), 0)
    assert desk.secrets() == [(SecretKind.SSH_PASSWORD, " open sesame ", "True")]
    assert [asked[0] for asked in desk.tunnels.asked] == ["put", "provide_secret"]


def test_no_secret_stays_in_the_form_when_it_closes(desk: Desk) -> None:
    editor = desk.open()
    desk.enter(editor, "password", "open sesame")
    choose(editor, "auth-method", "Pasted key")
    desk.enter(editor, "passphrase", "mellon")
    part(editor, QPlainTextEdit, "private-key").insertPlainText(KEY)
    editor.reject()

    for secret in editor.findChildren(SecretEdit):
        secret.line.setEchoMode(QLineEdit.EchoMode.Normal)
        secret.line.undo()
        assert secret.line.text() == ""
    key = part(editor, QPlainTextEdit, "private-key")
    key.undo()
    assert key.toPlainText() == ""


def test_nothing_is_complained_about_before_it_was_touched(desk: Desk) -> None:
    editor = desk.open()
    assert not any(box.remark for box in editor.findChildren(FieldBox))

    desk.enter(editor, "target-host", "d")
    part(editor, QLineEdit, "target-host").setFocus()
    QTest.keyClick(part(editor, QLineEdit, "target-host"), Qt.Key.Key_Backspace)
    assert remark(editor, "target-host") == "The warehouse's host is missing."
    assert remark(editor, "bastion-host") == ""


def test_saving_an_unfinished_form_says_what_is_missing_and_goes_there(desk: Desk) -> None:
    editor = desk.open()
    desk.save(editor)

    assert desk.store.saved == ()
    assert editor.isVisible()
    assert remark(editor, "name") == "The name is missing."
    assert remark(editor, "bastion-host") == "The bastion's host is missing."
    assert part(editor, QLabel, "trouble").text() == "Not saved yet: see what is marked above."
    assert editor.focusWidget() is part(editor, QLineEdit, "name")


def test_a_name_that_another_connection_bears_is_told_while_it_is_typed(desk: Desk) -> None:
    desk.library.put(SAVED)
    editor = desk.open()
    desk.enter(editor, "name", "order")
    assert remark(editor, "name") == ""
    desk.enter(editor, "name", "s")
    assert "already used" in remark(editor, "name")


def test_the_port_follows_the_kind_until_one_is_typed(desk: Desk) -> None:
    editor = desk.open()
    port = part(editor, QLineEdit, "target-port")
    assert port.text() == "5432"
    choose(editor, "kind", "MySQL")
    assert port.text() == "3306"
    port.selectAll()
    desk.enter(editor, "target-port", "3307")
    choose(editor, "kind", "PostgreSQL")
    assert port.text() == "3307"


@pytest.mark.parametrize("typed", ["", "0", "70000"])
def test_a_fixed_local_port_out_of_range_is_not_taken_for_automatic(desk: Desk, typed: str) -> None:
    editor = desk.open()
    fill_in(desk, editor)
    part(editor, QRadioButton, "local-port-fixed").click()
    desk.enter(editor, "local-port", typed)
    desk.save(editor)
    assert desk.store.saved == ()
    assert "from 1 to 65535" in remark(editor, "local-port")


def test_a_port_takes_digits_only(desk: Desk) -> None:
    editor = desk.open()
    port = part(editor, QLineEdit, "target-port")
    port.clear()
    desk.enter(editor, "target-port", "5a4-3")
    assert port.text() == "543"


def test_editing_keeps_the_id_and_the_jump_hosts(desk: Desk) -> None:
    desk.library.put(SAVED)
    editor = desk.open(SAVED)
    assert not editor.paste_bar.isVisible()
    desk.enter(editor, "group", "Production")
    desk.save(editor)
    assert desk.store.saved == (replace(SAVED, group="Production"),)
    assert desk.secrets() == []


def test_a_kind_that_only_a_newer_version_knows_survives_an_edit(desk: Desk) -> None:
    newer = replace(SAVED, kind="hologram")
    desk.library.put(newer)
    desk.save(desk.open(newer))
    assert desk.store.saved == (newer,)


def test_a_config_folder_that_cannot_be_written_is_explained_and_nothing_is_lost(desk: Desk) -> None:
    editor = desk.open()
    fill_in(desk, editor)
    desk.enter(editor, "password", "open sesame")
    desk.store.failure = ConfigNotWritable(path="connections.json", reason="Read-only file system")
    desk.save(editor)

    assert editor.isVisible()
    assert "connections.json" in part(editor, QLabel, "trouble").text()
    assert desk.secrets() == []
    assert part(editor, QLineEdit, "password").text() == "open sesame"

    desk.store.failure = None
    desk.save(editor)
    assert not editor.isVisible()
    assert desk.secrets() == [(SecretKind.SSH_PASSWORD, "open sesame", "True")]


def test_a_key_file_that_is_not_there_is_doubted_and_can_still_be_saved(desk: Desk, home: Path) -> None:
    (home / "key").touch()
    editor = desk.open()
    fill_in(desk, editor)
    choose(editor, "auth-method", "Key file")
    desk.enter(editor, "identity-file", "~/key")
    assert remark(editor, "identity-file") == ""
    desk.enter(editor, "identity-file", "s")
    assert remark(editor, "identity-file") == "There is no such file on this computer."
    desk.save(editor)
    assert desk.store.saved[0].route.bastion.auth == Auth(AuthMethod.KEY_FILE, "~/keys")


def test_the_public_half_is_not_taken_for_a_key(desk: Desk) -> None:
    editor = desk.open()
    fill_in(desk, editor)
    choose(editor, "auth-method", "Key file")
    desk.enter(editor, "identity-file", "~/.ssh/id_ed25519.pub")
    assert "public half" in remark(editor, "identity-file")

    choose(editor, "auth-method", "Pasted key")
    desk.enter(editor, "private-key", "ssh-ed25519 AAAA me@here")
    assert "public half" in remark(editor, "private-key")
    desk.save(editor)
    assert desk.store.saved == ()


def test_a_pasted_key_is_named_by_its_fingerprint_and_kept_in_the_keyring(desk: Desk) -> None:
    editor = desk.open(fingerprint="SHA256:abc")
    fill_in(desk, editor)
    choose(editor, "auth-method", "Pasted key")
    part(editor, QPlainTextEdit, "private-key").insertPlainText(KEY)
    desk.enter(editor, "passphrase", "mellon")
    desk.save(editor)

    assert desk.store.saved[0].route.bastion.auth == Auth(AuthMethod.PASTED_KEY, key_fingerprint="SHA256:abc")
    assert set(desk.secrets()) == {
        (SecretKind.KEY_PASSPHRASE, "mellon", "True"),
        (SecretKind.PRIVATE_KEY, f"{KEY}\n", "True"),
    }


def test_a_putty_key_is_taken_when_it_is_whole(desk: Desk) -> None:
    editor = desk.open()
    fill_in(desk, editor)
    choose(editor, "auth-method", "Pasted key")
    key = part(editor, QPlainTextEdit, "private-key")
    key.insertPlainText("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n")
    assert "ends with a Private-MAC line" in remark(editor, "private-key")
    key.appendPlainText("Private-MAC: 00c0ffee")
    assert remark(editor, "private-key") == ""
    desk.save(editor)
    assert desk.store.saved[0].route.bastion.auth.method is AuthMethod.PASTED_KEY


def test_two_keys_that_cannot_be_read_yet_do_not_share_a_login(desk: Desk) -> None:
    for name in ("Orders", "Sales"):
        editor = desk.open()
        fill_in(desk, editor)
        part(editor, QLineEdit, "name").setText(name)
        choose(editor, "auth-method", "Pasted key")
        part(editor, QPlainTextEdit, "private-key").insertPlainText(KEY)
        desk.save(editor)
    first, second = desk.store.saved
    assert first.route != second.route


def test_a_saved_key_is_kept_when_its_box_stays_empty(desk: Desk) -> None:
    auth = Auth(AuthMethod.PASTED_KEY, key_fingerprint="SHA256:abc")
    saved = replace(SAVED, route=Route((Hop("bastion.example.com", "ada", 22, auth),)))
    desk.library.put(saved)
    editor = desk.open(saved, fingerprint="SHA256:other")
    assert part(editor, QPlainTextEdit, "private-key").toPlainText() == ""
    desk.save(editor)
    assert desk.store.saved == (saved,)
    assert desk.secrets() == []


def test_being_asked_needs_nothing_and_takes_a_password_for_its_own_question(desk: Desk) -> None:
    desk.library.put(SAVED)
    editor = desk.open(SAVED)
    choose(editor, "auth-method", "Ask me: code or push")
    password = part(editor, QLineEdit, "password")
    assert password.isVisible()
    assert password.placeholderText() == "Optional; given where the server asks for it"
    password.setText("open sesame")
    desk.save(editor)
    (saved,) = desk.store.saved
    assert saved.route.bastion.auth == Auth(AuthMethod.INTERACTIVE)
    assert [kind for kind, *_ in desk.secrets()] == [SecretKind.SSH_PASSWORD]


def test_every_field_that_validation_knows_has_a_place_or_a_sentence(desk: Desk) -> None:
    editor = desk.open(replace(SAVED, forward=replace(SAVED.forward, local_host="0.0.0.0")))
    assert set(Field) - editor.form.fields == {Field.LOCAL_HOST}
    desk.save(editor)
    assert "127.0.0.1" in part(editor, QLabel, "trouble").text()


def test_the_eye_shows_and_hides_what_is_typed(desk: Desk) -> None:
    editor = desk.open()
    secret = editor.form.auth.password
    eye = secret.findChild(QPushButton)
    assert eye is not None
    QTest.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert secret.line.echoMode() is QLineEdit.EchoMode.Normal
    QTest.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert secret.line.echoMode() is QLineEdit.EchoMode.Password


def test_a_form_opens_as_tall_as_what_is_filled_in_wants(desk: Desk) -> None:
    editor = desk.open(replace(SAVED, route=DIRECT))
    assert editor.height() == editor.sizeHint().height() < desk.open(SAVED).height()


def test_a_form_that_grows_near_the_screen_s_end_moves_up_with_its_buttons(desk: Desk, qtbot: QtBot) -> None:
    editor = desk.open(replace(SAVED, route=DIRECT))
    screen = editor.screen().availableGeometry()
    editor.move(editor.x(), screen.bottom() - editor.frameGeometry().height())
    before = editor.height()
    editor.form.fill(SAVED, saved=True)
    qtbot.waitUntil(lambda: editor.height() > before)
    qtbot.waitUntil(lambda: editor.frameGeometry().bottom() <= screen.bottom())
