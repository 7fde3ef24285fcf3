from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton

from desktop.core.errors import Cause, SecretStoreLocked
from desktop.core.model import SecretKind, Snapshot
from desktop.core.system_ports import TerminalRun
from desktop.core.terminal_errors import TerminalFailed, TerminalMissing
from desktop.core.tls import Tls, TlsMode
from desktop.gui.secret_clipboard import SecretClipboard
from desktop.wording.messages import title
from tests.gui.window_stage import ORDERS, Stage
from tests.support.fakes import FakeSecrets
from tests.support.sample_kind import KEY, sample_kinds
from tests.support.standins import up
from tests.support.waiting import wait_until

__all__ = ["sample_kinds"]
pytestmark = pytest.mark.usefixtures("sample_kinds")
SAMPLES = replace(ORDERS, kind=KEY, database="my shelf", tls=Tls(TlsMode.VERIFY))
PASSWORD = "open sesame"
SLOT = (SAMPLES.id, SecretKind.WAREHOUSE_PASSWORD)


@dataclass
class Run:
    cause: Cause | None = None

    def trouble(self) -> Cause | None:
        return self.cause


@dataclass
class FakeTerminal:
    """Knows the programs it is told of, and notes what it is to run."""

    programs: tuple[str, ...] = ("psql",)
    run: Run = field(default_factory=Run)
    failure: Exception | None = None
    opened: list[tuple[str, ...]] = field(default_factory=list)

    def find(self, program: str) -> str:
        return f"/usr/bin/{program}" if program in self.programs else ""

    def open(self, words: Sequence[str]) -> TerminalRun:
        if self.failure is not None:
            raise self.failure
        self.opened.append(tuple(words))
        return self.run


class UseStage(Stage):
    def __init__(self, snapshot: Snapshot) -> None:
        self.secrets = FakeSecrets()
        self.terminal = FakeTerminal()
        super().__init__([snapshot], secrets=self.secrets, terminal=self.terminal)

    def visible(self) -> list[str]:
        """The names of the copy buttons that can be seen."""
        buttons = self.window.detail.copy.findChildren(QPushButton)
        names = [each.objectName() for each in buttons if each.isVisible()]
        return [name for name in names if name.startswith("copy")]


@pytest.fixture
def stage(qapp: QApplication) -> Iterator[UseStage]:
    opened = UseStage(up(SAMPLES))
    yield opened
    opened.close()
    QGuiApplication.clipboard().clear()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_the_usual_texts_are_in_sight_and_the_others_a_click_away(stage: UseStage) -> None:
    usual = ["copyUrlWithPassword", "copyUrl", "copyJdbc", "copyPsql", "copyHostAndPort", "copySshCommand"]
    assert stage.visible() == usual

    stage.click("moreFormats")
    assert stage.visible() == [*usual, "copyOdbc", "copyDbtProfileWithPassword", "copyDbtProfile"]

    stage.tell(up(replace(SAMPLES, database="another")))
    assert "copyOdbc" in stage.visible()
    stage.click("moreFormats")
    assert stage.visible() == usual


def test_a_text_of_many_lines_is_shown_on_one_and_copied_whole(stage: UseStage) -> None:
    stage.click("moreFormats")
    stage.click("copyDbtProfile")
    assert clipboard() == "sample:\n  host: 127.0.0.1\n  port: 15432"
    assert "sample:  host: 127.0.0.1  port: 15432" in [
        each.text() for each in stage.window.findChildren(QLabel)
    ]


def test_what_a_text_can_not_keep_of_tls_is_said_below_it(stage: UseStage) -> None:
    assert stage.text("noteJdbc") == "The certificate is not checked"
    assert stage.window.findChild(QLabel, "noteUrl") is None
    notes = stage.part(QLabel, "copyNotes")
    assert notes.text().startswith("JDBC: Encrypted, but this program has no way to check the certificate")

    stage.click("moreFormats")
    assert notes.text().startswith("JDBC, ODBC: Encrypted, but")

    stage.tell(up(replace(SAMPLES, tls=Tls())))
    assert not notes.isVisible()


def test_a_text_with_its_stored_password_goes_to_the_clipboard_and_nowhere_else(stage: UseStage) -> None:
    stage.secrets.kept[SLOT] = PASSWORD
    stage.click("copyUrlWithPassword")

    assert clipboard() == "sample://reader:open%20sesame@127.0.0.1:15432/my%20shelf"
    data = QGuiApplication.clipboard().mimeData()
    assert bytes(data.data("x-kde-passwordManagerHint").data()) == b"secret"
    shown = " ".join(each.text() + each.toolTip() for each in stage.window.findChildren(QLabel))
    assert "sesame" not in shown
    assert "URL, with the password, is on the clipboard" in stage.text("toastWords")


