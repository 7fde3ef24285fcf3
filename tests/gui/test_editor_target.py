"""Where a connection leads, as the form asks for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from desktop.core.model import AnyHost, Connection, Endpoint, Forward, Hop, Route, Target, UnixSocket
from desktop.core.warehouses import OTHER
from desktop.engine.library import Library
from desktop.gui.editor import ConnectionEditor
from desktop.gui.editor_target import ANY_HOST_HINT
from tests.gui.form_parts import choose, remark
from tests.support.standins import StandInStore, StandInTunnels

ORDERS = Connection(
    "Orders", Route((Hop("bastion", "ada"),)), Forward(Endpoint("db.internal", 5432), 15432, "::1")
)
SOCKET = UnixSocket("/run/postgresql/.s.PGSQL.5432")
INPUTS = ("target-host", "target-port", "target-socket", "database", "warehouse-user")


@pytest.fixture
def library() -> Library:
    return Library(StandInStore(), StandInTunnels())


class Form:
    """The editor of one connection, with hands and eyes."""

    def __init__(self, qtbot: QtBot, library: Library, connection: Connection | None) -> None:
        self.library = library
        self.editor = ConnectionEditor(library, StandInTunnels(), connection)
        qtbot.addWidget(self.editor)
        self.editor.show()

    def enter(self, name: str, text: str) -> None:
        line = self.line(name)
        line.clear()
        QTest.keyClicks(line, text)

    def line(self, name: str) -> QLineEdit:
        line = self.editor.findChild(QLineEdit, name)
        assert line is not None
        return line

    def shown(self) -> list[str]:
        return [name for name in INPUTS if self.line(name).isVisible()]

    def target(self) -> Target:
        return self.editor.form.connection().forward.target


@pytest.fixture
def form(qtbot: QtBot, library: Library) -> Form:
    return Form(qtbot, library, ORDERS)


@pytest.fixture
def blank(qtbot: QtBot, library: Library) -> Form:
    return Form(qtbot, library, None)


@pytest.mark.parametrize(
    "target", [Endpoint("db.internal", 5432), Endpoint("::1", 1), SOCKET, AnyHost()], ids=str
)
def test_what_was_saved_is_shown_and_given_back_unchanged(
    qtbot: QtBot, library: Library, target: Target
) -> None:
    saved = replace(ORDERS, forward=replace(ORDERS.forward, target=target))
    assert Form(qtbot, library, saved).editor.form.connection() == saved


def test_each_choice_asks_for_what_it_needs_and_no_more(form: Form) -> None:
    assert form.shown() == ["target-host", "target-port", "database", "warehouse-user"]
    choose(form.editor, "target-choice", "A Unix socket on the bastion")
    assert form.shown() == ["target-socket", "database", "warehouse-user"]
    choose(form.editor, "target-choice", "Any host (SOCKS)")
    assert form.shown() == []
    assert ANY_HOST_HINT in [each.text() for each in form.editor.findChildren(QLabel) if each.isVisible()]
    assert form.target() == AnyHost()


def test_what_was_typed_for_another_choice_is_kept(form: Form) -> None:
    choose(form.editor, "target-choice", "A Unix socket on the bastion")
    form.enter("target-socket", str(SOCKET))
    assert form.target() == SOCKET
    choose(form.editor, "target-choice", "A host and port")
    assert form.target() == Endpoint("db.internal", 5432)
    choose(form.editor, "target-choice", "A Unix socket on the bastion")
    assert form.target() == SOCKET


def test_an_address_of_ipv6_may_stand_in_brackets(form: Form) -> None:
    form.enter("target-host", "[::1]")
    assert form.target() == Endpoint("::1", 5432)


def test_a_path_that_can_t_be_one_is_said_beside_it(form: Form) -> None:
    choose(form.editor, "target-choice", "A Unix socket on the bastion")
    assert remark(form.editor, "target-socket") == ""
    form.enter("target-socket", "run/x.sock")
    assert remark(form.editor, "target-socket").startswith(
        "The socket's path must be the whole one on the bastion"
    )
    form.enter("target-socket", "/run/x.sock")
    assert remark(form.editor, "target-socket") == ""


def test_a_kind_that_sends_its_clients_on_suggests_any_host(blank: Form) -> None:
    choose(blank.editor, "kind", "Snowflake")
    assert blank.target() == AnyHost()
    choose(blank.editor, "kind", "Databricks")
    assert blank.target() == AnyHost()
    choose(blank.editor, "kind", "MySQL")
    assert blank.target() == Endpoint("", 3306)


def test_a_host_that_was_typed_is_not_taken_away_by_the_kind(form: Form) -> None:
    choose(form.editor, "kind", "Snowflake")
    assert form.target() == Endpoint("db.internal", 5432)


def test_any_host_that_was_chosen_stays_whatever_the_kind(blank: Form) -> None:
    choose(blank.editor, "target-choice", "Any host (SOCKS)")
    choose(blank.editor, "kind", OTHER.title)
    assert blank.target() == AnyHost()


def test_the_local_port_that_is_usual_for_socks_is_the_example(form: Form) -> None:
    fixed = form.editor.findChild(QRadioButton, "local-port-fixed")
    assert fixed is not None
    assert form.line("local-port").placeholderText() == "15432"
    choose(form.editor, "target-choice", "Any host (SOCKS)")
    assert form.line("local-port").placeholderText() == "1080"
