"""Draws resources/screenshots/window-{light,dark}.png from the real window over stand-in tunnels.

usage, from the repository: .venv/bin/python packaging/make-screenshots.py [FOLDER]
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "2"

from PySide6.QtCore import QPointF, QRectF, Qt  # noqa: E402 - reads the environment
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from desktop.core.errors import BastionRefused, PasswordNeeded, PeerLost  # noqa: E402
from desktop.core.model import (  # noqa: E402
    Auth,
    AuthMethod,
    Client,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Outage,
    PathFigures,
    Route,
    Snapshot,
    State,
    Traffic,
)
from desktop.gui.theme import Scheme, Theme  # noqa: E402
from desktop.gui.tokens import current_tokens  # noqa: E402
from desktop.gui.traffic_meter import SAMPLES  # noqa: E402
from tests.gui.window_stage import Stage  # noqa: E402
from tests.support.standins import up  # noqa: E402

SIZE = (1200, 800)
CORNER = 10
COLOURS = 256
KEY = Auth(AuthMethod.KEY_FILE, identity_file="~/.ssh/id_ed25519")
EU = Route((Hop("bastion.eu.example.com", "ada", auth=KEY),))
US = Route((Hop("bastion.us.example.com", "ada", auth=KEY),))
LAB = Route((Hop("jump.lab.example.com", "ada"),))


def main(folder: Path) -> None:
    app = QApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        Theme.apply(app, scheme)
        path = folder / f"window-{scheme}.png"
        draw(path)
        print(f"{path}  {path.stat().st_size // 1000} kB")


def draw(path: Path) -> None:
    stage = staged()
    stage.window.resize(*SIZE)
    stage.settle()
    picture = framed(stage.window.grab())
    stage.close()
    if not with_palette(picture.toImage()).save(str(path), "PNG", 0):
        sys.exit(f"{path} could not be written")


def staged() -> Stage:
    now = time.mktime((*time.localtime()[:3], 14, 32, 8, 0, 0, -1))
    snapshots = connections(now)
    orders = snapshots[0]
    stage = Stage(snapshots)
    stage.now = now
    stage.window.dialogs.close()
    tell_history(stage, orders, now)
    stage.choose(orders.connection)
    stage.tunnels.counters[orders.connection.id] = Traffic(1_480_000, 212_000_000)
    stage.tunnels.paths[orders.connection.id] = PathFigures(17.6, 31_400_000, 4_200_000, 2)
    stage.tunnels.client_lists[orders.connection.id] = clients(time.time())
    stage.window.detail.sample()
    show_traffic(stage)
    return stage


def connections(now: float) -> tuple[Snapshot, ...]:
    orders = saved("Orders", "postgresql", EU, "orders-db.internal", 5432, "Production", "orders")
    billing = saved("Billing", "mysql", EU, "billing-db.internal", 3306, "Production", "billing")
    events = saved("Events", "clickhouse", US, "clickhouse.internal", 8123, "Production", "events")
    finance = saved("Finance mart", "redshift", US, "finance.internal", 5439, "Analytics", "mart")
    lake = saved("Data lake", "trino", US, "trino.internal", 8080, "Analytics", "hive")
    legacy = saved("Legacy reports", "sqlserver", LAB, "reports.internal", 1433, "Analytics", "reports")
    staging = saved("Orders staging", "postgresql", EU, "orders-db.staging", 5432, "Staging", "orders")
    cache = saved("Sessions", "redis", EU, "redis.staging", 6379, "Staging", "")
    refused = BastionRefused(host="bastion.us.example.com", port=22).cause
    asks = PasswordNeeded(user="ada", host="jump.lab.example.com", store="").cause
    waiting = {"state": State.WAITING, "cause": refused, "attempt": 3, "retry_at": now + 4}
    return (
        up(orders, 15432, clients=3, round_trip_ms=18.0, since=now - 8000),
        up(billing, 13306, clients=1, round_trip_ms=18.0),
        Snapshot(events, local=Endpoint("127.0.0.1", 18123), **waiting),  # type: ignore[arg-type]
        Snapshot(finance, local=Endpoint("127.0.0.1", 15439), **waiting),  # type: ignore[arg-type]
        Snapshot(lake),
        Snapshot(legacy, State.FAILED, asks, Endpoint("127.0.0.1", 11433)),
        up(staging, 25432, round_trip_ms=19.0),
        Snapshot(cache),
    )


def saved(name: str, kind: str, route: Route, host: str, port: int, group: str, database: str) -> Connection:
    forward = Forward(Endpoint(host, port))
    return Connection(name, route, forward, kind, database, "analyst", group, id=name.lower())


def tell_history(stage: Stage, orders: Snapshot, now: float) -> None:
    """This morning's connecting, and a bastion that was restarted at noon."""
    connection, local = orders.connection, orders.local
    host = connection.route.bastion.host
    lost, refused = PeerLost(host=host).cause, BastionRefused(host=host, port=22).cause
    client = Client(Endpoint("127.0.0.1", 50388), now - 9_700, False, 96_000, 3_420_000)
    outage = Outage(now - 8_014, lost, lost=(client,))
    again = Snapshot(connection, State.CONNECTING, lost, local, 1, outage=outage)
    waits = replace(again, state=State.WAITING, retry_at=now)
    steps = (
        (20_480, Snapshot(connection, State.CONNECTING, local=local)),
        (20_479, replace(orders, clients=0)),
        (8_014, waits),
        (8_013, again),
        (8_012, replace(waits, cause=refused, attempt=2)),
        (8_001, replace(again, cause=refused, attempt=2)),
        (8_000, replace(orders, outage=replace(outage, ended_at=now - 8_000))),
    )
    stage.tell(Snapshot(connection))
    for ago_s, snapshot in steps:
        stage.window.history.now = lambda ago_s=ago_s: now - ago_s
        stage.tell(snapshot)
    stage.window.history.now = lambda: now


