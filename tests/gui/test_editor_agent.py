"""Logging in by SSH agent, in the editor: the agent's keys are listed, and what was chosen is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop.core.agents import AgentHolding, AgentIdentity, AgentTrouble
from desktop.core.errors import AgentUnavailable
from desktop.core.model import Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.lookups import Lookups
from desktop.ssh.agent_look import AgentLook
from tests.gui.form_parts import choose, part
from tests.support.agents import ssh_agent
from tests.support.keys import make_key
from tests.support.stage import fingerprint_of
from tests.support.standins import StandInStore, StandInTunnels

MINE = AgentIdentity("ssh-ed25519", f"SHA256:{'m' * 43}", "ada@laptop")
OLD = AgentIdentity("ssh-rsa", f"SHA256:{'o' * 43}", "")
TOKEN = AgentIdentity("sk-ssh-ed25519@openssh.com", f"SHA256:{'t' * 43}", "token")
BY_AGENT = Auth(AuthMethod.AGENT, "~/old.pub", OLD.fingerprint, "/run/agent")


@dataclass
class Look:
    """Implements `AgentLook`."""

    named: str
    tell: Callable[[AgentHolding], None]
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True


@dataclass
class Desk:
    """Editors, and the looks at agents that they ask for."""

    qtbot: QtBot
    store: StandInStore = field(default_factory=StandInStore)
    looks: list[Look] = field(default_factory=list)

    def look(self, named: str, tell: Callable[[AgentHolding], None]) -> Look:
        self.looks.append(Look(named, tell))
        return self.looks[-1]

    def open(self, auth: Auth | None = None) -> ConnectionEditor:
        tunnels = StandInTunnels()
        saved = None
        if auth is not None:
            route = Route((Hop("bastion.example.com", "ada", auth=auth),))
            saved = Connection("Orders", route, Forward(Endpoint("db.internal", 5432)))
        library = Library(self.store, tunnels)
        editor = ConnectionEditor(library, tunnels, saved, lookups=Lookups(agents=self.look))
        self.qtbot.addWidget(editor)
        editor.show()
        return editor

    def save(self, editor: ConnectionEditor) -> Auth:
        part(editor, QPushButton, "save").click()
        return self.store.saved[-1].route.bastion.auth


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def shown_keys(editor: ConnectionEditor) -> list[str]:
    box = part(editor, QComboBox, "agent-key")
    return [box.itemText(number) for number in range(box.count())]


def note(editor: ConnectionEditor) -> str:
    return part(editor, QLabel, "agent-note").text()


def test_agents_are_asked_only_when_the_method_is_chosen(desk: Desk) -> None:
    editor = desk.open()
    assert desk.looks == []
    choose(editor, "auth-method", "SSH agent")
    assert [look.named for look in desk.looks] == [""]
    assert note(editor) == "Looking for keys…"
    assert shown_keys(editor) == ["Any key of the agent"]


def test_the_agent_s_keys_are_listed_and_the_chosen_one_is_saved(desk: Desk) -> None:
    editor = desk.open(Auth())
    choose(editor, "auth-method", "SSH agent")
    desk.looks[0].tell(AgentHolding((MINE, OLD), (TOKEN,)))
    assert shown_keys(editor) == [
        "Any key of the agent",
        f"ada@laptop · Ed25519 · {MINE.fingerprint}",
        f"RSA · {OLD.fingerprint}",
    ]
    assert note(editor) == "1 key of the agent can't be used here: sk-ssh-ed25519@openssh.com."
    choose(editor, "agent-key", f"ada@laptop · Ed25519 · {MINE.fingerprint}")
    assert desk.save(editor) == Auth(AuthMethod.AGENT, key_fingerprint=MINE.fingerprint)
    assert desk.looks[0].stopped


def test_any_key_of_an_agent_that_is_found_by_itself_is_the_first_choice(desk: Desk) -> None:
    editor = desk.open(Auth())
    choose(editor, "auth-method", "SSH agent")
    assert desk.save(editor) == Auth(AuthMethod.AGENT)


def test_a_saved_choice_stays_while_its_agent_is_away(desk: Desk) -> None:
    editor = desk.open(BY_AGENT)
    assert part(editor, QLineEdit, "agent-socket").text() == "/run/agent"
    cause = AgentUnavailable(agent="/run/agent", trouble=AgentTrouble.GONE).cause
    desk.looks[0].tell(AgentHolding(cause=cause))
    assert note(editor) == "There is no SSH agent at /run/agent."
    assert desk.save(editor) == BY_AGENT


def test_the_file_of_a_public_half_is_forgotten_with_its_key(desk: Desk) -> None:
    editor = desk.open(BY_AGENT)
    desk.looks[0].tell(AgentHolding((MINE, OLD)))
    assert part(editor, QComboBox, "agent-key").currentText() == f"RSA · {OLD.fingerprint}"
    choose(editor, "agent-key", "Any key of the agent")
    assert desk.save(editor) == replace(BY_AGENT, identity_file="", key_fingerprint="")


def test_another_agent_is_asked_once_its_name_is_typed(desk: Desk) -> None:
    editor = desk.open(BY_AGENT)
    socket = part(editor, QLineEdit, "agent-socket")
    socket.setText("/run/other")
    socket.editingFinished.emit()
    socket.editingFinished.emit()
    assert [(look.named, look.stopped) for look in desk.looks] == [
        ("/run/agent", True),
        ("/run/other", False),
    ]
    desk.looks[0].tell(AgentHolding((MINE,)))
    desk.looks[1].tell(AgentHolding((OLD,)))
    assert shown_keys(editor) == ["Any key of the agent", f"RSA · {OLD.fingerprint}"]


def test_a_look_ends_with_the_editor_and_with_another_method(desk: Desk) -> None:
    editor = desk.open(BY_AGENT)
    choose(editor, "auth-method", "Password")
    assert desk.looks[0].stopped
    choose(editor, "auth-method", "SSH agent")
    editor.reject()
    assert desk.looks[1].stopped


def test_the_keys_of_a_real_agent_come_from_another_thread(qtbot: QtBot) -> None:
    with ssh_agent() as agent:
        key = make_key(agent.socket_path.parent)
        agent.add(key)
        route = Route((Hop("bastion", "ada", auth=Auth(AuthMethod.AGENT, agent=str(agent.socket_path))),))
        saved = Connection("Orders", route, Forward(Endpoint("db.internal", 5432)))
        tunnels = StandInTunnels()
        editor = ConnectionEditor(
            Library(StandInStore(), tunnels), tunnels, saved, lookups=Lookups(agents=AgentLook)
        )
        qtbot.addWidget(editor)
        editor.show()
        qtbot.waitUntil(lambda: len(shown_keys(editor)) == 2)
        assert fingerprint_of(key.public_line) in shown_keys(editor)[1]
