"""The page of host keys: looking through them, adding by paste, forgetting."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.errors import Cause, HostKeyRevoked
from desktop.core.host_keys import HostKeyEntry
from desktop.gui.host_keys_dialog import HostKeysDialog
from desktop.ssh.host_key_book import HostKeyBook
from tests.support.host_keys import hashed_name, known_to_ssh, own_path
from tests.support.keys import make_key

Part = TypeVar("Part", bound=QWidget)
HOST = "bastion.example.com"


class SlowBook(HostKeyBook):
    """Its files lie on a share that answers when `answers` is set. `failure` is what changes meet."""

    answers = threading.Event()
    failure: ConfigNotWritable | None = None

    def entries(self) -> list[HostKeyEntry]:
        assert self.answers.wait(10)
        return super().entries()

    def add(self, entries: Sequence[HostKeyEntry]) -> int:
        if self.failure is not None:
            raise self.failure
        return super().add(entries)

    def forget(self, entry: HostKeyEntry) -> None:
        if self.failure is not None:
            raise self.failure
        super().forget(entry)


class Page:
    """The open dialog over real files, and hands for it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.key = _public_line(folder)
        self.folder = folder
        text = f"[{HOST}]:2222 {self.key}\n{hashed_name('db.internal')} {self.key}\n@revoked * {self.key}\n"
        self.book = SlowBook(known_to_ssh(folder, text))
        self.book.add(self.book.read(f"@cert-authority *.internal {self.key}\n{HOST} {self.key}"))
        self._qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.dialog = HostKeysDialog(self.book, self.window)

    def open(self) -> None:
        self.dialog.open()
        self.wait_for_rows(5)

    def open_about(self, cause: Cause) -> None:
        """A new page, that begins there."""
        self.dialog = HostKeysDialog(self.book, self.window, cause)
        self.dialog.open()
        self.wait_for_rows(len(self.book.entries()))

    def rows(self) -> list[tuple[str, ...]]:
        model = self.part(QTableView, "hostKeysTable").model()
        return [
            tuple(model.index(row, column).data() for column in range(model.columnCount()))
            for row in range(model.rowCount())
        ]

    def wait_for_rows(self, count: int) -> None:
        self._qtbot.waitUntil(lambda: len(self.rows()) == count)

    def choose(self, row: int) -> None:
        self.part(QTableView, "hostKeysTable").selectRow(row)

    def search(self, text: str) -> list[str]:
        line = self.part(QLineEdit, "search")
        line.clear()
        QTest.keyClicks(line, text)
        return [row[0] for row in self.rows()]

    def press(self, name: str, over: QWidget | None = None) -> None:
        QTest.mouseClick(self.part(QPushButton, name, over), Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def over(self, name: str) -> QDialog:
        """The dialog that stands over the page."""
        (found,) = [each for each in self.dialog.findChildren(QDialog, name) if each.isVisible()]
        return found

    def part(self, kind: type[Part], name: str, over: QWidget | None = None) -> Part:
        found = (over or self.dialog).findChild(kind, name)
        assert found is not None, name
        return found


def _public_line(folder: Path) -> str:
    return make_key(folder, name="host").public_line


def revoked_in(place: str, fingerprint: str) -> Cause:
    return HostKeyRevoked(
        host=HOST, port=22, key_type="ssh-ed25519", fingerprint=fingerprint, known_in=place
    ).cause


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> Iterator[Page]:
    SlowBook.answers.set()
    SlowBook.failure = None
    page = Page(qtbot, tmp_path)
    yield page
    SlowBook.answers.set()
    if shiboken6.isValid(page.dialog):
        page.dialog.reject()


def test_the_rows_tell_whom_each_key_is_for_and_who_keeps_it(page: Page) -> None:
    page.open()
    authority, ours, theirs, hidden, revoked = page.rows()
    assert authority[:2] == ("*.internal", "Authority · ssh-ed25519")
    assert (ours[0], ours[3]) == (HOST, "Caponier")
    assert ours[2].startswith("20")
    assert theirs == (f"[{HOST}]:2222", "ssh-ed25519", "–", "ssh · known_hosts")
    assert hidden[0] == "Hidden name"
    assert revoked[1] == "Revoked · ssh-ed25519"


def test_only_an_entry_of_our_own_can_be_forgotten(page: Page) -> None:
    page.open()
    for row, own in enumerate((True, True, False, False, False)):
        page.choose(row)
        assert page.part(QPushButton, "forgetHostKey").isVisible() is own
    place = page.part(QLabel, "chosenPlace").text()
    assert place.startswith(f"{page.folder / 'known_hosts'}:3")
    assert "only reads this file. Such a line is changed" in place
    assert page.part(QLabel, "chosenHost").text() == "* · Revoked"
    page.choose(2)
    assert "only reads this file. ssh-keygen -R" in page.part(QLabel, "chosenPlace").text()
    assert page.part(QLabel, "chosenHost").text() == f"[{HOST}]:2222"


def test_the_search_finds_hosts_fingerprints_and_hidden_names(page: Page) -> None:
    page.open()
    assert page.search("BASTION") == [HOST, f"[{HOST}]:2222"]
    assert page.search("revoked") == ["*"]
    assert page.search("db.internal") == ["Hidden name"]
    assert len(page.search(page.book.entries()[0].fingerprint)) == 5
    assert page.search("nowhere") == []
    QTest.keyClick(page.part(QLineEdit, "search"), Qt.Key.Key_Return)
    assert page.dialog.isVisible()
    assert "Nothing matches" in page.part(QLabel, "hostKeysWords").text()
    assert not page.part(QPushButton, "forgetHostKey").isVisible()


def test_forgetting_asks_first_and_says_what_it_means(page: Page) -> None:
    page.open()
    page.choose(1)
    page.press("forgetHostKey")
    question = page.over("confirmDialog")
    assert any("Caponier asks again" in each.text() for each in question.findChildren(QLabel))
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert len(page.rows()) == 5
    page.press("forgetHostKey")
    page.press("confirmButton", page.over("confirmDialog"))
    page.wait_for_rows(4)
    assert f"\n{HOST} " not in own_path(page.folder).read_text()


def test_what_is_pasted_is_shown_before_it_is_added(page: Page) -> None:
    page.open()
    page.press("addHostKey")
    adding = page.over("hostKeyPasteDialog")
    text, verdict = (
        page.part(QPlainTextEdit, "hostKeyText", adding),
        page.part(QLabel, "hostKeyVerdict", adding),
    )
    go_on = page.part(QPushButton, "addKeys", adding)
    assert not go_on.isEnabled()
    text.setPlainText(page.key)
    assert "a key without a host" in verdict.text()
    page.part(QLineEdit, "hostOfKey", adding).setText("new.example.com:2200")
    assert verdict.text().startswith("[new.example.com]:2200 · SHA256:")
    assert go_on.isEnabled()
    text.setPlainText("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert "private key" in verdict.text()
    assert not go_on.isEnabled()
    text.setPlainText(f"# scanned\na.example.com {page.key}\n@revoked * {page.key}")
    page.press("addKeys", adding)
    page.wait_for_rows(7)
    assert "a.example.com" in own_path(page.folder).read_text()


def test_a_file_that_can_t_be_written_is_told(page: Page) -> None:
    page.open()
    SlowBook.failure = ConfigNotWritable(path="/srv/known_hosts", reason="Permission denied")
    page.press("addHostKey")
    adding = page.over("hostKeyPasteDialog")
    page.part(QPlainTextEdit, "hostKeyText", adding).setPlainText(f"a {page.key}")
    page.press("addKeys", adding)
    assert "/srv/known_hosts" in "".join(each.text() for each in adding.findChildren(QLabel))
    adding.reject()
    page.press("forgetHostKey")
    page.press("confirmButton", page.over("confirmDialog"))
    assert "/srv/known_hosts" in "".join(
        each.text() for each in page.over("noticeDialog").findChildren(QLabel)
    )
    page.over("noticeDialog").reject()


def test_the_window_goes_on_while_files_are_slow_and_the_page_may_be_closed_meanwhile(page: Page) -> None:
    SlowBook.answers.clear()
    page.dialog.open()
    QApplication.processEvents()
    assert page.part(QLabel, "hostKeysWords").isVisible()
    assert page.part(QLabel, "hostKeysWords").text() == "Reading…"
    close = page.dialog.findChild(QDialogButtonBox)
    assert close is not None
    close.button(QDialogButtonBox.StandardButton.Close).click()
    assert not page.dialog.isVisible()
    SlowBook.answers.set()
    QApplication.processEvents()


def test_it_begins_at_the_key_in_question_however_many_there_are(page: Page) -> None:
    page.book.add(page.book.read("".join(f"host{number} {page.key}\n" for number in range(80))))
    place = f"{page.folder / 'known_hosts'}:3"
    fingerprint = page.book.entries()[0].fingerprint
    page.open_about(revoked_in(place, fingerprint))
    table = page.part(QTableView, "hostKeysTable")
    assert page.part(QLabel, "chosenPlace").text().startswith(place)
    assert table.currentIndex().siblingAtColumn(1).data() == "Revoked · ssh-ed25519"
    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()))
    assert table.hasFocus()
    assert not page.part(QLabel, "keyElsewhere").isVisible()


def test_where_the_key_in_question_is_not_listed_none_is_chosen_and_its_place_is_told(page: Page) -> None:
    page.open_about(revoked_in("/srv/known:7", "SHA256:none"))
    assert "was at /srv/known:7" in page.part(QLabel, "keyElsewhere").text()
    assert page.part(QLabel, "keyElsewhere").isVisible()
    assert not page.part(QPushButton, "forgetHostKey").isVisible()
    page.choose(1)
    page.press("forgetHostKey")
    page.press("confirmButton", page.over("confirmDialog"))
    page.wait_for_rows(4)
    assert not page.part(QLabel, "keyElsewhere").isVisible()


def test_nobody_is_known_yet(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = HostKeysDialog(HostKeyBook(known_to_ssh(tmp_path, "")))
    qtbot.addWidget(dialog)
    dialog.open()
    words = dialog.findChild(QLabel, "hostKeysWords")
    assert words is not None
    qtbot.waitUntil(lambda: "No host is known yet" in words.text())
    dialog.reject()
