"""The check of a connection, in its dialog over the window; a test plays the stages, from a thread as a check does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QWidget

from desktop.core.check import Stage as CheckStage
from desktop.core.check import StageName
from desktop.core.errors import (
    BastionRefused,
    Cause,
    ForwardProhibited,
    Offline,
    PasswordNeeded,
    WarehouseRefused,
)
from desktop.core.identity import Guard, WarehouseIdentity
from desktop.core.model import Auth, AuthMethod, Connection, Hop, Route, Snapshot, State
from desktop.gui.check_dialog import CheckDialog
from desktop.gui.check_help import CheckHelp
from desktop.gui.check_row import AHEAD, BUSY, CheckLight, CheckRow
from desktop.gui.theme import Scheme, Theme
from tests.gui.conftest import OpenStage
from tests.gui.test_window_screens import too_small
from tests.gui.window_stage import ORDERS, Stage
from tests.support.standins import StandInCheck, StandInChecks, up

SERVER = tuple(
    CheckStage(name, 12.0, f"{name} found", hop=0)
    for name in (StageName.ROUTE, StageName.SSH, StageName.HOST_KEY, StageName.LOGIN)
)
WELL = (
    *SERVER,
    CheckStage(StageName.FORWARD, 8.0, "to db.internal:5432"),
    CheckStage(StageName.WAREHOUSE, 0.1, "the bastion reaches it"),
    CheckStage(StageName.PROTOCOL, 19.0, "PostgreSQL"),
)
PROHIBITED = CheckStage(
    StageName.FORWARD,
    8.0,
    cause=ForwardProhibited(bastion="bastion.example.com", target="db.internal:5432").cause,
)
DIRECT = CheckStage(StageName.DIRECT, 4.0, "it can be reached", note="A direct connection is faster.")
TITLES = [
    "Name and route to bastion.example.com",
    "SSH",
    "Host key",
    "Login as ada",
    "Forwarding allowed",
    "The bastion reaches the warehouse",
    "It speaks PostgreSQL",
    "TLS",
    "Without the bastion",
]


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scheme]:
    theme = Theme.apply(qapp, request.param)
    yield request.param
    theme.choose(Scheme.SYSTEM)


def opened(open_stage: OpenStage, connection: Connection = ORDERS) -> tuple[Stage, StandInCheck]:
    stage = open_stage(up(connection))
    stage.click("checkButton")
    return stage, stage.checks.started[-1]


def play(stage: Stage, check: StandInCheck, *stages: CheckStage, ends: bool = True) -> None:
    """On a thread of its own, as it is with a real one."""
    thread = threading.Thread(target=lambda: check.play(*stages, ends=ends))
    thread.start()
    thread.join()
    stage.settle()


def dialog_of(stage: Stage) -> CheckDialog:
    dialog = stage.dialog()
    assert isinstance(dialog, CheckDialog)
    return dialog


def rows(stage: Stage) -> list[CheckRow]:
    found = [row for row in dialog_of(stage).findChildren(CheckRow) if row.isVisible()]
    return sorted(found, key=lambda row: row.y())


def said(stage: Stage) -> list[str]:
    """What somebody hears of each row, without its title."""
    return [row.accessibleName().partition(": ")[2] for row in rows(stage)]


def titles(stage: Stage) -> list[str]:
    return [row.accessibleName().partition(": ")[0] for row in rows(stage)]


def words(stage: Stage, name: str) -> list[str]:
    return [each.text() for each in dialog_of(stage).findChildren(QLabel, name) if each.isVisible()]


def test_the_stages_that_are_ahead_are_shown_before_any_was_walked(open_stage: OpenStage) -> None:
    stage, _ = opened(open_stage)
    assert titles(stage) == TITLES
    assert said(stage) == ["under way", *["not reached"] * 8]
    assert stage.text("checkVerdict") == "Checking…"


def test_each_stage_is_shown_as_it_is_done(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    play(stage, check, *WELL[:2], ends=False)
    assert said(stage)[:4] == [
        "well, 12 ms, route found",
        "well, 12 ms, ssh found",
        "under way",
        "not reached",
    ]


def test_a_check_that_went_well_says_so_and_leaves_out_what_there_was_not(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    play(stage, check, *WELL, DIRECT)
    assert stage.text("checkVerdict") == "All is well · 8 stages in 79 ms"
    assert titles(stage) == [each for each in TITLES if each != "TLS"]
    assert words(stage, "checkNote") == ["A direct connection is faster."]


def test_the_first_failure_is_explained_with_causes_and_settings_to_copy(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    play(stage, check, *SERVER, PROHIBITED)

    assert stage.text("checkVerdict") == "bastion.example.com does not allow forwarding to db.internal:5432"
    assert "AllowTcpForwarding" in words(stage, "likelyCause")[0]
    assert said(stage)[5:] == ["not reached"] * 4
    stage.click("copySetting")
    assert "    PermitOpen db.internal:5432" in QGuiApplication.clipboard().text().splitlines()


def test_what_follows_a_failure_is_told_in_short(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    refused = WarehouseRefused(bastion="bastion.example.com", target="db.internal:5432").cause
    play(stage, check, *SERVER, PROHIBITED, CheckStage(StageName.WAREHOUSE, 1.0, cause=refused), DIRECT)

    assert len(dialog_of(stage).findChildren(CheckHelp)) == 1
    assert "The warehouse db.internal:5432 refused the connection" in words(stage, "checkDetail")


def test_several_servers_have_a_heading_each(open_stage: OpenStage) -> None:
    route = Route((Hop("jump.example.com", "ada"), Hop("inner", "eve", 2222)))
    stage, _ = opened(open_stage, replace(ORDERS, route=route))
    assert words(stage, "checkHeading") == [
        "Jump host · jump.example.com:22",
        "Bastion · inner:2222",
        "Warehouse · db.internal:5432",
    ]
    assert titles(stage)[3:6] == ["Login as ada", "Name and route to inner", "SSH"]


def test_servers_that_an_alias_stands_for_get_rows_as_they_come(open_stage: OpenStage) -> None:
    alias = Hop("work", "", 0, Auth(AuthMethod.SSH_CONFIG))
    stage, check = opened(open_stage, replace(ORDERS, route=Route((alias,))))
    assert words(stage, "checkHeading") == []
    first = [replace(each, server="jump:22") for each in SERVER]
    second = [replace(each, hop=1, server="inner:22") for each in SERVER]
    play(stage, check, *first, *second, ends=False)

    assert words(stage, "checkHeading") == [
        "Jump host · jump:22",
        "Bastion · inner:22",
        "Warehouse · db.internal:5432",
    ]
    assert titles(stage)[:5] == ["Name and route", "SSH", "Host key", "Login", "Name and route"]


def test_closing_stops_the_check(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    stage.press(Qt.Key.Key_Escape)
    assert check.is_stopped
    assert stage.dialog() is None


@pytest.mark.usefixtures("qapp")
def test_a_dialog_that_goes_with_its_window_stops_the_check() -> None:
    checks, window = StandInChecks(), QWidget()
    dialog = CheckDialog(ORDERS, checks, window)
    dialog.open()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert checks.started[0].is_stopped


def test_check_again_begins_anew_and_return_presses_it(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    assert not stage.part(QPushButton, "checkAgain").isEnabled()
    play(stage, check, *SERVER, PROHIBITED)
    stage.press(Qt.Key.Key_Return)

    assert len(stage.checks.started) == 2
    assert said(stage)[0] == "under way"
    assert not words(stage, "likelyCause")


def test_the_login_to_the_warehouse_is_made_only_where_it_is_wanted(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    assert not check.with_login
    stage.part(QCheckBox, "withLogin").click()
    stage.settle()

    assert check.is_stopped
    assert stage.checks.started[-1].with_login
    assert "Login to the warehouse as reader" in titles(stage)


def test_without_a_warehouse_user_the_login_can_t_be_chosen_and_the_reason_is_said(
    open_stage: OpenStage,
) -> None:
    stage, _ = opened(open_stage, replace(ORDERS, warehouse_user=""))
    assert not stage.part(QCheckBox, "withLogin").isEnabled()
    assert "no warehouse user" in stage.text("loginObstacle")


def test_the_report_on_the_clipboard_is_for_an_administrator(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    assert not stage.part(QPushButton, "copyReport").isEnabled()
    play(stage, check, *SERVER, PROHIBITED)
    stage.click("copyReport")

    report = QGuiApplication.clipboard().text()
    assert report.startswith("Check of the connection Orders\n")
    assert "FAILED" in report
    assert "PermitOpen db.internal:5432" in report


def test_who_the_warehouse_is_is_told_where_no_guard_is_set(open_stage: OpenStage) -> None:
    known = WarehouseIdentity(certificate="SHA256:a")
    for guard, expected in ((Guard(), [known]), (Guard(True, known), [])):
        stage, check = opened(open_stage, replace(ORDERS, guard=guard))
        found: list[object] = []
        dialog_of(stage).identity_found.connect(found.append)
        play(stage, check, *WELL, CheckStage(StageName.TLS, 4.0, identity=known))
        assert found == expected


def test_whom_a_check_found_is_remembered_by_a_button(open_stage: OpenStage) -> None:
    known = WarehouseIdentity(certificate="SHA256:a")
    stage, check = opened(open_stage, ORDERS)
    play(stage, check, *WELL, CheckStage(StageName.TLS, 4.0, identity=known))
    stage.click("rememberWarehouse")
    assert stage.store.saved[0].guard == Guard(True, known)


def test_a_check_is_offered_in_the_menu_and_where_there_is_trouble(open_stage: OpenStage) -> None:
    cause = BastionRefused(host="bastion.example.com", port=22).cause
    stage = open_stage(Snapshot(ORDERS, State.WAITING, cause))
    stage.click("checkTroubleButton")
    assert isinstance(stage.dialog(), CheckDialog)
    stage.press(Qt.Key.Key_Escape)
    stage.click("moreButton")
    stage.trigger("checkAction")
    assert isinstance(stage.dialog(), CheckDialog)


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (State.WAITING, Offline().cause),
        (State.FAILED, PasswordNeeded(user="ada", host="bastion.example.com", store="").cause),
    ],
)
def test_where_a_check_would_not_help_trouble_offers_none(
    open_stage: OpenStage, state: State, cause: Cause
) -> None:
    stage = open_stage(replace(Snapshot(ORDERS, state), cause=cause))
    assert not stage.part(QPushButton, "checkTroubleButton").isVisible()


def test_the_light_of_what_is_under_way_turns_only_while_it_is_seen(open_stage: OpenStage) -> None:
    stage, check = opened(open_stage)
    first, second = (row.light for row in rows(stage)[:2])
    assert (first.look, second.look) == (BUSY, AHEAD)
    assert (first.is_turning, second.is_turning) == (True, False)
    play(stage, check, *WELL)
    assert not any(light.is_turning for light in dialog_of(stage).findChildren(CheckLight))


@pytest.mark.parametrize("size", [(520, 380), (900, 800)], ids=str)
def test_nothing_is_cut_off_whatever_the_size(
    open_stage: OpenStage, scheme: Scheme, size: tuple[int, int]
) -> None:
    assert scheme
    stage, check = opened(open_stage)
    dialog_of(stage).resize(*size)
    play(stage, check, *SERVER, PROHIBITED, DIRECT)
    labels = dialog_of(stage).list.findChildren(QLabel)
    assert [each.text() for each in labels if each.isVisible() and too_small(each)] == []
    assert dialog_of(stage).list.width() <= dialog_of(stage).width()
