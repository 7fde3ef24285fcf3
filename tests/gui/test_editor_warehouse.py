from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.errors import Cause, SecretStoreLocked
from desktop.core.model import AnyHost, Connection, SecretKind
from desktop.core.tls import Tls, TlsMode
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.warehouse_passwords import WarehousePasswords
from tests.gui.form_parts import choose, part, remark
from tests.gui.window_stage import ORDERS
from tests.support.fakes import FakeSecrets
from tests.support.sample_kind import KEY, WITHOUT_USER, sample_kinds
from tests.support.standins import StandInStore, StandInTunnels

__all__ = ["sample_kinds"]
pytestmark = pytest.mark.usefixtures("sample_kinds")
SAMPLES = replace(ORDERS, kind=KEY)
PASSWORD = "open sesame"
SLOT = (SAMPLES.id, SecretKind.WAREHOUSE_PASSWORD)


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.secrets = FakeSecrets()
        self.passwords = WarehousePasswords(self.secrets)
        self.failures: list[Cause] = []
        self.passwords.failed.connect(self.failures.append)
        self.store = StandInStore([SAMPLES])
        self.tunnels = StandInTunnels()

    def open(self, connection: Connection = SAMPLES) -> ConnectionEditor:
        library = Library(self.store, self.tunnels)
        library.load()
        self.tunnels.asked.clear()
        editor = ConnectionEditor(library, self.tunnels, connection, passwords=self.passwords)
        self._qtbot.addWidget(editor)
        editor.show()
        settle()
        return editor

    @property
    def saved(self) -> Connection:
        return self.store.saved[0]


def settle() -> None:
    for _ in range(5):
        QApplication.processEvents()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def captions(editor: ConnectionEditor) -> list[str]:
    return [each.text() for each in editor.findChildren(QLabel) if each.isVisible()]


def click(editor: ConnectionEditor, name: str) -> None:
    QTest.mouseClick(part(editor, QPushButton, name), Qt.MouseButton.LeftButton)
    settle()


def go_to_password(editor: ConnectionEditor) -> None:
    part(editor, QLineEdit, "database").setFocus()
    part(editor, QLineEdit, "warehouse-password").setFocus()
    settle()


def test_the_rows_have_the_names_that_the_kind_gives_them(desk: Desk) -> None:
    assert {"Reader", "Shelf"} <= set(captions(desk.open()))


def test_a_kind_is_found_by_any_word_of_its_name(desk: Desk) -> None:
    editor = desk.open()
    kind = part(editor, QComboBox, "kind")
    kind.setFocus()
    QTest.keyClicks(kind, "redsh")
    assert kind.currentText() == "Amazon Redshift"


def test_the_same_letter_again_goes_to_the_next_kind(desk: Desk) -> None:
    editor = desk.open()
    kind = part(editor, QComboBox, "kind")
    kind.setFocus()
    QTest.keyClicks(kind, "m")
    first = kind.currentText()
    QTest.keyClicks(kind, "m")
    assert first[0] == kind.currentText()[0] == "M"
    assert first != kind.currentText()


def test_a_kind_without_users_has_neither_user_nor_password(desk: Desk) -> None:
    editor = desk.open(replace(SAMPLES, kind=WITHOUT_USER.key))
    assert part(editor, QLineEdit, "database").isVisible()
    assert not part(editor, QLineEdit, "warehouse-user").isVisible()
    assert not part(editor, QLineEdit, "warehouse-password").isVisible()


def test_a_connection_to_any_host_asks_for_nothing_of_one_warehouse(desk: Desk) -> None:
    forward = replace(SAMPLES.forward, target=AnyHost())
    editor = desk.open(replace(SAMPLES, forward=forward))
    for name in ("database", "warehouse-user", "warehouse-password", "ca-file", "server-name"):
        assert not part(editor, QLineEdit, name).isVisible()
    assert not part(editor, QComboBox, "tls-mode").isVisible()


