"""The D-Bus system bus and logind on it (org.freedesktop.login1(5)), by jeepney. Linux.

jeepney costs 35 ms to import, so this module is imported by the thread that uses it.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageFlag, MessageType, new_method_call
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, prep_socket
from jeepney.wrappers import DBusErrorResponse

_LOGIN_TIMEOUT_S = 1.0
_BUS = "org.freedesktop.DBus"
_LOGIND = DBusAddress(
    "/org/freedesktop/login1", bus_name="org.freedesktop.login1", interface="org.freedesktop.login1.Manager"
)


class BusLost(Exception):
    """There is no system bus, or no longer."""


@dataclass(frozen=True, slots=True)
class PrepareForSleep:
    """The computer is about to sleep, or has woken."""

    starting: bool


@dataclass(frozen=True, slots=True)
class InhibitorTaken:
    """`fd` is the inhibitor lock, held until the owner of this event closes it."""

    fd: int


@dataclass(frozen=True, slots=True)
class InhibitorRefused:
    """`error` is a D-Bus error name; ``...NameHasNoOwner`` and ``...ServiceUnknown`` where there is no logind."""

    error: str


@dataclass(frozen=True, slots=True)
class LogindStarted:
    """logind is there, perhaps again."""


LogindEvent = PrepareForSleep | InhibitorTaken | InhibitorRefused | LogindStarted


class LogindBus:
    """One connection, used by one thread; `hang_up` is for the others. The bus is that of DBUS_SYSTEM_BUS_ADDRESS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hung_up = False
        self._socket: socket.socket | None = None
        self._connection: DBusConnection | None = None

    def open(self) -> None:
        """Connect and listen to logind. Blocks until the bus has answered or `hang_up`. Raises `BusLost`."""
        with _bus_lost():
            self._keep(prep_socket(get_bus("SYSTEM"), enable_fds=True, timeout=_LOGIN_TIMEOUT_S))
            self._connection = DBusConnection(self._socket, enable_fds=True)
            for rule in _rules():
                self._send(message_bus.AddMatch(rule), MessageFlag.no_reply_expected)

    def inhibit_sleep(self, who: str, why: str) -> None:
        """Ask for a lock that delays sleep until it is closed (InhibitDelayMaxSec= at most, logind.conf(5)).

        The answer comes as an event. Raises `BusLost`.
        """
        call = new_method_call(_LOGIND, "Inhibit", "ssss", ("sleep", who, why, "delay"))
        with _bus_lost():
            self._send(call, MessageFlag.no_auto_start)

    def receive(self) -> LogindEvent:
        """Block until logind has something to say. Raises `BusLost`, also after `hang_up`."""
        with _bus_lost():
            while True:
                event = _event_of(self._opened().receive())
                if event is not None:
                    return event

    def hang_up(self) -> None:
        """End `open` and `receive` with `BusLost`. Any thread, does not block."""
        with self._lock:
            self._hung_up = True
            if self._socket is not None:
                with suppress(OSError):  # the bus may have been quicker
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            elif self._socket is not None:
                self._socket.close()
            self._socket = self._connection = None

    def _keep(self, sock: socket.socket) -> None:
        with self._lock:
            self._socket = sock
            if self._hung_up:
                raise BusLost("hung up")

    def _send(self, message: Message, flag: MessageFlag) -> None:
        message.header.flags = flag
        self._opened().send(message)

    def _opened(self) -> DBusConnection:
        if self._connection is None:
            raise BusLost("not open")
        return self._connection


def _rules() -> Iterator[MatchRule]:
    yield MatchRule(
        type="signal",
        sender=_LOGIND.bus_name,
        path=_LOGIND.object_path,
        interface=_LOGIND.interface,
        member="PrepareForSleep",
    )
    owner = MatchRule(type="signal", sender=_BUS, interface=_BUS, member="NameOwnerChanged")
    owner.add_arg_condition(0, _LOGIND.bus_name)
    yield owner


def _event_of(message: Message) -> LogindEvent | None:
    """`Inhibit` is the only call whose reply is waited for. Anybody on the bus can send us signals of any shape."""
    fields = message.header.fields
    sort = message.header.message_type, fields.get(HeaderFields.member), fields.get(HeaderFields.signature)
    match sort:
        case MessageType.method_return, _, "h":
            return _taken(message)
        case MessageType.error, _, _:
            return InhibitorRefused(fields[HeaderFields.error_name])
        case MessageType.signal, "PrepareForSleep", "b":
            return PrepareForSleep(message.body[0])
        case MessageType.signal, "NameOwnerChanged", "sss" if fields[HeaderFields.sender] == _BUS:
            return LogindStarted() if message.body[2] else None
    return None


def _taken(reply: Message) -> InhibitorTaken:
    fd = reply.body[0].to_raw_fd()
    os.set_inheritable(fd, False)
    return InhibitorTaken(fd)


@contextmanager
def _bus_lost() -> Iterator[None]:
    """What jeepney raises for a bus that is not there, does not let us in, goes away or has a strange address."""
    try:
        yield
    except (OSError, ValueError, RuntimeError, DBusErrorResponse) as problem:
        raise BusLost(str(problem)) from problem
