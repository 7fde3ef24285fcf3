"""Draws the window in every state, both themes and two sizes, and looks for what does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop.core.errors import BastionRefused, Offline, PasswordNeeded, WarehouseRefused
from desktop.core.model import Endpoint, Hop, Route, Snapshot, State
from desktop.gui.elided_label import ElidedLabel
from desktop.gui.theme import Scheme, Theme
from tests.gui.conftest import OpenStage
from tests.gui.window_stage import Stage, connection
from tests.support.host_keys import changed
from tests.support.standins import up

HOST = "a-bastion-with-a-long-name.eu-west-1.compute.example.com"
HASH = "SHA256:zzYk2mVz0wq3Vv7lQYxk5Jt8eR9aBcDeFgHiJkLmNop"
CHANGED = changed(host=HOST).cause
LONG = replace(
    connection(
        "A connection with a name that nobody should give but somebody will", kind="sqlserver", group="G" * 60
    ),
    route=Route(tuple(Hop(HOST, "ada", 22000 + number) for number in range(3))),
)
LOCAL = Endpoint("127.0.0.1", 40000)
SNAPSHOTS = (
    up(connection("Up", group="Production"), clients=3),
    up(LONG, cause=WarehouseRefused(bastion=HOST, target="db.internal:1433").cause),
    Snapshot(
        connection("Waiting"), State.WAITING, BastionRefused(host=HOST, port=22).cause, LOCAL, 3, 0.0, 1004.0
    ),
    Snapshot(connection("Offline"), State.WAITING, Offline().cause, LOCAL, parked=2),
    Snapshot(connection("Asks"), State.FAILED, PasswordNeeded(user="ada", host=HOST, store="").cause, LOCAL),
    Snapshot(connection("Failed"), State.FAILED, CHANGED, LOCAL),
    Snapshot(connection("Connecting"), State.CONNECTING, None, LOCAL),
    Snapshot(connection("Closing"), State.CLOSING),
    Snapshot(connection("Off")),
)


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scheme]:
    theme = Theme.apply(qapp, request.param)
    yield request.param
    theme.choose(Scheme.SYSTEM)


@pytest.mark.parametrize("size", [(900, 600), (1400, 900)], ids=str)
def test_every_state_fits_the_window(
    open_stage: OpenStage, scheme: Scheme, size: tuple[int, int], tmp_path: Path
) -> None:
    stage = open_stage(*SNAPSHOTS)
    stage.window.resize(*size)
    for snapshot in SNAPSHOTS:
        stage.choose(snapshot.connection)
        picture = tmp_path / f"{snapshot.connection.id[:12]}-{scheme}.png"
        assert stage.window.grab().save(str(picture))
        assert stage.window.width() == size[0]
        assert list(cut_off(stage)) == []


def test_the_empty_state_fits_the_smallest_window(
    open_stage: OpenStage, scheme: Scheme, tmp_path: Path
) -> None:
    stage = open_stage()
    stage.window.resize(stage.window.minimumSize())
    stage.settle()

    assert stage.window.grab().save(str(tmp_path / f"empty-{scheme}.png"))
    assert list(cut_off(stage)) == []


def cut_off(stage: Stage) -> Iterator[str]:
    """Words and buttons that have less room than they need, or stand outside of what holds them."""
    detail = stage.window.detail
    page = detail.widget()
    if page is not None and page.isVisible() and page.width() > detail.viewport().width():
        yield f"the page is {page.width()} wide"
    labels = [each for each in stage.window.findChildren(QLabel) if not isinstance(each, ElidedLabel)]
    parts: list[QLabel | QPushButton] = [*labels, *stage.window.findChildren(QPushButton)]
    for part in parts:
        holder = part.parentWidget()
        outside = holder is not None and not holder.rect().contains(part.geometry())
        if part.isVisible() and (outside or too_small(part)):
            yield f"{part.objectName()} {part.text()!r}: {part.geometry()}"


def too_small(part: QWidget) -> bool:
    if isinstance(part, QLabel) and part.wordWrap():
        return part.height() < part.heightForWidth(part.width())
    needed = part.minimumSizeHint()
    return part.width() < needed.width() or part.height() < needed.height()
