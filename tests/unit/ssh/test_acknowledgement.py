"""Small answers are acknowledged at once: what follows them waits for that."""

from __future__ import annotations

import ctypes
import socket
import sys
from collections.abc import Iterator

import pytest

from desktop.ssh.acknowledgement import SMALL_READ_BYTES, acknowledge_each_by
from desktop.ssh.wire import Wire

QUICKACK = getattr(socket, "TCP_QUICKACK", 0)

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is nothing to look at")


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def bastion(wire: Wire) -> Iterator[socket.socket]:
    """The other end of the wire."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire.connect(listener.getsockname())
        other, _ = listener.accept()
    with other:
        yield other


def acknowledges_at_once(wire: Wire) -> bool:
    return bool(wire.getsockopt(socket.IPPROTO_TCP, QUICKACK))


def be_lazy(wire: Wire) -> None:
    """As the kernel becomes by itself where requests and answers take turns."""
    wire.setsockopt(socket.IPPROTO_TCP, QUICKACK, 0)
    assert not acknowledges_at_once(wire)


@only_linux
def test_a_small_answer_is_acknowledged_before_more_is_waited_for(wire: Wire, bastion: socket.socket) -> None:
    bastion.sendall(b"first")
    assert wire.recv(100) == b"first"
    be_lazy(wire)
    bastion.sendall(b"second")
    assert wire.recv(100) == b"second"
    assert acknowledges_at_once(wire)


@only_linux
def test_much_at_once_is_left_to_the_kernel(wire: Wire, bastion: socket.socket) -> None:
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, SMALL_READ_BYTES)
    bastion.sendall(bytes(SMALL_READ_BYTES))
    assert len(wire.recv(SMALL_READ_BYTES)) == SMALL_READ_BYTES
    be_lazy(wire)
    bastion.sendall(bytes(SMALL_READ_BYTES))
    assert len(wire.recv(SMALL_READ_BYTES)) == SMALL_READ_BYTES
    assert not acknowledges_at_once(wire)


@only_linux
def test_an_answer_can_be_read_from_a_connection_that_was_closed_meanwhile(
    wire: Wire, bastion: socket.socket
) -> None:
    bastion.sendall(b"last")
    bastion.close()
    assert wire.recv(100) == b"last"
    assert wire.recv(100) == b""


def test_windows_is_told_once_to_acknowledge_every_segment(wire: Wire) -> None:
    told = []

    def wsa_ioctl(*given: object) -> int:
        handle, code, value, size, *_rest = given
        assert isinstance(handle, ctypes.c_size_t)
        assert isinstance(code, ctypes.c_ulong)
        frequency = ctypes.cast(value, ctypes.POINTER(ctypes.c_ulong)).contents.value  # type: ignore[arg-type]
        told.append((handle.value, code.value, frequency, size))
        return 0

    acknowledge_each_by(wsa_ioctl, wire)
    assert told == [(wire.fileno(), 0x98000017, 1, ctypes.sizeof(ctypes.c_ulong))]
