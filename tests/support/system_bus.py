"""A D-Bus system bus of a test's own, which can be killed and started again at the same address."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jeepney.io.blocking import open_dbus_connection

from tests.support.waiting import wait_until

_STOP_TIMEOUT_S = 5.0

# No <servicedir>: nothing starts by itself on this bus. Programs of any user may use it.
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""

needs_dbus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")


class SystemBus:
    """A real dbus-daemon. Use it by `private_system_bus`."""

    def __init__(self, folder: Path) -> None:
        self._config_path = folder / "bus.conf"
        self._config_path.write_text(_CONFIG.format(folder=folder), encoding="utf-8")
        self._daemon: subprocess.Popen[bytes] | None = None
        self.address = f"unix:path={folder}/bus"

    @property
    def environment(self) -> dict[str, str]:
        """For a program that is to use this bus."""
        return {"DBUS_SYSTEM_BUS_ADDRESS": self.address}

    def start(self) -> None:
        """Returns when it accepts connections."""
        self._daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={self._config_path}", "--nofork", "--nosyslog", "--nopidfile"],
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._accepts)

    def kill(self) -> None:
        """End it as a crash would: the connections with it, while its socket stays in the folder."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(_STOP_TIMEOUT_S)
            self._daemon = None

    def _accepts(self) -> bool:
        try:
            open_dbus_connection(self.address).close()
        except OSError:
            return False
        return True


@contextmanager
def private_system_bus() -> Iterator[SystemBus]:
    """A bus that runs. For programs started with `SystemBus.environment`."""
    # Not pytest's tmp_path, whose long names leave no room for a socket's.
    folder = Path(tempfile.mkdtemp(prefix="system-bus-"))
    folder.chmod(0o755)
    bus = SystemBus(folder)
    try:
        bus.start()
        yield bus
    finally:
        bus.kill()
        shutil.rmtree(folder, ignore_errors=True)
