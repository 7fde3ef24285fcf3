"""From a TCP connection to an encrypted one, with a server whose host key is still to be verified."""

from __future__ import annotations

import threading
import time

import paramiko

from desktop.core.errors import (
    BastionTimeout,
    CaponierError,
    NoCommonAlgorithm,
    NotSsh,
    PeerLost,
    ServerShedding,
)
from desktop.core.model import Endpoint
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.host_check import HostCheck
from desktop.ssh.untrusted import first_line, shown
from desktop.ssh.wire import Wire

# What OpenSSH's sshd says instead of its banner (drop_connection in sshd.c): until 9.7, and since 9.8, which says it
# for PerSourcePenalties too. Older ones, and those whose words are lost in the reset that follows, just hang up.
_SHEDDING = (b"Exceeded MaxStartups", b"Not allowed at this time")

# What the server calls itself, or its methods, may be part of it.
_LONGEST_DETAIL = 200


def shake_hands(
    lane: ForwardingLane, wire: Wire, endpoint: Endpoint, check: HostCheck, timeout_s: float
) -> None:
    """Exchange banners and keys, asking first for the kinds of host key that `check` knows.

    Blocks at most `timeout_s`. The lane's thread runs from here on, well or not; hanging up the wire ends it. Raises
    `NotSsh`, `ServerShedding`, `BastionTimeout`, `NoCommonAlgorithm`, `PeerLost`.
    """
    options = lane.get_security_options()
    options.key_types = check.preferred_algorithms(tuple(options.key_types))
    lane.banner_timeout = timeout_s
    deadline = time.monotonic() + timeout_s
    done = threading.Event()
    lane.start_client(event=done)
    finished = done.wait(timeout_s)
    if not finished or not lane.is_active():
        late = not finished or time.monotonic() >= deadline
        raise _failure(lane.get_exception(), wire.first_bytes, endpoint, round(timeout_s), late=late)


def _failure(
    error: Exception | None, received: bytes, endpoint: Endpoint, timeout_s: int, *, late: bool
) -> CaponierError:
    host, port = endpoint.host, endpoint.port
    if _sheds_load(received):
        return ServerShedding(host=host, port=port)
    if received and not _speaks_ssh(received):
        return NotSsh(host=host, port=port, answer=first_line(received))
    if late:
        stage = "handshake" if received else "banner"
        return BastionTimeout(host=host, port=port, stage=stage, timeout_s=timeout_s)
    # paramiko wraps whatever ends the wait for the banner.
    wrapped = isinstance(error, paramiko.SSHException)
    end = error.__context__ if error is not None and wrapped else error
    if not received and not _is_of_path(end):
        return ServerShedding(host=host, port=port)
    if wrapped and not isinstance(end, OSError | EOFError):
        return NoCommonAlgorithm(host=host, port=port, detail=shown(str(error), _LONGEST_DETAIL))
    return PeerLost(host=host)


def _sheds_load(received: bytes) -> bool:
    return any(line.startswith(_SHEDDING) for line in received.split(b"\n"))


def _is_of_path(end: BaseException | None) -> bool:
    """True where the network broke the connection; a server closes or resets it."""
    return isinstance(end, OSError) and not isinstance(end, ConnectionError)


def _speaks_ssh(received: bytes) -> bool:
    """A server may say other lines before its banner (RFC 4253 section 4.2)."""
    return any(line.startswith(b"SSH-") for line in received.split(b"\n"))
