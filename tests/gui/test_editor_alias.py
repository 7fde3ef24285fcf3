"""An alias of ssh_config in the editor and among pasted commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.model import CONFIGURED_PORT, Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route
from desktop.engine.drafts import login_name
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.lookups import Lookups
from desktop.gui.paste_dialog import PasteCommandDialog
from desktop.ssh_config.look import ConfigAliases
from tests.support.standins import StandInStore, StandInTunnels

CONFIG = """\
Host prod prod-old
  HostName bastion.corp.example.com
  User deploy
  Port 2222
  ProxyJump gate
  LocalForward 15432 sales.internal:5432
  LocalForward 13306 orders.internal:3306
Host gate
  User me
Host loop
  ProxyJump other
Host other
  ProxyJump loop
"""
ALIAS = Hop("prod", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG))
SAVED = Connection("Sales", Route((ALIAS,)), Forward(Endpoint("db.internal", 5432), 15432))


@pytest.fixture(autouse=True)
def config(home: Path) -> Path:
    path = home / ".ssh" / "config"
    path.parent.mkdir(mode=0o700)
    path.write_text(CONFIG)
    path.chmod(0o600)
    return path


@pytest.fixture
def library() -> Library:
    library = Library(StandInStore([SAVED]), StandInTunnels())
    library.load()
    return library


@pytest.fixture
def editor(qtbot: QtBot, library: Library) -> Iterator[ConnectionEditor]:
    yield from opened(qtbot, library, None)


@pytest.fixture
def saved_editor(qtbot: QtBot, library: Library) -> Iterator[ConnectionEditor]:
    yield from opened(qtbot, library, SAVED)


def opened(qtbot: QtBot, library: Library, connection: Connection | None) -> Iterator[ConnectionEditor]:
    editor = ConnectionEditor(library, StandInTunnels(), connection, lookups=Lookups(aliases=ConfigAliases()))
    qtbot.addWidget(editor)
    editor.show()
    qtbot.waitUntil(lambda: bool(suggestions(editor)))
    yield editor
    editor.reject()


def suggestions(editor: ConnectionEditor) -> list[str]:
    completer = editor.form.bastion_host.completer()
    model = completer.model()
    return model.stringList() if isinstance(model, QStringListModel) else []


def use_alias(editor: ConnectionEditor) -> QPushButton:
    button = editor.findChild(QPushButton, "use-alias")
    assert button is not None
    return button


def panel_text(editor: ConnectionEditor) -> str:
    return "\n".join(each.text() for each in editor.form.auth.alias.panel.findChildren(QLabel))


def bastion(editor: ConnectionEditor) -> Hop:
    return editor.form.connection().route.bastion


def test_a_host_that_is_an_alias_is_said_to_be_one_and_taken_as_it_is(
    editor: ConnectionEditor, qtbot: QtBot
) -> None:
    assert suggestions(editor) == ["prod", "prod-old", "gate", "loop", "other"]
    editor.form.bastion_host.setText("pro")
    assert not use_alias(editor).isVisible()
    editor.form.bastion_host.setText("prod")
    assert use_alias(editor).isVisible()
    use_alias(editor).click()
    assert not use_alias(editor).isVisible()
    assert bastion(editor) == ALIAS
    qtbot.waitUntil(lambda: "deploy@bastion.corp.example.com:2222" in panel_text(editor))
    assert "1. me@gate:22" in panel_text(editor)
    assert "2. deploy@bastion.corp.example.com:2222" in panel_text(editor)
    assert "~/.ssh/config:2" in panel_text(editor)


def test_what_was_left_to_the_alias_comes_back_with_another_method(editor: ConnectionEditor) -> None:
    editor.form.bastion_host.setText("prod")
    use_alias(editor).click()
    assert (editor.form.bastion_user.text(), editor.form.bastion_port.text()) == ("", "")
    editor.form.auth.method.setCurrentIndex(0)
    assert (bastion(editor).user, bastion(editor).port) == (login_name(), 22)


def test_the_panel_follows_what_is_typed(saved_editor: ConnectionEditor, qtbot: QtBot) -> None:
    editor = saved_editor
    qtbot.waitUntil(lambda: "deploy@bastion.corp.example.com:2222" in panel_text(editor))
    editor.form.bastion_user.setText("eve")
    qtbot.waitUntil(lambda: "eve@bastion.corp.example.com:2222" in panel_text(editor))
    editor.form.bastion_host.setText("elsewhere")
    qtbot.waitUntil(lambda: "No Host line names it" in panel_text(editor))
    editor.form.bastion_host.setText("")
    qtbot.waitUntil(lambda: "Name an alias above" in panel_text(editor))


def test_a_loop_is_told_where_the_alias_is_chosen(
    saved_editor: ConnectionEditor, qtbot: QtBot, config: Path
) -> None:
    saved_editor.form.bastion_host.setText("loop")
    qtbot.waitUntil(lambda: "The jump hosts lead back to one another" in panel_text(saved_editor))
    assert "loop → other → loop" in panel_text(saved_editor)
    assert f"Line 13 of {config}" in panel_text(saved_editor)


def test_an_edited_file_is_read_again(saved_editor: ConnectionEditor, qtbot: QtBot, config: Path) -> None:
    qtbot.waitUntil(lambda: "deploy@bastion.corp.example.com:2222" in panel_text(saved_editor))
    config.write_text("Port many\n")
    saved_editor.form.bastion_user.setText("x")
    qtbot.waitUntil(lambda: f"Line 1 of {config} can't be used." in panel_text(saved_editor))


def test_a_saved_alias_is_shown_and_saved_again_as_it_was(saved_editor: ConnectionEditor) -> None:
    assert bastion(saved_editor) == ALIAS
    assert saved_editor.form.auth.chosen is AuthMethod.SSH_CONFIG


def test_a_pasted_command_that_names_an_alias_fills_the_form_with_it(
    editor: ConnectionEditor, qtbot: QtBot
) -> None:
    editor.paste_bar.line.setText("ssh -N -L 15433:db:5432 prod")
    qtbot.waitUntil(lambda: bastion(editor) == ALIAS)
    editor.paste_bar.line.setText("ssh -N -L 15433:db:5432 me@elsewhere")
    qtbot.waitUntil(lambda: bastion(editor).host == "elsewhere")
    assert not bastion(editor).is_alias


def test_a_pasted_alias_brings_its_own_forwards(library: Library, qtbot: QtBot) -> None:
    dialog = PasteCommandDialog(library, aliases=ConfigAliases())
    qtbot.addWidget(dialog)
    dialog.command.setPlainText("ssh prod")
    qtbot.waitUntil(lambda: len(dialog.drafts) == 2)
    assert {draft.route for draft in dialog.drafts} == {Route((ALIAS,))}
    understood = dialog.findChild(QLabel, "understood")
    assert understood is not None
    assert "me@gate:22 → deploy@bastion.corp.example.com:2222" in understood.text()
    dialog.command.setPlainText("ssh gate")
    qtbot.waitUntil(lambda: "It forwards no port." in understood.text())
    assert dialog.drafts == ()
    dialog.reject()


def test_a_mistake_in_ssh_config_is_told_beside_a_pasted_command(
    library: Library, qtbot: QtBot, config: Path
) -> None:
    config.write_text("Port many\n")
    dialog = PasteCommandDialog(library, aliases=ConfigAliases())
    qtbot.addWidget(dialog)
    dialog.command.setPlainText("ssh -L 15433:db:5432 prod")
    qtbot.waitUntil(lambda: len(dialog.drafts) == 1)
    left_out = dialog.findChild(QLabel, "left-out")
    assert left_out is not None
    assert f"Line 1 of {config} can't be used." in left_out.text()
    dialog.reject()
