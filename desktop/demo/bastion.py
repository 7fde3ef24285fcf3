"""The demo's bastion: an SSH server on this computer, for this computer only, made new at each start."""

from __future__ import annotations

import io
import secrets
import socket
import threading
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Self

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from desktop.core.model import Endpoint
from desktop.demo.bastion_session import BastionSession
from desktop.demo.gatekeeper import Gatekeeper, Rules
from desktop.demo.listener import Listener

DEMO_USER = "demo"


class DemoBastion:
    """Listening from the moment it is made until `close()`, on an automatic port of 127.0.0.1.

    `user` and `password` let a client in, and so does each of `public_keys` (``type base64``). A client may ask for
    the keys of `targets` and reaches their values; every other target is administratively prohibited.
    """

    def __init__(self, targets: Mapping[Endpoint, Endpoint], public_keys: Collection[str] = ()) -> None:
        self.user = DEMO_USER
        self.password = secrets.token_urlsafe(18)
        self._rules = Rules(self.user, self.password, frozenset(public_keys), dict(targets))
        self._key = new_host_key()
        self._lock = threading.Lock()
        self._sessions: set[BastionSession] = set()
        self._listener = Listener(self._serve, name="demo-bastion-accept")

    @property
    def endpoint(self) -> Endpoint:
        return self._listener.endpoint

    @property
    def host_key(self) -> str:
        """The public host key, ``type base64`` as in known_hosts."""
        return public_line(self._key)

    def close(self) -> None:
        """End every client and every thread; takes less than 2 s. Idempotent."""
        self._listener.close()
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.close()
        for session in sessions:
            session.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, client: socket.socket) -> None:
        session = BastionSession(client, self._key, Gatekeeper(self._rules), self._forget)
        with self._lock:
            session.start()
            self._sessions.add(session)

    def _forget(self, session: BastionSession) -> None:
        with self._lock:
            self._sessions.discard(session)


def new_host_key() -> paramiko.PKey:
    """A fresh Ed25519 key, which exists in memory only."""
    private = Ed25519PrivateKey.generate()
    text = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    return paramiko.Ed25519Key(file_obj=io.StringIO(text))


def public_line(key: paramiko.PKey) -> str:
    """``type base64``, the form of known_hosts and authorized_keys."""
    return f"{key.get_name()} {key.get_base64()}"
