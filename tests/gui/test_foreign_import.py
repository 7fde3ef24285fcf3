"""Import from other programs, in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.core.model import Snapshot
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import ORDERS, Stage

SERVICES = "[sales]\nhost=db.internal\nuser=ada\npassword=sesame\n[mine]\nhost=/run/postgresql\n"
SOURCES = (
    '{"connections": {"a": {"name": "Stock", "driver": "mysql8", "configuration": {"host": "db.internal"}}}}'
)


@pytest.fixture
def stage(open_stage: OpenStage) -> Stage:
    return open_stage(Snapshot(ORDERS))


def opened(stage: Stage, qtbot: QtBot) -> QDialog:
    qtbot.waitUntil(lambda: stage.dialog() is not None)
    dialog = stage.dialog()
    assert dialog is not None
    return dialog


def test_what_another_program_knows_is_offered_and_saved(stage: Stage, qtbot: QtBot, home: Path) -> None:
    (home / ".pg_service.conf").write_text(SERVICES)
    stage.trigger("import-pg-service")
    dialog = opened(stage, qtbot)
    boxes = [box for box in dialog.findChildren(QCheckBox) if box.objectName() != "tickAll"]
    found = [(box.accessibleName(), box.isChecked(), box.isEnabled()) for box in boxes]
    assert found == [("sales", True, True), ("mine", False, False)]
    text = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    assert "PostgreSQL at db.internal:5432, directly" in text
    assert "The file holds a password, which was left there" in text
    assert "it leads to a socket of this computer" in text
    assert "sesame" not in text
    stage.click("goOn")
    assert [each.name for each in stage.library.connections] == ["Orders", "sales"]
    assert stage.window.detail.connection_id == stage.library.connections[-1].id


def test_where_nothing_is_found_a_file_can_be_chosen(
    open_stage: OpenStage, qtbot: QtBot, tmp_path: Path
) -> None:
    stage = open_stage()
    stage.window.empty.foreign_import_wanted.emit("pgadmin")
    chooser = opened(stage, qtbot)
    assert isinstance(chooser, QFileDialog)
    assert "Import/Export Servers" in stage.text("toastWords")
    path = tmp_path / "servers.json"
    path.write_text('{"Servers": 7}')
    line = chooser.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(str(path))
    chooser.accept()
    qtbot.waitUntil(lambda: isinstance(stage.dialog(), QDialog) and stage.dialog() is not chooser)
    dialog = stage.dialog()
    assert dialog is not None
    assert dialog.windowTitle() == "This is no file of connections that Caponier can read"


def test_a_file_that_can_t_be_read_is_told_beside_what_the_others_hold(
    stage: Stage, qtbot: QtBot, home: Path
) -> None:
    folder = home / ".local/share/DBeaverData/workspace6"
    for project, text in (("General", '{"connections": {"a": {"configuration": '), ("Work", SOURCES)):
        path = folder / project / ".dbeaver" / "data-sources.json"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    stage.trigger("import-dbeaver")
    dialog = opened(stage, qtbot)
    boxes = [box for box in dialog.findChildren(QCheckBox) if box.objectName() != "tickAll"]
    found = [(box.accessibleName(), box.isChecked(), box.isEnabled()) for box in boxes]
    assert found == [("data-sources.json", False, False), ("Stock", True, True)]
    text = "\n".join(each.text() for each in dialog.findChildren(QLabel))
    assert "One file can't be read; it stands first, with the reason." in text
    assert str(folder / "General" / ".dbeaver" / "data-sources.json") in text
    assert "Can't be read: it is not JSON, line 1" in text
    stage.click("goOn")
    assert [each.name for each in stage.library.connections] == ["Orders", "Stock"]


def test_a_window_that_hides_needs_no_answer(stage: Stage) -> None:
    stage.window.foreign_import.choose("dbeaver")
    stage.window.hide()
    stage.settle()
    assert stage.dialog() is None
