"""What a login asks, in one dialog after the other's place, and nowhere else afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.challenge import Challenge, ChallengePrompt
from desktop.core.challenge_errors import AwaitsClient
from desktop.core.model import Connection, Snapshot, State
from desktop.gui.challenge_dialog import ChallengeDialog
from desktop.gui.route_stops import stops_of
from desktop.gui.state_look import ASKS, LOOKS, ON_DEMAND, Look, look_of
from tests.gui.test_prompts_desk import FRAUD, HOST, NEEDED, ORDERS, SALES, Desk
from tests.support.standins import up

CODE = Challenge(1, "ada", HOST, prompts=(ChallengePrompt("Code:"),), asker="orders")
TWO = Challenge(
    2, "ada", HOST, title="Sign-on", text="Who?\nAnd what?", asker="orders",
    prompts=(ChallengePrompt("Card:", shown=True), ChallengePrompt("PIN:")),
)  # fmt: skip
PASSWORD = Challenge(
    4, "ada", HOST, prompts=(ChallengePrompt("Password:"),), asker="orders", wants_password=True
)
PUSH = Challenge(3, "ada", HOST, text="Approve on your phone", asker="orders")
FORTY_LINES = "\n".join(f"line {number}" for number in range(40))


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    yield desk
    desk.close()


def ask(desk: Desk, challenge: Challenge, *connections: Connection) -> None:
    for connection in connections or (ORDERS,):
        desk.tunnels.tell(Snapshot(connection, State.CONNECTING, since=1.0, challenge=challenge))
    desk.settle()


def line(desk: Desk, number: int = 1) -> QLineEdit:
    return desk.part(QLineEdit, f"answer-{number}")


def state_text(desk: Desk) -> str:
    label = desk.part(QLabel, "challenge-state")
    return label.text() if label.isVisible() else ""


def test_the_prompt_names_the_bastion_and_the_connection_that_asks(desk: Desk) -> None:
    ask(desk, replace(CODE, asker="sales"), ORDERS, SALES)
    assert desk.shown == [f"Sign in to {HOST}"]
    assert f"“Sales” signs in as ada@{HOST}. One more connection shares this login." in desk.texts
    assert line(desk).echoMode() is QLineEdit.EchoMode.Password
    assert line(desk).accessibleName() == "Code:"
    assert line(desk).hasFocus()


def test_an_answer_goes_out_once_and_the_dialog_waits_for_the_server(desk: Desk) -> None:
    ask(desk, CODE, ORDERS, SALES)
    QTest.keyClicks(line(desk), "123456")
    QTest.keyClick(line(desk), Qt.Key.Key_Return)
    desk.settle()
    assert desk.tunnels.asked == [("answer_challenge", "orders", "1", "123456")]
    assert (line(desk).text(), line(desk).isEnabled()) == ("", False)
    assert state_text(desk) == "Waiting for the server…"
    # A second Return in a hurry neither answers nor cancels.
    assert desk.prompts.dialog is not None
    QTest.keyClick(desk.prompts.dialog, Qt.Key.Key_Return)
    ask(desk, CODE.answered(), ORDERS, SALES)
    assert len(desk.tunnels.asked) == 1
    desk.tunnels.tell(up(ORDERS))
    desk.tunnels.tell(up(SALES))
    desk.settle()
    assert desk.shown == []
    assert len(desk.tunnels.asked) == 1


def test_a_further_round_takes_the_same_place(desk: Desk) -> None:
    ask(desk, CODE)
    dialog = desk.prompts.dialog
    QTest.keyClicks(line(desk), "123456")
    desk.press("continue")
    ask(desk, CODE.answered())
    ask(desk, TWO)
    assert desk.prompts.dialog is dialog
    assert all(words in desk.texts for words in ("Sign-on", "Who?\nAnd what?", "Card:", "PIN:"))
    assert (line(desk).text(), line(desk).isEnabled(), line(desk).hasFocus()) == ("", True, True)
    assert desk.part(QPushButton, "continue").isEnabled()


def test_a_further_round_and_a_longer_explanation_get_the_room_they_need(desk: Desk) -> None:
    ask(desk, CODE)
    assert all_is_in_sight(desk)
    ask(desk, TWO)
    assert all_is_in_sight(desk)
    ask(desk, TWO, replace(ORDERS, name="Orders of all regions, as they were last night"), SALES)
    assert all_is_in_sight(desk)
    QTest.keyClicks(line(desk, 2), "34")
    desk.press("continue")
    assert state_text(desk)
    assert all_is_in_sight(desk)


def all_is_in_sight(desk: Desk) -> bool:
    dialog = desk.prompts.dialog
    assert dialog is not None
    parts: list[QWidget] = [*dialog.findChildren(QLineEdit), *dialog.findChildren(QLabel)]
    shown = [each for each in parts if each.isVisible()]
    return all(each.visibleRegion().boundingRect() == each.rect() for each in shown) and all(
        each.height() >= each.heightForWidth(each.width()) for each in shown
    )


def test_return_goes_to_the_next_field_and_then_sends_them_all(desk: Desk) -> None:
    ask(desk, TWO)
    assert [line(desk, number).echoMode() for number in (1, 2)] == [
        QLineEdit.EchoMode.Normal,
        QLineEdit.EchoMode.Password,
    ]
    QTest.keyClicks(line(desk, 1), "12")
    QTest.keyClick(line(desk, 1), Qt.Key.Key_Return)
    assert (desk.tunnels.asked, line(desk, 2).hasFocus()) == ([], True)
    QTest.keyClicks(line(desk, 2), "34")
    QTest.keyClick(line(desk, 2), Qt.Key.Key_Enter)
    assert desk.tunnels.asked == [("answer_challenge", "orders", "2", "12", "34")]


def test_a_password_can_be_remembered_and_a_code_can_not(desk: Desk) -> None:
    ask(desk, PASSWORD)
    assert desk.part(QCheckBox, "remember").isChecked()
    QTest.keyClicks(line(desk), "sesame")
    QTest.keyClick(line(desk), Qt.Key.Key_Return)
    assert desk.tunnels.asked == [("answer_challenge", "orders", "4", "sesame", "remember")]
    assert not desk.part(QCheckBox, "remember").isEnabled()
    ask(desk, CODE)
    assert desk.prompts.dialog is not None
    boxes = [each for each in desk.prompts.dialog.findChildren(QCheckBox) if each.isVisible()]
    assert boxes == []


def test_a_password_that_is_not_to_be_remembered_is_not(desk: Desk) -> None:
    ask(desk, PASSWORD)
    desk.part(QCheckBox, "remember").click()
    QTest.keyClicks(line(desk), "sesame")
    desk.press("continue")
    assert desk.tunnels.asked == [("answer_challenge", "orders", "4", "sesame")]


def test_without_a_keyring_a_challenge_says_so(desk: Desk) -> None:
    ask(desk, replace(PASSWORD, store="secret_store_missing"))
    assert "has no keyring, so this is kept in memory until you quit" in desk.texts
    QTest.keyClicks(line(desk), "sesame")
    desk.press("continue")
    assert desk.tunnels.asked == [("answer_challenge", "orders", "4", "sesame")]


def test_cancelling_declines_for_the_one_that_asks_and_is_not_asked_again(desk: Desk) -> None:
    ask(desk, CODE, ORDERS, SALES)
    desk.press("cancel")
    assert desk.tunnels.asked == [("decline_challenge", "orders", "1")]
    assert desk.shown == []
    ask(desk, replace(CODE, number=5, asker="sales"), SALES)
    assert "“Sales” signs in" in desk.texts


def test_a_push_is_shown_while_it_lasts_and_can_be_cancelled_only(desk: Desk) -> None:
    ask(desk, PUSH)
    assert desk.shown == [f"{HOST} waits for you"]
    assert "Approve on your phone" in desk.texts
    assert state_text(desk).startswith("Waiting for your yes")
    assert not desk.part(QPushButton, "continue").isVisible()
    assert desk.prompts.dialog is not None
    QTest.keyClick(desk.prompts.dialog, Qt.Key.Key_Return)
    assert desk.tunnels.asked == []
    QTest.keyClick(desk.prompts.dialog, Qt.Key.Key_Escape)
    desk.settle()
    assert desk.tunnels.asked == [("decline_challenge", "orders", "3")]


def test_the_server_s_text_is_no_markup_and_scrolls_when_it_is_long(desk: Desk) -> None:
    ask(desk, replace(CODE, title="<b>Bold</b>", text=f"<a href='https://evil.example'>x</a>\n{FORTY_LINES}"))
    text = desk.part(QLabel, "server-text")
    assert text.textFormat() is Qt.TextFormat.PlainText
    assert text.text().startswith("<a href=")
    assert desk.prompts.dialog is not None
    (area,) = desk.prompts.dialog.findChildren(QScrollArea)
    assert area.height() < text.height()
    assert desk.prompts.dialog.height() < 600


def test_what_was_typed_is_gone_with_the_dialog(desk: Desk) -> None:
    ask(desk, TWO)
    lines = [line(desk, 1), line(desk, 2)]
    for each in lines:
        QTest.keyClicks(each, "hush")
    dialog = desk.prompts.dialog
    assert isinstance(dialog, ChallengeDialog)
    dialog.reject()
    assert [(each.text(), each.isUndoAvailable()) for each in lines] == [("", False), ("", False)]


def test_an_update_about_something_else_leaves_what_was_typed(desk: Desk) -> None:
    ask(desk, CODE, ORDERS, SALES)
    QTest.keyClicks(line(desk), "12")
    desk.tunnels.tell(up(FRAUD))
    desk.tunnels.tell_change("orders", parked=2)
    desk.settle()
    assert line(desk).text() == "12"


def test_when_the_asker_is_switched_off_the_dialog_speaks_for_the_next(desk: Desk) -> None:
    ask(desk, CODE, ORDERS, SALES)
    QTest.keyClicks(line(desk), "12")
    desk.tunnels.tell(Snapshot(ORDERS))
    ask(desk, replace(CODE, asker="sales"), SALES)
    assert "“Sales” signs in" in desk.texts
    assert line(desk).text() == "12"
    desk.press("continue")
    assert desk.tunnels.asked == [("answer_challenge", "sales", "1", "12")]


def test_a_challenge_waits_in_the_same_line_as_every_other_question(desk: Desk) -> None:
    desk.fail(NEEDED, FRAUD)
    ask(desk, CODE)
    assert desk.shown == ["Password needed"]
    desk.enter("open sesame")
    desk.press("connect")
    assert desk.shown == [f"Sign in to {HOST}"]


def test_the_login_s_failure_takes_the_dialog_away(desk: Desk) -> None:
    ask(desk, CODE)
    desk.tunnels.tell(Snapshot(ORDERS, State.WAITING))
    desk.settle()
    assert (desk.shown, desk.tunnels.asked) == ([], [])


@pytest.mark.parametrize(
    ("snapshot", "words", "look"),
    [
        (Snapshot(ORDERS, State.CONNECTING, challenge=CODE), "Asks you", ASKS),
        (Snapshot(ORDERS, State.CONNECTING, challenge=PUSH), "Connecting", LOOKS[State.CONNECTING]),
        (Snapshot(ORDERS, State.WAITING, AwaitsClient().cause), "Not connected", LOOKS[State.OFF]),
    ],
)
def test_the_route_shows_who_asks_and_nothing_wrong_where_nobody_is_needed(
    snapshot: Snapshot, words: str, look: Look
) -> None:
    bastion = stops_of(snapshot)[1]
    assert (bastion.words, bastion.light) == (words, look)


def test_in_list_and_tray_a_login_that_asks_looks_like_every_question() -> None:
    assert look_of(Snapshot(ORDERS, State.CONNECTING, challenge=CODE)) == ASKS
    assert look_of(Snapshot(ORDERS, State.CONNECTING, challenge=CODE.answered())) == LOOKS[State.CONNECTING]
    assert look_of(Snapshot(ORDERS, State.WAITING, AwaitsClient().cause)) == ON_DEMAND
