"""Name resolution that can be given up."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from desktop.core.errors import NameNotFound
from desktop.core.model import Endpoint
from desktop.ssh.cancel import CancelToken

AddressInfo = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]
_LOOK_AGAIN_S = 0.05


def resolve(endpoint: Endpoint, deadline: float, cancel: CancelToken) -> list[AddressInfo]:
    """The addresses of `endpoint`, in the system's order. Blocks until `deadline` (monotonic seconds).

    Raises `NameNotFound` (also when nothing answered in time) and `Cancelled`.
    """
    answer: Future[list[AddressInfo]] = Future()
    # getaddrinfo(3) can't be interrupted and may take half a minute on a dead network. It gets a thread that may be
    # left behind, and a daemon one, so that it can't hold up the end of the program.
    threading.Thread(target=_look_up, args=(endpoint, answer), name="resolve", daemon=True).start()
    while time.monotonic() < deadline:
        cancel.check()
        try:
            return answer.result(timeout=_LOOK_AGAIN_S)
        except FutureTimeout:
            continue
        except (OSError, UnicodeError):
            break
    raise NameNotFound(host=endpoint.host)


def _look_up(endpoint: Endpoint, answer: Future[list[AddressInfo]]) -> None:
    try:
        found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        answer.set_exception(error)
    else:
        answer.set_result([(family, _address(address)) for family, _, _, _, address in found])


def _address(raw: tuple[object, ...]) -> tuple[str, int] | tuple[str, int, int, int]:
    host, port = str(raw[0]), int(str(raw[1]))
    if len(raw) == 4:
        return host, port, int(str(raw[2])), int(str(raw[3]))
    return host, port
