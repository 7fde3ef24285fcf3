"""Jump hosts and a proxy in the editor."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.model import (
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Proxy,
    ProxyKind,
    Route,
    SecretKind,
)
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.editor_fields import FieldBox, SecretEdit
from desktop.gui.editor_hop import JumpHostCard
from desktop.gui.editor_proxy import ProxyCard
from desktop.gui.lookups import Lookups
from tests.gui.form_parts import choose
from tests.support.standins import StandInStore, StandInTunnels

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nYWJj\n-----END OPENSSH PRIVATE KEY-----"
BASTION = Hop("bastion.example.com", "ada")
FIRST = Hop("first", "ada", 2222, Auth(AuthMethod.KEY_FILE, "~/key", certificate_file="~/key-cert.pub"))
SECOND = Hop("second", "eve", auth=Auth(AuthMethod.AGENT, agent="/run/agent"))
SOCKS = Proxy(ProxyKind.SOCKS5, "proxy.example.com", 1080, "ada")
FORWARD = Forward(Endpoint("db.internal", 5432), 15432)


@dataclass
class Desk:
    qtbot: QtBot
    store: StandInStore = field(default_factory=StandInStore)
    tunnels: StandInTunnels = field(default_factory=StandInTunnels)

    def open(self, *hops: Hop, proxy: Proxy | None = None) -> ConnectionEditor:
        library = Library(self.store, self.tunnels)
        saved = Connection("Orders", Route((*hops, BASTION), proxy), FORWARD, id="orders")
        editor = ConnectionEditor(library, self.tunnels, saved, lookups=Lookups(lambda key: f"of {len(key)}"))
        self.qtbot.addWidget(editor)
        editor.show()
        return editor

    def save(self, editor: ConnectionEditor) -> Route:
        press(editor, "save")
        assert self.store.saved, trouble(editor)
        return self.store.saved[-1].route

    def secrets(self) -> list[tuple[str, ...]]:
        return [asked[2:] for asked in self.tunnels.asked if asked[0] == "provide_secret"]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def press(parent: QWidget, name: str) -> None:
    button = parent.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.sendPostedEvents()


def enter(parent: QWidget, name: str, text: str) -> None:
    line = parent.findChild(QWidget, name)
    assert line is not None
    assert line.isVisible()
    if isinstance(line, QLineEdit):
        line.selectAll()
    QTest.keyClicks(line, text)


def jumps(editor: ConnectionEditor) -> list[JumpHostCard]:
    """From top to bottom."""
    cards = [card for card in editor.findChildren(JumpHostCard) if card.isVisible()]
    return sorted(cards, key=lambda card: card.y())


def proxy_card(editor: ConnectionEditor) -> ProxyCard:
    card = editor.findChild(ProxyCard)
    assert card is not None
    return card


def trouble(editor: ConnectionEditor) -> str:
    found = editor.findChild(QLabel, "trouble")
    return found.text() if found is not None else ""


def remarks(parent: QWidget) -> list[str]:
    return [box.remark for box in parent.findChildren(FieldBox) if box.remark]


def hint(parent: QWidget, name: str) -> str:
    line = parent.findChild(QLineEdit, name)
    assert line is not None
    return line.placeholderText()


@pytest.mark.parametrize(
    "proxy",
    [None, SOCKS, Proxy(ProxyKind.HTTP, "::1", 3128), Proxy(ProxyKind.COMMAND, command="reach %h %p")],
)
@pytest.mark.parametrize("hops", [(), (FIRST,), (FIRST, SECOND)])
def test_a_way_that_is_only_looked_at_stays_the_same(
    desk: Desk, hops: tuple[Hop, ...], proxy: Proxy | None
) -> None:
    editor = desk.open(*hops, proxy=proxy)
    assert len(jumps(editor)) == len(hops)
    assert desk.save(editor) == Route((*hops, BASTION), proxy)
    assert desk.secrets() == []


def test_without_a_way_there_are_two_quiet_buttons(desk: Desk) -> None:
    editor = desk.open()
    assert not editor.form.route.isVisible()
    assert [each.text() for each in editor.findChildren(QPushButton) if each.property("look") == "quiet"] == [
        "Add a jump host",
        "Use a proxy",
    ]


def test_a_jump_host_is_added_with_a_login_of_its_own(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "add-jump-host")
    (card,) = jumps(editor)
    assert editor.focusWidget() is card.host
    QTest.keyClicks(card.host, "jump.example.com")
    enter(card, "jump-user", "eve")
    enter(card, "jump-password", "sesame")
    enter(editor, "password", "mellon")
    assert desk.save(editor) == Route((Hop("jump.example.com", "eve"), BASTION))
    assert desk.secrets() == [
        (SecretKind.SSH_PASSWORD, "mellon", "True"),
        (SecretKind.SSH_PASSWORD, "sesame", "True", "eve@jump.example.com:22"),
    ]


def test_each_jump_host_has_a_pasted_key_of_its_own(desk: Desk) -> None:
    editor = desk.open()
    for name in ("one", "two"):
        press(editor, "add-jump-host")
        card = jumps(editor)[-1]
        enter(card, "jump-host", name)
        enter(card, "jump-user", "ada")
        choose(card, "jump-auth-method", "Pasted key")
        press(editor, "save")
        assert "Paste the private key here." in remarks(card)
        key = card.findChild(QPlainTextEdit, "jump-private-key")
        assert key is not None
        key.insertPlainText(KEY.replace("YWJj", name))
    route = desk.save(editor)
    assert [hop.auth.method for hop in route.hops] == [AuthMethod.PASTED_KEY] * 2 + [AuthMethod.PASSWORD]
    assert {secret[3] for secret in desk.secrets()} == {"ada@one:22", "ada@two:22"}


def test_jump_hosts_change_places_and_go(desk: Desk) -> None:
    editor = desk.open(FIRST, SECOND)
    first, second = jumps(editor)
    assert (first.accessibleName(), second.accessibleName()) == ("Jump host 1", "Jump host 2")
    press(first, "jump-down")
    QTest.qWait(0)
    assert second.accessibleName() == "Jump host 1"
    assert editor.form.connection().route.hops == (SECOND, FIRST, BASTION)
    press(second, "jump-remove")
    assert desk.save(editor) == Route((FIRST, BASTION))


def test_what_is_wrong_is_said_beside_its_own_jump_host(desk: Desk) -> None:
    editor = desk.open(FIRST, replace(SECOND, host=""))
    first, second = jumps(editor)
    press(editor, "save")
    assert remarks(second) == ["The host of jump host 2 is missing."]
    assert "The host" not in " ".join(remarks(first))
    assert trouble(editor) == "Not saved yet: see what is marked above."
    assert editor.focusWidget() in (first.auth.identity_file.line, second.host)
    enter(second, "jump-host", "first")
    enter(second, "jump-port", "2222")
    assert remarks(second) == ["The host of jump host 2 and its port are those of the jump host before."]


def test_another_login_does_not_take_over_what_was_saved_for_the_old_one(desk: Desk) -> None:
    editor = desk.open(Hop("jump", "ada", auth=Auth(AuthMethod.PASTED_KEY, key_fingerprint="SHA256:x")))
    (card,) = jumps(editor)
    assert hint(card, "jump-passphrase") == "Leave empty to keep the saved one"
    enter(card, "jump-user", "eve")
    assert hint(card, "jump-passphrase") == "Only if the key has one"
    press(editor, "save")
    assert "Paste the private key here." in remarks(card)
    enter(card, "jump-user", "ada")
    assert hint(card, "jump-passphrase") == "Leave empty to keep the saved one"


def test_a_proxy_with_a_login_keeps_its_password_in_the_keyring(desk: Desk) -> None:
    editor = desk.open()
    press(editor, "add-proxy")
    card = proxy_card(editor)
    assert card.port.text() == "1080"
    choose(card, "proxy-kind", "HTTP (CONNECT)")
    assert card.port.text() == "3128"
    enter(card, "proxy-host", "proxy")
    enter(card, "proxy-user", "ada")
    enter(card, "proxy-password", "sesame")
    assert desk.save(editor).proxy == Proxy(ProxyKind.HTTP, "proxy", 3128, "ada")
    assert desk.secrets() == [(SecretKind.PROXY_PASSWORD, "sesame", "True", "proxy")]


def test_a_saved_password_is_for_the_same_proxy_only(desk: Desk) -> None:
    editor = desk.open(proxy=SOCKS)
    card = proxy_card(editor)
    assert hint(card, "proxy-password") == "Leave empty to keep the saved one"
    enter(card, "proxy-host", "other")
    assert hint(card, "proxy-password") == "Asked for when connecting if left empty"


def test_a_proxy_can_be_a_command_and_can_go(desk: Desk) -> None:
    editor = desk.open(proxy=SOCKS)
    choose(proxy_card(editor), "proxy-kind", "A command")
    press(editor, "save")
    assert remarks(proxy_card(editor)) == ["The command is missing."]
    enter(editor, "proxy-command", "reach %h %p")
    assert editor.form.connection().route.proxy == Proxy(ProxyKind.COMMAND, command="reach %h %p")
    press(editor, "proxy-remove")
    assert desk.save(editor).proxy is None


def test_no_secret_stays_in_the_cards_when_the_form_closes(desk: Desk) -> None:
    editor = desk.open(Hop("jump", "ada"), proxy=SOCKS)
    enter(editor, "jump-password", "sesame")
    enter(editor, "proxy-password", "mellon")
    editor.reject()
    for secret in editor.findChildren(SecretEdit):
        secret.line.setEchoMode(QLineEdit.EchoMode.Normal)
        secret.line.undo()
        assert secret.line.text() == ""


def test_the_tab_key_goes_through_the_cards_in_their_order(desk: Desk) -> None:
    editor = desk.open(Hop("jump", "ada"), Hop("other", "ada"))
    press(editor, "add-proxy")
    first, second = jumps(editor)
    editor.form.bastion_host.setFocus()
    order: list[QWidget | None] = []
    while len(order) < 60 and editor.focusWidget() is not editor.form.local_port.automatic:
        focused = editor.focusWidget()
        order.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    stops = [editor.form.auth.password.line, proxy_card(editor).kind, first.host, second.host]
    stops.append(second.auth.password.line)
    places = [order.index(stop) for stop in stops]
    add = editor.findChild(QPushButton, "add-jump-host")
    assert [*places, order.index(add)] == sorted([*places, order.index(add)])


def test_a_new_card_is_scrolled_into_view_on_a_small_screen(desk: Desk) -> None:
    editor = desk.open(Hop("jump", "ada"))
    editor.resize(600, 420)
    press(editor, "add-jump-host")
    card = jumps(editor)[-1]
    desk.qtbot.waitUntil(lambda: not card.host.visibleRegion().isEmpty())


def test_a_pasted_command_fills_the_cards(desk: Desk) -> None:
    editor = ConnectionEditor(Library(desk.store, desk.tunnels), desk.tunnels)
    desk.qtbot.addWidget(editor)
    editor.show()
    editor.paste_bar.line.setText(
        "ssh -N -L 15432:db:5432 me@bastion"
        " -o 'ProxyCommand=ssh -W %h:%p -o \"ProxyCommand=nc -x p:1 %%h %%p\" jump'"
    )
    route = editor.form.connection().route
    assert [hop.host for hop in route.hops] == ["jump", "bastion"]
    assert route.proxy == Proxy(ProxyKind.SOCKS5, "p", 1)
    assert len(jumps(editor)) == 1
