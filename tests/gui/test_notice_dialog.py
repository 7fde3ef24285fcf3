"""A dialog with a sentence that must be read."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.gui.notice_dialog import NoticeDialog

PATH = "/srv/people/ada/a/rather/long/way/to/the/folder/connections.damaged-20260101T120000Z.json"


@pytest.mark.parametrize("times", [1, 12])
def test_all_of_a_long_text_can_be_seen(qtbot: QtBot, times: int) -> None:
    dialog = NoticeDialog("The saved connections can't be read", f"It is kept as {PATH}. " * times)
    dialog.open()
    qtbot.waitExposed(dialog)
    for label in dialog.findChildren(QLabel):
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())
    dialog.reject()


def test_its_button_closes_it(qtbot: QtBot) -> None:
    dialog = NoticeDialog("Read this", "It matters.")
    dialog.open()
    with qtbot.waitSignal(dialog.accepted):
        button = dialog.findChild(QPushButton, "read")
        assert button is not None
        button.click()
