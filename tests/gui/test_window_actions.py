from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.model import Snapshot, State
from desktop.gui.editor import ConnectionEditor
from desktop.gui.main_window import MainWindow
from desktop.gui.paste_dialog import PasteCommandDialog
from desktop.wording import messages
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import EVENTS, ORDERS, Stage, connection
from tests.support.standins import up

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_enter_in_the_list_connects_and_disconnects(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    stage.press(Qt.Key.Key_Return)
    stage.tell(up(ORDERS))
    stage.press(Qt.Key.Key_Return)

    assert stage.tunnels.asked == [("connect", ORDERS.id), ("disconnect", ORDERS.id)]


def test_keys_open_the_editor_and_the_paste_dialog(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))

    stage.press(Qt.Key.Key_N, CONTROL)
    assert isinstance(stage.dialog(), ConnectionEditor)
    stage.window.dialogs.close()
    stage.settle()
    assert stage.dialog() is None
    stage.press(Qt.Key.Key_V, CONTROL)

    assert isinstance(stage.dialog(), PasteCommandDialog)


def test_delete_asks_first_and_enter_keeps_the_connection(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    stage.press(Qt.Key.Key_Delete)
    dialog = stage.dialog()
    assert dialog is not None
    assert dialog.objectName() == "confirmDialog"

    stage.press(Qt.Key.Key_Return)

    assert stage.dialog() is None
    assert stage.tunnels.asked == []


def test_a_confirmed_delete_removes_it_from_file_and_engine(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(EVENTS))
    stage.window.delete_connection(ORDERS.id)
    stage.click("confirmButton")

    assert stage.store.saved == (EVENTS,)
    assert stage.tunnels.asked == [("remove", ORDERS.id)]
    assert stage.text("connectionName") == "Events"


def test_a_delete_that_cannot_be_saved_is_said_and_changes_nothing(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    error = ConfigNotWritable(path="connections.json", reason="Permission denied")
    stage.store.failure = error
    stage.window.delete_connection(ORDERS.id)
    stage.click("confirmButton")

    assert messages.title(error.cause) in stage.text("toastWords")
    assert stage.rows() == ["[Production]", "Orders"]


def test_deleting_the_only_match_of_a_search_shows_what_is_left(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS), Snapshot(EVENTS))
    stage.window.sidebar.search.setText("orders")
    stage.window.delete_connection(ORDERS.id)
    stage.click("confirmButton")

    assert stage.text("connectionName") == "Events"


def test_duplicate_opens_a_form_with_a_free_name(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    stage.window.duplicate_connection(ORDERS.id)

    editor = stage.dialog()
    assert isinstance(editor, ConnectionEditor)
    assert editor.form.name.text() == "Orders 2"


def test_what_was_just_added_is_chosen(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    fresh = connection("Fresh")
    stage.window.actions_desk.saved.emit(fresh.id)

    stage.library.put(fresh)
    stage.settle()

    assert stage.window.sidebar.current_id == fresh.id
    assert stage.text("connectionName") == "Fresh"


def test_the_menu_offers_only_what_is_allowed(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    off = menu_texts(stage)
    stage.tell(Snapshot(ORDERS, State.WAITING))
    waiting = menu_texts(stage)

    rest = ["Check…", "Edit…", "Duplicate…", "Copy as ssh command", "Export…", "Delete…"]
    assert off == ["Connect", *rest]
    assert waiting == ["Disconnect", "Retry now", *rest]


def test_the_menu_copies_the_ssh_command(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    stage.click("moreButton")
    stage.trigger("copySshAction")

    assert QGuiApplication.clipboard().text().startswith("ssh -N -L 15432:db.internal:5432 ")
    assert stage.text("toastWords") == "The ssh command is on the clipboard"


@pytest.mark.parametrize("name", ["emptyAdd", "emptyPaste"])
def test_the_empty_state_leads_to_a_first_connection(open_stage: OpenStage, name: str) -> None:
    stage = open_stage()
    stage.click(name)

    expected = ConnectionEditor if name == "emptyAdd" else PasteCommandDialog
    assert isinstance(stage.dialog(), expected)


def test_the_demo_is_asked_for_from_both_pages(open_stage: OpenStage) -> None:
    stage = open_stage()
    asked: list[bool] = []
    stage.window.demo_requested.connect(lambda: asked.append(True))

    stage.click("emptyDemo")
    stage.trigger("demoAction")

    assert len(asked) == 2


def test_only_one_dialog_is_open_at_a_time(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    stage.window.add_connection()
    stage.window.paste_command()
    stage.settle()

    assert isinstance(stage.dialog(), PasteCommandDialog)


def test_closing_hides_the_window_where_it_can_be_found_again(open_stage: OpenStage) -> None:
    stage = open_stage(Snapshot(ORDERS))
    ended = note_closing(stage.window)
    stage.hides = True
    stage.window.close()
    assert not stage.window.isVisible()
    assert not ended

    stage.window.bring_forward()
    stage.hides = False
    stage.window.close()

    assert ended == [True]


def note_closing(window: MainWindow) -> list[bool]:
    ended: list[bool] = []
    window.closed.connect(lambda: ended.append(True))
    return ended


def menu_texts(stage: Stage) -> list[str]:
    stage.click("moreButton")
    menu = stage.part(QMenu, "connectionMenu")
    texts = [action.text().partition("\t")[0] for action in menu.actions() if not action.isSeparator()]
    menu.close()
    stage.settle()
    return texts