def test_an_ordinary_copy_has_neither_password_nor_mark(stage: UseStage) -> None:
    stage.secrets.kept[SLOT] = PASSWORD
    stage.click("copyUrl")
    assert clipboard() == "sample://reader@127.0.0.1:15432/my%20shelf"
    assert not QGuiApplication.clipboard().mimeData().hasFormat("x-kde-passwordManagerHint")


def type_password(stage: UseStage) -> None:
    QTest.keyClicks(stage.part(QLineEdit, "secret"), PASSWORD)
    stage.click("connect")


def test_a_password_that_is_not_stored_is_asked_for_and_kept(stage: UseStage) -> None:
    stage.click("copyUrlWithPassword")
    assert stage.part(QCheckBox, "remember").isChecked()
    type_password(stage)
    assert "open%20sesame" in clipboard()
    assert stage.secrets.kept == {SLOT: PASSWORD}
    # A tunnel has nothing to do with it, and must not dial anew.
    assert stage.tunnels.asked == []


def test_with_a_locked_keyring_the_password_is_asked_for_and_used_once(stage: UseStage) -> None:
    stage.secrets.trouble = SecretStoreLocked()
    stage.click("copyUrlWithPassword")
    assert "locked" in stage.text("keyring-trouble")
    type_password(stage)
    assert "open%20sesame" in clipboard()
    assert stage.secrets.kept == {}


def test_nothing_is_copied_for_a_port_that_has_closed_meanwhile(stage: UseStage) -> None:
    stage.click("copyUrlWithPassword")
    stage.tell(Snapshot(SAMPLES))
    QGuiApplication.clipboard().setText("before")
    type_password(stage)
    assert clipboard() == "before"


def test_a_secret_leaves_the_clipboard_unless_something_else_was_copied(qapp: QApplication) -> None:
    secrets = SecretClipboard()
    secrets.copy(PASSWORD)
    assert secrets._end.isActive()
    secrets._end.timeout.emit()
    assert clipboard() == ""
    assert not secrets._end.isActive()

    secrets.copy(PASSWORD)
    QGuiApplication.clipboard().setText("something else")
    secrets.clear()
    assert clipboard() == "something else"


def test_the_client_opens_in_a_terminal_word_for_word_and_without_a_password(stage: UseStage) -> None:
    stage.secrets.kept[SLOT] = PASSWORD
    stage.click("openTerminal")
    assert stage.terminal.opened == [
        ("/usr/bin/psql", "host=127.0.0.1", "port=15432", "user=reader", "my shelf")
    ]


def test_the_menu_of_a_connection_opens_it_in_a_terminal_too(stage: UseStage) -> None:
    stage.click("moreButton")
    stage.trigger("terminalAction")
    assert [words[0] for words in stage.terminal.opened] == ["/usr/bin/psql"]


def test_without_the_client_the_button_says_which_one_is_needed(stage: UseStage) -> None:
    stage.terminal.programs = ()
    stage.tell(Snapshot(SAMPLES))
    assert not stage.part(QPushButton, "openTerminal").isVisible()
    stage.tell(up(SAMPLES))
    button = stage.part(QPushButton, "openTerminal")
    assert button.isVisible()
    assert not button.isEnabled()
    assert "needs psql" in button.toolTip()


def test_a_kind_without_a_client_offers_no_terminal(stage: UseStage) -> None:
    stage.tell(up(replace(SAMPLES, kind="other")))
    assert not stage.part(QPushButton, "openTerminal").isVisible()
    assert stage.visible() == ["copyHostAndPort", "copySshCommand"]


def test_a_missing_terminal_is_told(stage: UseStage) -> None:
    stage.terminal.failure = TerminalMissing(looked_for="konsole, xterm")
    stage.click("openTerminal")
    assert "No terminal was found" in stage.text("toastWords")
    assert "konsole, xterm" in stage.text("toastWords")


def test_a_terminal_that_could_not_open_is_told_a_moment_later(stage: UseStage) -> None:
    cause = TerminalFailed(terminal="xterm", reason="can't open display :9").cause
    stage.terminal.run.cause = cause
    stage.click("openTerminal")

    def is_told() -> bool:
        QApplication.processEvents()
        return title(cause) in stage.text("toastWords")

    wait_until(is_told)
    assert "can't open display" in stage.text("toastWords")
