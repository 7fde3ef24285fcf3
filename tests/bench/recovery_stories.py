"""What happens in each row of the table, and what is measured of it."""

from __future__ import annotations

import contextlib
import math
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.lab import faults
from tests.support.lab.clients import crowd, first_byte
from tests.support.lab.hosts import Lab
from tests.support.local_clients import answer, receive
from tests.support.logind import Logind
from tests.support.waiting import wait_until

CUT_S = 30.0
# Before the end of a cut: later than that the clients of one would be parked for too long.
COMES_BEFORE_S = 10.0
CROWD = 200
NOTICED_S = 120.0


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where a story takes place. `port` is the tunnel's."""

    lab: Lab
    logind: Logind
    port: int


@dataclass(frozen=True, slots=True)
class Story:
    """`measure` gives seconds, infinite where a client was refused. `target_s` is the median to reach.

    The worst round may take twice that.
    """

    title: str
    measure: Callable[[Hosts], float]
    target_s: float
    keeps_session: bool = False


def address(at: Hosts) -> float:
    faults.change_address(at.lab)
    return first_byte(at.lab, at.port).took_s


def flapping(at: Hosts) -> float:
    faults.flap(at.lab, changes=40, within_s=20.0)
    return first_byte(at.lab, at.port).took_s


def silent_cut(at: Hosts) -> float:
    with faults.cut(at.lab):
        time.sleep(CUT_S)
    return first_byte(at.lab, at.port).took_s


def cut_with_client(at: Hosts) -> float:
    return _until_waiting_client_is_answered(at, faults.cut, CUT_S - COMES_BEFORE_S, COMES_BEFORE_S)


def unplugged(at: Hosts) -> float:
    with faults.unplugged(at.lab):
        time.sleep(CUT_S)
    return first_byte(at.lab, at.port).took_s


def restarted(at: Hosts) -> float:
    return _until_waiting_client_is_answered(at, faults.server_down, 1.0, 4.0)


def wake_with_dead_session(at: Hosts) -> float:
    at.logind.sleep()
    with faults.sessions_forgotten(at.lab):
        at.logind.wake()
        return first_byte(at.lab, at.port).took_s


def wake_with_living_session(at: Hosts) -> float:
    with at.lab.client(at.port) as client:
        answer(client, b"good night")
        at.logind.sleep()
        at.logind.wake()
        start_mono = time.monotonic()
        answer(client, b"good morning")
        return time.monotonic() - start_mono


def blip(at: Hosts) -> float:
    with at.lab.client(at.port) as client:
        answer(client, b"before")
        with faults.cut(at.lab):
            client.sendall(b"during")
            time.sleep(2.0)
        start_mono = time.monotonic()
        if receive(client, 6) != b"during":
            return math.inf
        return time.monotonic() - start_mono


def frozen_with_client(at: Hosts) -> float:
    with at.lab.server.frozen(listener=False):
        return first_byte(at.lab, at.port).took_s


def frozen_idle(at: Hosts) -> float:
    """Until there is a new session."""
    before = at.lab.server.count_logins()
    with at.lab.server.frozen(listener=False):
        start_mono = time.monotonic()
        wait_until(lambda: at.lab.server.count_logins() > before, NOTICED_S)
        return time.monotonic() - start_mono


def two_hundred_clients(at: Hosts) -> float:
    """Until the last has its answer."""
    try:
        with contextlib.ExitStack() as during:
            with faults.server_down(at.lab):
                waiting = during.enter_context(crowd(at.lab, at.port, size=CROWD))
                time.sleep(10.0)
            start_mono = time.monotonic()
            answered = waiting.count_answered()
            took_s = time.monotonic() - start_mono
    except ConnectionError:
        return math.inf
    return took_s if answered == CROWD else math.inf


def _until_waiting_client_is_answered(
    at: Hosts, fault: faults.Fault, before_s: float, waits_s: float
) -> float:
    """One that is refused or reset comes again at the end of the fault."""
    with contextlib.ExitStack() as during:
        client: socket.socket | None = None
        with fault(at.lab):
            time.sleep(before_s)
            with contextlib.suppress(ConnectionError):
                client = during.enter_context(at.lab.client(at.port))
                client.sendall(b"?")
            time.sleep(waits_s)
        start_mono = time.monotonic()
        if client is None or not _is_answered(client):
            first_byte(at.lab, at.port)
        return time.monotonic() - start_mono


def _is_answered(client: socket.socket) -> bool:
    try:
        return receive(client, 1) == b"?"
    except ConnectionError:
        return False


STORIES = {
    "address": Story("change of address", address, 1.0),
    "cut": Story("cut of 30 s", silent_cut, 1.0),
    "cut-client": Story("cut of 30 s, a client waits", cut_with_client, 1.0),
    "unplugged": Story("interface down for 30 s", unplugged, 1.0),
    "wake-dead": Story("wake, session dead", wake_with_dead_session, 1.0),
    "wake": Story("wake, session alive", wake_with_living_session, 1.0, keeps_session=True),
    "blip": Story("2 s without packets, open client", blip, 1.0, keeps_session=True),
    "restarted": Story("server down for 5 s, a client waits", restarted, 1.5),
    "frozen": Story("session frozen, new client", frozen_with_client, 10.0),
    "frozen-idle": Story("session frozen, no client", frozen_idle, 45.0),
    "crowd": Story("server down for 10 s, 200 clients wait", two_hundred_clients, 1.5),
    "flapping": Story("40 changes of address in 20 s", flapping, 1.0),
}
