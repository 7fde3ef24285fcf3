"""An SSH server that misbehaves on command, and counts what is done to it."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Self, cast

import paramiko

from desktop.core.model import Endpoint
from desktop.demo.bastion import new_host_key, public_line
from desktop.demo.bastion_session import BastionSession
from desktop.demo.gatekeeper import Gatekeeper, Rules
from desktop.demo.listener import Listener
from tests.support.gated_socket import GatedSocket

HTTP_ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
SHEDDING_WORDS = b"Not allowed at this time\r\n"  # drop_connection in OpenSSH's sshd.c
PATIENCE_S = 3600.0  # paramiko's server would hang up by itself on a client it can't hear
METHODS = ("publickey", "password")


class Welcome(Enum):
    """What a new TCP connection meets."""

    SSH = auto()
    SILENCE = auto()
    HTTP = auto()
    SHEDDING = auto()
    SHEDDING_ALOUD = auto()
    RESET = auto()


_FAREWELLS = (Welcome.SHEDDING, Welcome.SHEDDING_ALOUD, Welcome.RESET)


class ForwardAnswer(Enum):
    """What a client hears that asks for a forward. The numbers are those of RFC 4254, section 5.1."""

    REACH = 0
    PROHIBITED = 1
    CONNECT_FAILED = 2
    NOTHING = None


@dataclass
class Counts:
    """Since the server was made.

    `logins` counts successes, each a moment after the client hears of it: `FaultyBastion.wait_for` it. `attempts`
    counts tries by method; a key that is first asked about and then used counts once. `forwards` counts what was
    asked for, whatever the answer.
    """

    tcp_connections: int = 0
    logins: int = 0
    attempts: Counter[str] = field(default_factory=Counter)
    forwards: int = 0


class FaultyBastion:
    """An SSH server on an automatic port of 127.0.0.1 that forwards to any target it can reach.

    Its attributes may be changed at any time and hold for what comes next: `welcome`, `banner_delay_s`, `methods`
    (those it offers: ``publickey``, ``password``, ``keyboard-interactive``), `rejects_logins`, `freezes_at_login` (it
    falls silent when the first login is tried), `forward_answer`, `interview` (what keyboard-interactive asks, round by
    round) with `wanted` (what it wants to hear in all), and `second_factors` (what it wants after the first method).
    """

    user = "person"
    password = "the right password"

    def __init__(self, public_keys: Collection[str] = (), methods: Collection[str] = METHODS) -> None:
        self.welcome = Welcome.SSH
        self.banner_delay_s = 0.0
        self.methods = tuple(methods)
        self.rejects_logins = False
        self.freezes_at_login = False
        self.forward_answer = ForwardAnswer.REACH
        self.interview = [paramiko.InteractiveQuery("Second factor", "", ("Password: ", False))]
        self.wanted = [self.password]
        self.second_factors: tuple[str, ...] = ()
        self.counts = Counts()
        self.rules = Rules(self.user, self.password, frozenset(public_keys))
        self._key = new_host_key()
        self._changed = threading.Condition()
        self._thawed = threading.Event()
        self._thawed.set()
        self._closing = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._sessions: dict[BastionSession, socket.socket] = {}
        self._listener: Listener | None = Listener(self._admit, name="faulty-bastion-accept")
        self.endpoint = self._listener.endpoint

    @property
    def host_key(self) -> str:
        """``type base64``, as in known_hosts."""
        return public_line(self._key)

    @property
    def sessions(self) -> int:
        """SSH connections being served now, logged in or not."""
        with self._changed:
            return len(self._sessions)

    @property
    def waiting(self) -> int:
        """TCP connections that met silence or HTTP, and are kept open."""
        with self._changed:
            return len(self._sockets)

    def count(self, change: Callable[[Counts], None]) -> None:
        """Change the counts under their lock and wake who waits for them."""
        with self._changed:
            change(self.counts)
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[Counts], bool], timeout_s: float = 10.0) -> None:
        """Block until the counts fulfil `condition`. Raises `TimeoutError`."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self.counts), timeout_s):
                raise TimeoutError(f"still {self.counts}")

    def freeze(self) -> None:
        """Stop reading and writing on every connection, new ones included, and keep them open."""
        self._thawed.clear()

    def thaw(self) -> None:
        """Go on where `freeze` stopped."""
        self._thawed.set()

    def drop(self) -> None:
        """Reset every connection, as a firewall or a crash does, and go on listening."""
        with self._changed:
            sessions, sockets = dict(self._sessions), list(self._sockets)
        for client in (*sessions.values(), *sockets):
            _reset_on_close(client)
        _end(sessions)
        for client in sockets:
            client.close()
        with self._changed:
            self._sockets.difference_update(sockets)

    def refuse(self) -> None:
        """Stop listening; the port then refuses connections. Sessions go on. Idempotent."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def listen(self) -> None:
        """Listen again, on the same port."""
        self._listener = Listener(self._admit, name="faulty-bastion-accept", port=self.endpoint.port)

    def restart(self, *, new_key: bool = False) -> None:
        """Drop everybody and come back on the same port, as a rebooted server, or with `new_key` a rebuilt one."""
        self.refuse()
        self.drop()
        if new_key:
            self._key = new_host_key()
        self.listen()

    def close(self) -> None:
        self._closing.set()
        self.refuse()
        self.drop()
        self.thaw()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _admit(self, client: socket.socket) -> None:
        self.count(_one_connection_more)
        if self.welcome is Welcome.SSH:
            self._serve(client)
        elif self.welcome in _FAREWELLS:
            _turn_away(client, self.welcome)
        else:
            if self.welcome is Welcome.HTTP:
                client.sendall(HTTP_ANSWER)
            with self._changed:
                self._sockets.add(client)

    def _serve(self, client: socket.socket) -> None:
        # paramiko takes whatever has the few methods of a socket that it uses.
        gated = cast(socket.socket, GatedSocket(client, self._thawed, self._closing, self.banner_delay_s))
        session = BastionSession(gated, self._key, FaultyGatekeeper(self), self._forget)
        self._listen_in(session.transport)
        # A client may be logged in before the session's thread has begun: who drops it must find it begun.
        with self._changed:
            session.start()
            self._sessions[session] = client

    def _listen_in(self, transport: paramiko.Transport) -> None:
        authenticated, open_channel = transport._auth_trigger, transport._parse_channel_open

        def count_login() -> None:
            authenticated()
            self.count(_one_login_more)

        def answer_open(message: paramiko.Message) -> None:
            self.count(_one_forward_more)
            if self.forward_answer is not ForwardAnswer.NOTHING:
                open_channel(message)

        transport._auth_trigger = count_login
        transport._handler_table[paramiko.common.MSG_CHANNEL_OPEN] = answer_open
        transport.banner_timeout = transport.handshake_timeout = PATIENCE_S

    def _forget(self, session: BastionSession) -> None:
        with self._changed:
            self._sessions.pop(session, None)
            self._changed.notify_all()


class FaultyGatekeeper(Gatekeeper):
    """Counts what is asked, and answers as its bastion is told to."""

    def __init__(self, bastion: FaultyBastion) -> None:
        super().__init__(bastion.rules)
        self._bastion = bastion
        self._keys_seen: set[str] = set()
        self._rounds: list[paramiko.InteractiveQuery] = []
        self._heard: list[str] = []
        self._passed: tuple[str, ...] = ()

    def get_allowed_auths(self, username: str) -> str:
        return ",".join(self._passed or self._bastion.methods)

    def check_auth_password(self, username: str, password: str | bytes) -> int:
        return self._judged("password", super().check_auth_password(username, password))

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        answer = super().check_auth_publickey(username, key)
        line = public_line(key)
        asked_before = line in self._keys_seen
        self._keys_seen.add(line)
        return self._judged("publickey", answer, counts=not asked_before)

    def check_auth_interactive(self, username: str, submethods: bytes) -> int | paramiko.InteractiveQuery:
        known = (*self._bastion.methods, *self._passed)
        if "keyboard-interactive" not in known or username != self._bastion.user:
            return int(paramiko.AUTH_FAILED)
        self._rounds, self._heard = list(self._bastion.interview), []
        return self._rounds.pop(0)

    def check_auth_interactive_response(self, responses: list[str]) -> int | paramiko.InteractiveQuery:
        self._heard += responses
        if self._rounds:
            return self._rounds.pop(0)
        fits = self._heard == self._bastion.wanted
        return self._judged(
            "keyboard-interactive", paramiko.AUTH_SUCCESSFUL if fits else paramiko.AUTH_FAILED
        )

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        scripted = self._bastion.forward_answer.value
        return scripted or self._reach(chanid, Endpoint(*destination))

    def _judged(self, method: str, answer: int, *, counts: bool = True) -> int:
        if self._bastion.rejects_logins or method not in (*self._bastion.methods, *self._passed):
            answer = int(paramiko.AUTH_FAILED)
        if (
            answer == paramiko.AUTH_SUCCESSFUL
            and self._bastion.second_factors
            and not self._passed
            and counts
        ):
            self._passed = self._bastion.second_factors
            answer = int(paramiko.AUTH_PARTIALLY_SUCCESSFUL)
        if self._bastion.freezes_at_login:
            self._bastion.freeze()
        if counts:
            self._bastion.count(lambda so_far: so_far.attempts.update([method]))
        return answer


def _one_connection_more(counts: Counts) -> None:
    counts.tcp_connections += 1


def _one_login_more(counts: Counts) -> None:
    counts.logins += 1


def _one_forward_more(counts: Counts) -> None:
    counts.forwards += 1


def _reset_on_close(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _turn_away(client: socket.socket, welcome: Welcome) -> None:
    if welcome is Welcome.SHEDDING_ALOUD:
        client.sendall(SHEDDING_WORDS)
    elif welcome is Welcome.RESET:
        _reset_on_close(client)
    client.close()


def _end(sessions: Collection[BastionSession]) -> None:
    for session in sessions:
        session.close()
    for session in sessions:
        session.join()
