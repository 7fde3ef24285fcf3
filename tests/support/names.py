"""Name resolution as a test wants it, in place of the system's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

Address = tuple[str, int]
Found = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, Address]]


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: Address) -> None:
    """Every name stands for these."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: _found(addresses))


def resolves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no name server can be reached."""

    def fail(*_args: object, **_options: object) -> Found:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fail)


class HangingNames:
    """Look-ups that began before `answer_from_now_on` hang until the end; `waiting` counts them."""

    def __init__(self) -> None:
        self.waiting = 0
        self._addresses: tuple[Address, ...] = ()
        self._over = threading.Event()

    def getaddrinfo(self, *_args: object, **_options: object) -> Found:
        if not self._addresses:
            self.waiting += 1
            self._over.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return _found(self._addresses)

    def answer_from_now_on(self, *addresses: Address) -> None:
        self._addresses = addresses

    def close(self) -> None:
        self._over.set()


@pytest.fixture
def hanging_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[HangingNames]:
    names = HangingNames()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    yield names
    names.close()


def _found(addresses: tuple[Address, ...]) -> Found:
    return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in addresses]