def show_traffic(stage: Stage) -> None:
    """A minute and a half of queries, with a report being exported."""
    card = stage.window.detail.traffic
    card.restart()
    path = stage.tunnels.path_figures(stage.window.detail.connection_id)
    received, sent = 208_600_000, 1_420_000
    for second in range(SAMPLES + 1):
        export = math.exp(-(((second - 34) / 9) ** 2)) + 0.62 * math.exp(-(((second - 69) / 7) ** 2))
        ripple = 1 + 0.22 * math.sin(second * 1.9) + 0.12 * math.sin(second * 0.7)
        received += int((2_400_000 * export + 180_000) * ripple)
        sent += int((150_000 * export + 36_000) * (2 - ripple))
        card.sample(float(second), Traffic(sent, received))
    card.show_path(path)


def clients(now: float) -> tuple[Client, ...]:
    return (
        Client(Endpoint("127.0.0.1", 51422), now - 7_920, False, 312_000, 4_180_000),
        Client(Endpoint("127.0.0.1", 52017), now - 1_500, False, 980_000, 203_000_000),
        Client(Endpoint("127.0.0.1", 53380), now - 42, False, 18_400, 1_240_000),
    )


def with_palette(picture: QImage) -> QImage:
    """A third of the size. The colours left out are those of a few pixels each, on the edges of letters."""
    full = picture.convertToFormat(QImage.Format.Format_ARGB32)
    counts = Counter(memoryview(full.constBits()).cast("I"))
    palette = [colour for colour, _ in counts.most_common(COLOURS)]
    return full.convertToFormat(
        QImage.Format.Format_Indexed8, palette, Qt.ImageConversionFlag.ThresholdDither
    )


def framed(window: QPixmap) -> QPixmap:
    """With round corners and a hairline around it, so that it stands on a page of any colour."""
    ratio = window.devicePixelRatio()
    result = QPixmap(window.size())
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    outline = QPainterPath()
    edge = QRectF(QPointF(0.5, 0.5), window.deviceIndependentSize()).adjusted(0, 0, -1, -1)
    outline.addRoundedRect(edge, CORNER, CORNER)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(outline)
    painter.drawPixmap(0, 0, window)
    painter.setClipping(False)
    painter.setPen(QPen(QColor(current_tokens().border_strong), 1))
    painter.drawPath(outline)
    painter.end()
    return result


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots")
