"""A real Secret Service (gnome-keyring) on a D-Bus of its own, away from the person's keyring."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from unittest import mock

import secretstorage

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 5.0

_PASSWORD = b"keyring password of the tests"
# No <servicedir>: nothing starts by itself on this bus, neither a keyring nor a program that prompts.
_BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class SecretService:
    """A bus, and a keyring on it once `start_keyring` was called. Use it by `private_secret_service`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.bus_address = f"unix:path={folder}/bus"
        self._bus = self._start_bus()
        self._keyring: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs in its environment to reach this keyring, and nothing of this computer's own."""
        own = {name: str(self._folder / name.lower()) for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME")}
        home = {"HOME": str(self._folder), "XDG_CONFIG_HOME": str(self._folder / "config")}
        without_screen = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return {**without_screen, **own, **home, "DBUS_SESSION_BUS_ADDRESS": self.bus_address}

    def start_keyring(self) -> None:
        """Start the daemon with its login keyring unlocked. Returns when it answers."""
        for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
            Path(self.environment[name]).mkdir(mode=0o700, exist_ok=True)
        self._keyring = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert self._keyring.stdin is not None
        self._keyring.stdin.write(_PASSWORD)
        self._keyring.stdin.close()
        _wait_until(self._is_unlocked, "the keyring did not start")

    def lock(self) -> None:
        """Lock the login keyring. Nobody can unlock it: no program that prompts is on this bus."""
        with self._default_collection() as collection:
            collection.lock()

    def kill_keyring(self) -> None:
        """End the daemon as a crash would."""
        if self._keyring is not None:
            self._keyring.kill()
            self._keyring.wait(_STOP_TIMEOUT_S)
            self._keyring = None

    def stop(self) -> None:
        self.kill_keyring()
        self._bus.kill()
        self._bus.wait(_STOP_TIMEOUT_S)

    def secrets(self) -> dict[str, str]:
        """Everything in the login keyring, by service name."""
        with self._default_collection() as collection:
            return {
                item.get_attributes()["service"]: item.get_secret().decode()
                for item in collection.get_all_items()
            }

    def _start_bus(self) -> subprocess.Popen[bytes]:
        config = self._folder / "bus.conf"
        config.write_text(_BUS_CONFIG.format(folder=self._folder), encoding="utf-8")
        bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nosyslog", "--nopidfile"],
            stderr=subprocess.DEVNULL,
        )
        _wait_until((self._folder / "bus").is_socket, "the bus did not start")
        return bus

    def _is_unlocked(self) -> bool:
        try:
            with self._default_collection() as collection:
                return not collection.is_locked()
        except secretstorage.SecretStorageException:
            return False

    @contextmanager
    def _default_collection(self) -> Iterator[secretstorage.Collection]:
        with mock.patch.dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.bus_address):
            connection = secretstorage.dbus_init()
        with closing(connection):
            yield secretstorage.Collection(connection)


@contextmanager
def private_secret_service(*, keyring: bool = True) -> Iterator[SecretService]:
    """A bus with an unlocked keyring, or without any. For programs started with `SecretService.environment`."""
    # Not pytest's tmp_path, whose long names leave no room for a socket's.
    folder = Path(tempfile.mkdtemp(prefix="keyring-"))
    service = None
    try:
        service = SecretService(folder)
        if keyring:
            service.start_keyring()
        yield service
    finally:
        if service is not None:
            service.stop()
        shutil.rmtree(folder, ignore_errors=True)


def missing_programs() -> list[str]:
    """The programs of this module that this computer lacks."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def _wait_until(condition: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.02)
