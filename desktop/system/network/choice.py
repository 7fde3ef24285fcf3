"""The network monitor of this system."""

from __future__ import annotations

import sys
from functools import partial
from typing import NoReturn

from desktop.core.system_ports import NetworkMonitor
from desktop.system.network.fingerprint import fingerprint, system_readers
from desktop.system.network.monitor import WatchingMonitor

if sys.platform == "linux":
    from desktop.system.network.linux import open_bell as open_bell
elif sys.platform == "darwin":
    from desktop.system.network.macos import open_bell as open_bell
elif sys.platform == "win32":
    from desktop.system.network.windows import open_bell as open_bell
else:

    def open_bell() -> NoReturn:
        raise OSError("not known for this system")


def network_monitor() -> NetworkMonitor:
    """Not started."""
    return WatchingMonitor(open_bell, partial(fingerprint, system_readers()))
