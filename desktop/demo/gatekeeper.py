"""What the demo bastion allows: one user, and forwards to the targets on its list. No shell, no remote forwards."""

from __future__ import annotations

import hmac
import socket
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import paramiko

from desktop.core.model import Endpoint

TARGET_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may log in, and where to. `public_keys` are ``type base64``, as in authorized_keys.

    `targets` maps the name a client asks for to the address behind it, as a bastion's own resolver would.
    """

    user: str
    password: str = field(repr=False)
    public_keys: Collection[str] = ()
    targets: Mapping[Endpoint, Endpoint] = field(default_factory=dict)


class Gatekeeper(paramiko.ServerInterface):
    """The answers to one SSH client. paramiko asks on the transport's thread, one question at a time."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._lock = threading.Lock()
        self._reached: dict[int, socket.socket] = {}

    def take_target(self, channel_id: int) -> socket.socket:
        """The connected target of a channel that was let through. The caller closes it."""
        with self._lock:
            return self._reached.pop(channel_id)

    def close(self) -> None:
        """Close targets that nobody took."""
        with self._lock:
            left, self._reached = self._reached, {}
        for target in left.values():
            target.close()

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002  # named by paramiko
        return "publickey,password" if self._rules.public_keys else "password"

    def check_auth_password(self, username: str, password: str | bytes) -> int:
        given = password.encode() if isinstance(password, str) else password
        fits = hmac.compare_digest(given, self._rules.password.encode())
        return _auth_answer(fits and username == self._rules.user)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        line = f"{key.get_name()} {key.get_base64()}"
        return _auth_answer(line in self._rules.public_keys and username == self._rules.user)

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        """Connect before answering, so that a dead target is told from a forbidden one (RFC 4254, section 5.1)."""
        del origin
        address = self._rules.targets.get(Endpoint(*destination))
        if address is None:
            return int(paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED)
        return self._reach(chanid, address)

    def _reach(self, channel_id: int, address: Endpoint) -> int:
        try:
            target = socket.create_connection((address.host, address.port), TARGET_TIMEOUT_S)
        except OSError:
            return int(paramiko.OPEN_FAILED_CONNECT_FAILED)
        target.settimeout(None)
        target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._reached[channel_id] = target
        return int(paramiko.OPEN_SUCCEEDED)


def _auth_answer(fits: bool) -> int:
    return int(paramiko.AUTH_SUCCESSFUL if fits else paramiko.AUTH_FAILED)
