"""The checks, in the order of their lines. Each imports what it looks at when its turn comes: that may fail too."""

from __future__ import annotations

from desktop.selftest.finding import Check, Finding
from desktop.selftest.folders import folders
from desktop.selftest.key_types import KEY_CHECKS
from desktop.selftest.keyring import keyring
from desktop.selftest.logins import LOGIN_CHECKS


def _libraries() -> Finding:
    from desktop.selftest.libraries import libraries

    return libraries()


def _drawing() -> Finding:
    from desktop.selftest.screen import drawing

    return drawing()


def _icons() -> Finding:
    from desktop.selftest.screen import icons

    return icons()


def _tray() -> Finding:
    from desktop.selftest.screen import tray

    return tray()


def _tunnel() -> Finding:
    from desktop.selftest.tunnel import tunnel

    return tunnel()


CHECKS = (
    Check("libraries", _libraries),
    Check("window", _drawing),
    Check("icons", _icons),
    Check("tray", _tray),
    Check("folders", folders),
    Check("keyring", keyring),
    *KEY_CHECKS,
    Check("tunnel", _tunnel),
    *LOGIN_CHECKS,
)
