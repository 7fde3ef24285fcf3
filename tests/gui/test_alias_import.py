"""Import from ~/.ssh/config, in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.model import AnyHost, AuthMethod, Snapshot
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import ORDERS, Stage

CONFIG = """\
Host prod
  HostName bastion.corp.example.com
  LocalForward 15432 sales.internal:5432
  LocalForward 0.0.0.0:13306 orders.internal:3306
  DynamicForward 1080
  LocalForward /run/here.sock db:5432
Host bad
  ProxyJump bad
Host plain
"""


@pytest.fixture
def config(home: Path) -> Path:
    path = home / ".ssh" / "config"
    path.parent.mkdir(mode=0o700)
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


@pytest.fixture
def stage(open_stage: OpenStage) -> Stage:
    return open_stage(Snapshot(ORDERS))


def opened(stage: Stage, qtbot: QtBot) -> QDialog:
    stage.trigger("aliasImportAction")
    qtbot.waitUntil(lambda: stage.dialog() is not None)
    dialog = stage.dialog()
    assert dialog is not None
    return dialog


def boxes(dialog: QDialog) -> dict[str, QCheckBox]:
    found = dialog.findChildren(QCheckBox)
    return {box.accessibleName(): box for box in found if box.objectName() != "tickAll"}


def sentences(dialog: QDialog) -> str:
    return "\n".join(each.text() for each in dialog.findChildren(QLabel))


@pytest.mark.usefixtures("config")
def test_every_forward_of_an_alias_is_offered_and_saved_when_the_person_agrees(
    stage: Stage, qtbot: QtBot
) -> None:
    dialog = opened(stage, qtbot)
    found = [(name, box.isChecked(), box.isEnabled()) for name, box in boxes(dialog).items()]
    assert found == [
        ("prod sales.internal:5432", True, True),
        ("prod orders.internal:3306", True, True),
        ("prod SOCKS", True, True),
        ("prod", False, False),
        ("bad", False, False),
    ]
    go_on = dialog.findChild(QPushButton, "goOn")
    assert go_on is not None
    go_on.click()
    stage.settle()
    first, second, third = stage.library.connections[1:]
    assert (first.route.bastion.host, first.route.bastion.auth.method) == ("prod", AuthMethod.SSH_CONFIG)
    assert third.forward.target == AnyHost()
    assert (second.forward.local_port, second.forward.local_host) == (13306, "127.0.0.1")


def test_what_is_odd_is_said_beside_it(stage: Stage, qtbot: QtBot, config: Path) -> None:
    text = sentences(opened(stage, qtbot))
    assert "Local port 15432 is taken; it gets an automatic one." in text
    assert "here it is for this one alone" in text
    assert "LocalForward /run/here.sock [db]:5432 is left out" in text
    assert f"Line 8 of {config} can't be used." in text
    assert "1 alias forwards nothing." in text


def test_a_mistake_in_the_file_is_told_with_its_line(stage: Stage, qtbot: QtBot, config: Path) -> None:
    config.write_text("Host a\n  LocalForward 1 b:2\nPort many\n")
    assert f"Line 3 of {config} can't be used" in sentences(opened(stage, qtbot))
    assert len(stage.library.connections) == 1


def test_without_an_alias_the_window_says_so(open_stage: OpenStage, qtbot: QtBot) -> None:
    stage = open_stage()
    stage.click("emptyAliasImport")
    qtbot.waitUntil(lambda: "names no alias" in stage.text("toastWords"))


@pytest.mark.usefixtures("config")
def test_a_window_that_hides_needs_no_answer(stage: Stage) -> None:
    stage.window.alias_import.choose()
    stage.window.hide()
    stage.settle()
    assert stage.dialog() is None
