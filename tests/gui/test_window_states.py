"""Plays what can happen to a connection to a real window, reads what it says, and takes a picture of each state.

The pictures are kept in the folder that CAPONIER_PICTURES names, else in the test's own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.core.errors import (
    AuthRejected,
    BastionRefused,
    CaptivePortal,
    Offline,
    PasswordNeeded,
    PeerLost,
    ServerShedding,
)
from desktop.core.model import Client, Endpoint, Outage, Snapshot, State
from desktop.gui.connections_model import Role
from desktop.gui.theme import Scheme, Theme
from tests.gui.conftest import OpenStage
from tests.gui.test_window_screens import cut_off
from tests.gui.window_stage import EVENTS, ORDERS, SCRATCH, Stage, connection
from tests.support.house import ROOT
from tests.support.standins import up
from tests.support.xvfb import missing_programs, virtual_screen

HOST = ORDERS.route.bastion.host
NOON = time.mktime((*time.localtime()[:3], 12, 0, 0, 0, 0, -1))
# The first has room for everything, also the log; the second is the smallest there is.
SIZES = ((1180, 1160), (820, 520))
RUN_TIMEOUT_S = 100
LOCAL = Endpoint("127.0.0.1", 15432)
LOST = PeerLost(host=HOST).cause
OFFLINE = Offline().cause
PORTAL = CaptivePortal().cause
REFUSED = BastionRefused(host=HOST, port=2222).cause
SHEDDING = ServerShedding(host=HOST, port=2222).cause
NEEDED = PasswordNeeded(user="ada", host=HOST, store="").cause
WRONG = AuthRejected(user="ada", host=HOST, method="password").cause
CLIENTS = (
    Client(Endpoint("127.0.0.1", 50123), NOON - 720, False, 41_000, 3_400_000),
    Client(Endpoint("127.0.0.1", 50388), NOON - 45, False, 2_100, 96_000),
)
OUTAGE = Outage(NOON, LOST)
OFF = Snapshot(ORDERS)
DIALS = Snapshot(ORDERS, State.CONNECTING, local=LOCAL)
UP = up(ORDERS, clients=2, since=NOON - 900)
ASKED = replace(UP, probing=True)
AGAIN = replace(DIALS, cause=LOST, attempt=1, outage=OUTAGE)
DOUBTED = replace(DIALS, cause=LOST, probing=True, clients=2, outage=OUTAGE)
WAITS = replace(AGAIN, state=State.WAITING, retry_at=NOON + 1)
REFUSED_TWICE = replace(WAITS, cause=REFUSED, attempt=3, retry_at=NOON + 8)
BACK = up(ORDERS, since=NOON + 12, outage=replace(OUTAGE, ended_at=NOON + 12))
BACK_WITH_LOSSES = replace(BACK, outage=replace(OUTAGE, ended_at=NOON + 12, lost=CLIENTS))


@dataclass(frozen=True)
class Scene:
    """What is told, each with the seconds after noon, and what then stands in the list, the header and the log.

    `log` are its newest lines, newest first. `banner` is its title, empty where there is none.
    """

    name: str
    told: tuple[tuple[float, Snapshot], ...]
    words: str
    summary: str
    log: tuple[str, ...]
    banner: str = ""


CONNECTED = ((-901, DIALS), (-900, UP))
SCENES = (
    Scene(
        "connected",
        CONNECTED,
        "Connected · 23 ms · 2 clients",
        "1 connected",
        ("Connected; listening on 127.0.0.1:15432", f"Connecting to {HOST}:2222"),
    ),
    Scene(
        "probing",
        (*CONNECTED, (0, ASKED)),
        "Checking the connection…",
        "1 checking",
        ("Connected; listening on 127.0.0.1:15432",),
    ),
    Scene(
        "probing-beside-a-new-login",
        (*CONNECTED, (0, ASKED), (0.5, DOUBTED)),
        "Checking the connection…",
        "1 checking",
        (f"{HOST} does not answer; connecting anew",),
    ),
    Scene(
        "reconnecting",
        (*CONNECTED, (0, replace(AGAIN, attempt=0))),
        "Reconnecting…",
        "1 reconnecting",
        (f"The connection to {HOST} was lost; connecting anew",),
        f"The connection to {HOST} was lost",
    ),
    Scene(
        "counting-down",
        (
            *CONNECTED,
            (0, WAITS),
            (1, AGAIN),
            (2, replace(REFUSED_TWICE, attempt=2)),
            (3, AGAIN),
            (4, REFUSED_TWICE),
        ),
        "Reconnecting in 4 s (attempt 3)",
        "1 reconnecting",
        (
            f"{HOST} refused the connection on port 2222; attempt 3 follows",
            f"{HOST} refused the connection on port 2222; attempt 2 follows",
            f"The connection to {HOST} was lost; trying again soon",
        ),
        f"{HOST} refused the connection on port 2222",
    ),
    Scene(
        "waiting-for-network",
        (*CONNECTED, (0, replace(WAITS, cause=OFFLINE, attempt=0, retry_at=None, parked=3))),
        "Waiting for network · 3 clients waiting",
        "1 waiting for network",
        ("This computer is offline; waiting",),
        "This computer is offline",
    ),
    Scene(
        "behind-a-captive-portal",
        (*CONNECTED, (0, WAITS), (1, replace(WAITS, cause=PORTAL, retry_at=NOON + 6))),
        "Waiting for network sign-in",
        "1 waiting for network sign-in",
        ("This network wants you to sign in first; trying again soon",),
        "This network wants you to sign in first",
    ),
    Scene(
        "turned-away",
        (*CONNECTED, (0, WAITS), (3, replace(WAITS, cause=SHEDDING, attempt=3, retry_at=NOON + 15))),
        "Turned away; trying again in 12 s",
        "1 reconnecting",
        (f"{HOST} is turning connections away; attempt 3 follows",),
        f"{HOST} is turning connections away",
    ),
    Scene(
        "needs-a-password",
        ((-1, DIALS), (0, replace(DIALS, state=State.FAILED, cause=NEEDED))),
        "Needs password",
        "1 needs attention",
        (f"The password of ada on {HOST} is needed", f"Connecting to {HOST}:2222"),
        f"The password of ada on {HOST} is needed",
    ),
    Scene(
        "password-no-longer-valid",
        (*CONNECTED, (0, WAITS), (1, AGAIN), (2, replace(AGAIN, state=State.FAILED, cause=WRONG))),
        "Login refused",
        "1 needs attention",
        (f"{HOST} refused the password of ada", f"The connection to {HOST} was lost; trying again soon"),
        f"{HOST} refused the password of ada",
    ),
    Scene(
        "back-with-lost-clients",
        (*CONNECTED, (0, WAITS), (1, AGAIN), (12, BACK), (13, BACK_WITH_LOSSES)),
        "Connected · 23 ms",
        "1 connected",
        (
            "2 client connections were lost: 127.0.0.1:50123 (open for 12 min, 3.40 MB received),"
            " 127.0.0.1:50388 (open for 45 s, 96.0 kB received)",
            "Connected again after 12 s",
            f"The connection to {HOST} was lost; trying again soon",
        ),
    ),
    Scene(
        "only-silent",
        (*CONNECTED, (0, ASKED), (0.5, DOUBTED), (2, replace(UP, since=NOON + 2))),
        "Connected · 23 ms · 2 clients",
        "1 connected",
        (
            "The session had only been silent: it answered after 2 s, nothing was lost",
            f"{HOST} does not answer; connecting anew",
        ),
    ),
)


@pytest.fixture(params=[Scheme.LIGHT, Scheme.DARK])
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scheme]:
    theme = Theme.apply(qapp, request.param)
    yield request.param
    theme.choose(Scheme.SYSTEM)


@pytest.fixture
def keep(tmp_path: Path) -> Callable[[Stage, str], None]:
    """Takes the window's picture."""
    folder = Path(os.environ.get("CAPONIER_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(stage: Stage, name: str) -> None:
        assert stage.window.grab().save(str(folder / f"{name}.png"))

    return take


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_window_tells_the_truth(
    open_stage: OpenStage, scheme: Scheme, scene: Scene, keep: Callable[[Stage, str], None]
) -> None:
    stage = open_stage(
        OFF, Snapshot(EVENTS), Snapshot(SCRATCH), Snapshot(connection("Billing", group="Production"))
    )
    play(stage, scene)

    for size in SIZES:
        stage.window.resize(*size)
        stage.settle()
        keep(stage, f"{scene.name}-{scheme}-{size[0]}")
        assert list(cut_off(stage)) == []
        assert fits(stage.part(QLabel, "stateLine"))
    assert row_words(stage) == scene.words
    assert stage.text("stateLine") == scene.words
    assert stage.text("summary") == scene.summary
    assert stage.events()[: len(scene.log)] == list(scene.log)
    assert banner(stage) == scene.banner


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or bool(missing_programs()),
    reason="needs X11 programs: Xvfb, openbox, trayer, xdotool, dbus",
)
def test_it_does_so_on_a_real_screen_too(tmp_path: Path) -> None:
    """The same stories in a process of their own: Qt's platform is chosen once."""
    stories = [__file__, "-k", "tells_the_truth and light"]
    with virtual_screen(tray=False) as screen:
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                *stories,
                "--basetemp",
                tmp_path / "x11",
            ],
            cwd=ROOT,
            env=screen.environment,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT_S,
            check=False,
        )

    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{len(SCENES)} passed" in run.stdout


def play(stage: Stage, scene: Scene) -> None:
    stage.window.history.now = lambda: stage.now
    stage.choose(ORDERS)
    for seconds, snapshot in scene.told:
        stage.now = NOON + seconds
        stage.tunnels.client_lists[ORDERS.id] = tuple(map(of_today, CLIENTS[: snapshot.clients]))
        stage.tell(snapshot)
    stage.window.detail.sample()
    stage.settle()


def of_today(client: Client) -> Client:
    """The window counts a client's age from the real time."""
    return replace(client, opened_at=client.opened_at - NOON + time.time())


def row_words(stage: Stage) -> str:
    rows = (stage.model.index(row, 0) for row in range(stage.model.rowCount()))
    return next(str(row.data(Role.STATE_LINE)) for row in rows if row.data(Role.ID) == ORDERS.id)


def fits(label: QLabel) -> bool:
    return label.fontMetrics().horizontalAdvance(label.text()) <= label.width()


def banner(stage: Stage) -> str:
    shown = stage.part(QLabel, "troubleTitle")
    return shown.text() if shown.isVisible() else ""
