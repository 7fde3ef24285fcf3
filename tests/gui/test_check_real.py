"""The window's check over the real thing: a bastion's port that is closed is found, explained, and left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.compose.check import BackgroundChecks
from desktop.compose.check_parts import CheckParts
from desktop.core.model import Hop, Route
from desktop.core.plan import plan_of
from desktop.engine.link_secrets import LinkSecrets, nothing_typed
from desktop.gui.check_dialog import CheckDialog
from desktop.ssh.known_hosts import KnownHosts
from tests.gui.window_stage import ORDERS
from tests.support.daemon import free_port
from tests.support.fakes import FakeSecrets

PATIENCE_MS = 20_000


@pytest.fixture
def checks(tmp_path: Path) -> Iterator[BackgroundChecks]:
    secrets = FakeSecrets()
    parts = CheckParts(
        lambda id_: LinkSecrets(nothing_typed, (id_,), secrets), KnownHosts(tmp_path / "known"), plan_of
    )
    running = BackgroundChecks(parts)
    yield running
    running.close()


def test_a_closed_port_of_the_bastion_is_explained(qtbot: QtBot, checks: BackgroundChecks) -> None:
    port = free_port()
    dialog = CheckDialog(replace(ORDERS, route=Route((Hop("127.0.0.1", "ada", port),))), checks)
    dialog.open()
    again = dialog.findChild(QPushButton, "checkAgain")
    verdict = dialog.findChild(QLabel, "checkVerdict")
    assert again is not None
    assert verdict is not None
    qtbot.waitUntil(again.isEnabled, timeout=PATIENCE_MS)
    assert verdict.text() == f"127.0.0.1 refused the connection on port {port}"
    dialog.reject()
    QApplication.processEvents()