def test_how_it_is_encrypted_is_saved_with_its_authorities_and_name(desk: Desk, home: Path) -> None:
    editor = desk.open()
    assert not part(editor, QLineEdit, "ca-file").isVisible()
    choose(editor, "tls-mode", "Required and verified")
    assert part(editor, QLineEdit, "server-name").placeholderText() == "db.internal"
    QTest.keyClicks(part(editor, QLineEdit, "ca-file"), "~/ca.pem")
    QTest.keyClicks(part(editor, QLineEdit, "server-name"), "db.example.com")
    assert remark(editor, "ca-file") == "There is no such file on this computer."
    click(editor, "save")
    assert desk.saved.tls == Tls(TlsMode.VERIFY, str(home / "ca.pem"), "db.example.com")


def test_what_has_no_use_without_encryption_is_not_saved(desk: Desk) -> None:
    editor = desk.open(replace(SAMPLES, tls=Tls(TlsMode.VERIFY, "/ca.pem", "db.example.com")))
    choose(editor, "tls-mode", "Off")
    click(editor, "save")
    assert desk.saved.tls == Tls(TlsMode.OFF)


def test_a_name_with_a_space_is_refused_beside_its_line(desk: Desk) -> None:
    editor = desk.open()
    choose(editor, "tls-mode", "Required")
    QTest.keyClicks(part(editor, QLineEdit, "server-name"), "db example")
    assert remark(editor, "server-name") == (
        "The name in the certificate can't contain spaces or invisible characters."
    )
    click(editor, "save")
    assert desk.saved == SAMPLES


def test_a_password_goes_to_the_keyring_and_no_tunnel_hears_of_it(desk: Desk) -> None:
    editor = desk.open()
    QTest.keyClicks(part(editor, QLineEdit, "warehouse-password"), PASSWORD)
    click(editor, "save")
    assert desk.secrets.kept == {SLOT: PASSWORD}
    assert [asked[0] for asked in desk.tunnels.asked] == ["put"]
    assert part(editor, QLineEdit, "warehouse-password").text() == ""
    assert PASSWORD not in repr(desk.saved)


def test_the_keyring_is_looked_into_only_by_who_goes_to_the_password(desk: Desk) -> None:
    desk.secrets.kept[SLOT] = PASSWORD
    editor = desk.open()
    state = part(editor, QLabel, "warehouse-password-state")
    assert state.text() == ""

    go_to_password(editor)

    assert state.text() == "A password is stored in the keyring."
    assert part(editor, QLineEdit, "warehouse-password").text() == ""
    click(editor, "remove-warehouse-password")
    assert desk.secrets.kept == {}
    assert state.text() == "The password was removed from the keyring."
    assert not part(editor, QPushButton, "remove-warehouse-password").isVisible()


def test_that_none_is_stored_is_said_too(desk: Desk) -> None:
    editor = desk.open()
    go_to_password(editor)
    assert part(editor, QLabel, "warehouse-password-state").text() == "No password is stored."
    assert not part(editor, QPushButton, "remove-warehouse-password").isVisible()


def test_a_locked_keyring_is_said_in_the_form_and_after_it_closed(desk: Desk) -> None:
    desk.secrets.trouble = SecretStoreLocked()
    editor = desk.open()
    go_to_password(editor)
    assert part(editor, QLabel, "warehouse-password-state").text() == "The keyring is locked."
    QTest.keyClicks(part(editor, QLineEdit, "warehouse-password"), PASSWORD)
    click(editor, "save")
    assert [cause.code for cause in desk.failures] == ["secret_store_locked"]


def test_a_saved_password_stays_where_nothing_is_typed(desk: Desk) -> None:
    desk.secrets.kept[SLOT] = PASSWORD
    click(desk.open(), "save")
    assert desk.secrets.kept == {SLOT: PASSWORD}
