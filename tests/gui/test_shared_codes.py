"""Fifty connections behind a bastion that asks for a code, in the window: one dialog, and a cancel for one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.core.model import Auth, AuthMethod, Connection, Forward, Hop, Route
from desktop.wording.status import overall_line
from tests.gui.real_window import RealWindow, real_window
from tests.support.echo import TcpService, echo
from tests.support.local_clients import answer, client_of
from tests.support.otp_server import Token, count_codes_asked, otp_is_missing
from tests.support.otp_server import server as server
from tests.support.otp_server import token as token
from tests.support.sshd import OpenSshServer
from tests.support.system_user import system_user as system_user

pytestmark = pytest.mark.skipif(bool(otp_is_missing()), reason=otp_is_missing())

FIFTY = 50


@pytest.fixture
def fifty(server: OpenSshServer) -> Iterator[list[Connection]]:
    hop = Hop(server.endpoint.host, server.user, server.endpoint.port, Auth(AuthMethod.INTERACTIVE))
    with echo() as service:
        yield [behind(hop, service, number) for number in range(1, FIFTY + 1)]


@pytest.fixture
def window(
    qapp: QApplication, server: OpenSshServer, fifty: list[Connection], tmp_path: Path
) -> Iterator[RealWindow]:
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(server.known_hosts_line())
    with real_window(known_hosts, *fifty) as opened:
        yield opened


def behind(hop: Hop, service: TcpService, number: int) -> Connection:
    return Connection(f"Warehouse {number}", Route((hop,)), Forward(service.endpoint))


def switch_all_on(window: RealWindow, fifty: list[Connection]) -> None:
    """By the buttons of the window, until all of them wait for one answer."""
    for connection in fifty:
        window.choose(connection)
        window.click("connectButton")
    window.wait(lambda: set(window.lines()) == {"Waits for your answer"})
    window.wait(window.dialog)


def enter(window: RealWindow, code: str) -> None:
    line = window.in_dialog(QLineEdit, "answer-1")
    QTest.keyClicks(line, code)
    QTest.keyClick(line, Qt.Key.Key_Return)


def assert_served(window: RealWindow, connection: Connection) -> None:
    local = window.snapshot(connection).local
    assert local is not None
    with client_of(local) as client:
        assert answer(client, b"select 1") == b"select 1"


def test_one_dialog_names_bastion_and_asker_and_its_answer_serves_all(
    window: RealWindow, server: OpenSshServer, fifty: list[Connection], token: Token
) -> None:
    asked, logins = count_codes_asked(server), server.count_logins()
    switch_all_on(window, fifty)
    assert f"Sign in to {server.endpoint.host}" in window.said()
    account = f"{server.user}@{server.endpoint.host}"
    shared = f"“Warehouse 1” signs in as {account}. 49 more connections share this login."
    # The last ones may join when the question stands there already.
    window.wait(lambda: shared in window.said())
    assert overall_line(window.model.snapshots()) == "50 need attention"
    enter(window, token.code())
    window.wait(lambda: all(line.startswith("Connected") for line in window.lines()))
    window.wait(lambda: window.dialog() is None)
    for connection in fifty:
        assert_served(window, connection)
    assert len(window.dialogs_shown) == 1
    server.expect_logins(logins + 1)
    assert count_codes_asked(server) - asked == 1


def test_cancelling_it_leaves_the_rest_to_whoever_needs_them(
    window: RealWindow, server: OpenSshServer, fifty: list[Connection], token: Token
) -> None:
    asked = count_codes_asked(server)
    switch_all_on(window, fifty)
    window.press("cancel")
    window.wait(lambda: window.lines() == ["Off"] + ["Waits for a program"] * (FIFTY - 1))
    assert window.dialog() is None
    assert count_codes_asked(server) - asked == 1
    window.choose(fifty[7])
    assert window.text("troubleTitle") == f"You did not answer {server.endpoint.host}"
    assert window.buttons() == []
    window.click("connectButton")
    window.wait(window.dialog)
    assert "“Warehouse 8” signs in" in window.said()
    enter(window, token.code())
    window.wait(lambda: window.line(fifty[7]).startswith("Connected"))
    assert_served(window, fifty[7])
    assert window.line(fifty[0]) == "Off"
    assert len(window.dialogs_shown) == 2


def test_after_a_wrong_code_one_click_asks_again(
    window: RealWindow, fifty: list[Connection], token: Token
) -> None:
    switch_all_on(window, fifty)
    enter(window, "00000000")
    window.wait(lambda: set(window.lines()) == {"Answer not accepted"})
    window.wait(lambda: window.dialog() is None)
    assert window.buttons() == ["connectAgainButton"]
    window.click("connectAgainButton")
    window.wait(window.dialog)
    enter(window, token.code())
    chosen = fifty[-1]
    window.wait(lambda: window.line(chosen).startswith("Connected"))
    assert_served(window, chosen)
