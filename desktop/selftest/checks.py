"""The checks, in the order of their lines."""

from __future__ import annotations

from desktop.selftest.finding import Check
from desktop.selftest.folders import folders
from desktop.selftest.key_types import KEY_CHECKS
from desktop.selftest.keyring import keyring
from desktop.selftest.screen import drawing, icons, libraries, tray
from desktop.selftest.tunnel import tunnel

CHECKS = (
    Check("libraries", libraries),
    Check("window", drawing),
    Check("icons", icons),
    Check("tray", tray),
    Check("folders", folders),
    Check("keyring", keyring),
    *KEY_CHECKS,
    Check("tunnel", tunnel),
)
