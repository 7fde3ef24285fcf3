"""systemd-logind as far as sleep goes, on a system bus of its own: inhibitor locks and PrepareForSleep.

``with private_logind() as logind`` gives a bus and a service; a program started with `Logind.environment` takes it for
the computer's own. Nothing needs root, and the computer stays awake.
"""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

from tests.support.system_bus import SystemBus, private_system_bus
from tests.support.waiting import wait_until

NAME = "org.freedesktop.login1"
MANAGER = DBusAddress("/org/freedesktop/login1", bus_name=NAME, interface="org.freedesktop.login1.Manager")
INHIBIT_DELAY_MAX_S = 5.0  # InhibitDelayMaxSec=, logind.conf(5)


@dataclass(frozen=True, slots=True)
class Lock:
    """An inhibitor lock as its taker asked for it. `fd` is our end of the pipe: it comes to its end with the lock."""

    fd: int
    what: str
    who: str
    why: str
    mode: str

    def is_held(self) -> bool:
        ended, _, _ = select.select([self.fd], [], [], 0)
        return not ended


class Logind:
    """Every method is for the test's thread. Use it by `private_logind`."""

    def __init__(self, bus: SystemBus) -> None:
        self.bus = bus
        self.refusing = False  # answers Inhibit with AccessDenied, as polkit may
        self.refused = 0
        self._locks: list[Lock] = []
        self._connection: DBusConnection | None = None
        self._thread: threading.Thread | None = None
        self._sending = threading.Lock()

    @property
    def address(self) -> str:
        """For DBUS_SYSTEM_BUS_ADDRESS."""
        return self.bus.address

    @property
    def environment(self) -> dict[str, str]:
        return self.bus.environment

    def start(self) -> None:
        """Returns when the bus knows the name."""
        connection = open_dbus_connection(self.bus.address, enable_fds=True)
        Proxy(message_bus, connection).RequestName(NAME)
        self._connection = connection
        self._thread = threading.Thread(target=self._serve, args=(connection,), name="logind-stand-in")
        self._thread.start()

    def stop(self) -> None:
        """The service ends, and with it all locks; the bus stays. `start` brings it back."""
        if self._connection is not None and self._thread is not None:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self._connection.close()
            self._connection = None
        for lock in self._locks:
            os.close(lock.fd)
        self._locks.clear()

    def held(self) -> list[Lock]:
        """The locks that were not let go."""
        return [lock for lock in list(self._locks) if lock.is_held()]

    def wait_for_lock(self, timeout_s: float = 10.0) -> Lock:
        """Block until a program holds a lock, so that it will hear of sleep. Raises `TimeoutError`."""
        wait_until(lambda: bool(self.held()), timeout_s)
        return self.held()[-1]

    def sleep(self) -> bool:
        """Announce sleep and wait, as logind does, until every lock was let go. False where one was not, in time."""
        self._announce(starting=True)
        try:
            wait_until(lambda: not self.held(), INHIBIT_DELAY_MAX_S)
        except TimeoutError:
            return False
        return True

    def wake(self) -> None:
        """Announce that the computer woke up. Does not block."""
        self._announce(starting=False)

    def _announce(self, *, starting: bool) -> None:
        self._send(new_signal(MANAGER, "PrepareForSleep", "b", (starting,)))

    def _send(self, message: Message) -> None:
        assert self._connection is not None
        with self._sending:
            self._connection.send(message)

    def _serve(self, connection: DBusConnection) -> None:
        with suppress(ConnectionError):
            while True:
                message = connection.receive()
                if message.header.message_type is MessageType.method_call:
                    self._answer(message)

    def _answer(self, call: Message) -> None:
        if call.header.fields[HeaderFields.member] != "Inhibit":
            self._send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))
        elif self.refusing:
            self.refused += 1
            self._send(new_error(call, "org.freedesktop.DBus.Error.AccessDenied"))
        else:
            self._give_lock(call)

    def _give_lock(self, call: Message) -> None:
        ours, theirs = os.pipe()
        self._locks.append(Lock(ours, *call.body))
        self._send(new_method_return(call, "h", (theirs,)))
        os.close(theirs)


@contextmanager
def private_logind() -> Iterator[Logind]:
    """A bus with the service on it, both running."""
    with private_system_bus() as bus:
        logind = Logind(bus)
        try:
            logind.start()
            yield logind
        finally:
            logind.stop()
