"""A host key that changed is replaced only by whoever has its new fingerprint, and on purpose."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.gui.changed_key_question import changed_key_question, confirms, contradicts
from tests.gui.test_prompts_desk import FRAUD, HOST, ORDERS, SALES, Desk
from tests.support.host_keys import CHANGED_FACTS, changed

CHANGED = changed()
FINGERPRINT = str(CHANGED_FACTS["fingerprint"])
ANOTHER = str(CHANGED_FACTS["known_fingerprint"])


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    desk.fail(CHANGED, ORDERS)
    yield desk
    desk.close()


def enter(desk: Desk, text: str) -> QPushButton:
    line = desk.part(QLineEdit, "enteredFingerprint")
    line.clear()
    QTest.keyClicks(line, text)
    desk.settle()
    return desk.part(QPushButton, "replaceKey")


def test_it_shows_both_fingerprints_and_when_the_old_one_was_first_seen(desk: Desk) -> None:
    assert desk.shown == [f"The host key of {HOST} has changed"]
    for words in (
        FINGERPRINT,
        ANOTHER,
        "2026-01-31, 12:00 UTC",
        "known_hosts:12",
        "“Orders”",
        "Nothing was sent",
    ):
        assert words in desk.texts
    assert "ssh-keygen" not in desk.texts
    flags = desk.part(QLabel, "shownFingerprint").textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByMouse


def test_the_key_is_replaced_after_its_fingerprint_was_entered(desk: Desk) -> None:
    assert not desk.part(QPushButton, "replaceKey").isEnabled()
    assert not enter(desk, FINGERPRINT[-7:]).isEnabled()
    assert enter(desk, FINGERPRINT[-8:]).isEnabled()
    assert enter(desk, f" {FINGERPRINT}. ").isEnabled()
    desk.press("replaceKey")
    assert desk.tunnels.asked == [("accept_host_key", "orders", CHANGED_FACTS["key"])]
    assert desk.shown == []


def test_the_fingerprint_of_another_key_is_called_that(desk: Desk) -> None:
    for wrong in (ANOTHER, FINGERPRINT[-8:].swapcase(), f"{FINGERPRINT}x", HOST):
        assert not enter(desk, wrong).isEnabled()
        assert "Another key" in desk.part(QLabel, "verdict").text()


def test_return_says_yes_to_nothing(desk: Desk) -> None:
    enter(desk, FINGERPRINT)
    QTest.keyClick(desk.part(QLineEdit, "enteredFingerprint"), Qt.Key.Key_Return)
    desk.settle()
    assert (desk.tunnels.asked, len(desk.shown)) == ([], 1)
    assert desk.prompts.dialog is not None
    QTest.keyClick(desk.prompts.dialog, Qt.Key.Key_Return)
    desk.settle()
    assert desk.tunnels.asked == [("disconnect", "orders")]


def test_staying_disconnected_is_where_the_focus_is(desk: Desk) -> None:
    stay = desk.part(QPushButton, "stayDisconnected")
    assert stay.isDefault()
    assert stay.hasFocus()
    desk.press("stayDisconnected")
    assert desk.tunnels.asked == [("disconnect", "orders")]


def test_one_answer_serves_all_who_met_the_key(desk: Desk) -> None:
    desk.fail(CHANGED, SALES, FRAUD)
    enter(desk, FINGERPRINT)
    desk.press("replaceKey")
    assert [who for _, who, _ in desk.tunnels.asked] == ["orders", "fraud"]


def test_where_no_answer_is_taken_nothing_is_asked(desk: Desk) -> None:
    desk.press("stayDisconnected")
    desk.fail(changed(key=""), ORDERS)
    assert desk.shown == []


def test_a_key_known_to_ssh_tells_how_ssh_is_to_learn_of_it() -> None:
    facts = {"first_seen": "", "known_in": "/home/ada/.ssh/known_hosts:7", "known_name": "[b]:2222"}
    question = changed_key_question(changed(port=2222, **facts).cause, "“Orders”")
    assert question.known.origin == "From /home/ada/.ssh/known_hosts:7"
    assert question.shown.origin == f"{HOST}, port 2222"
    assert question.afterwards.endswith("ssh-keygen -R '[b]:2222'")


@pytest.mark.parametrize(
    ("entered", "agrees", "differs"),
    [
        ("", False, False),
        ("SHA256:", False, False),
        (FINGERPRINT, True, False),
        (FINGERPRINT.removeprefix("SHA256:"), True, False),
        (FINGERPRINT[-20:], True, False),
        # On the way to the whole of it.
        (FINGERPRINT[:20], False, False),
        (FINGERPRINT[-20:-5], False, False),
        (ANOTHER, False, True),
        (f"{FINGERPRINT[:-1]}q", False, True),
    ],
)
def test_what_counts_as_the_fingerprint(entered: str, agrees: bool, differs: bool) -> None:
    assert (confirms(entered, FINGERPRINT), contradicts(entered, FINGERPRINT)) == (agrees, differs)
    assert not confirms(entered, "")
