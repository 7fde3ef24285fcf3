"""Imports point one way. CONTRIBUTING.md has the drawing, tests/support/layers.py the table."""

from __future__ import annotations

import pytest

from tests.support.layers import forbidden_imports, imports_of, why_forbidden


def test_no_layer_imports_what_it_must_not() -> None:
    assert list(forbidden_imports()) == []


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("core", "import paramiko"),
        ("core", "import threading"),
        ("core", "from desktop.engine.library import Library"),
        ("engine", "from desktop import ssh"),
        ("ssh", "from desktop.store.paths import Paths"),
        ("ssh", "def dial():\n    import keyring"),
        ("gui", "import paramiko.transport"),
        ("gui", "from desktop.app import main"),
        ("system", "from PySide6.QtWidgets import QWidget"),
        ("system", "from PySide6 import QtGui"),
        ("cli", "from PySide6.QtCore import QObject"),
        ("store", "import requests"),
        ("store", "from ..ssh import keys"),
        ("cellar", "import os"),
    ],
)
def test_a_forbidden_import_is_seen(layer: str, source: str) -> None:
    assert any(why_forbidden(layer, module) for _, module in imports_of(source))


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("core", "import dataclasses"),
        ("engine", "import threading\nfrom desktop.core.system_ports import Clock"),
        ("ssh", "import paramiko\nfrom desktop import __version__"),
        ("gui", "from desktop import APP_NAME\nfrom desktop.engine.library import Library"),
        ("system", "from PySide6.QtNetwork import QLocalServer"),
        ("app", "from desktop.gui.bridge import Bridge"),
    ],
)
def test_an_allowed_import_passes(layer: str, source: str) -> None:
    assert not [
        why_forbidden(layer, module) for _, module in imports_of(source) if why_forbidden(layer, module)
    ]
