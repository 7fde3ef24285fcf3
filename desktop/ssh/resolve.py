"""The addresses of a bastion, as they become known."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from desktop.core.model import Endpoint

AddressInfo = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]

# A resolver that can be reached has answered by then.
RECALL_AFTER_S = 0.5
# A network that comes and goes may nudge often, and a look-up on a dead one takes its time to end.
_MAX_LOOK_UPS = 4


class AddressBook:
    """Where each bastion was when it was last reached. In memory only; any thread.

    Name resolution is often the last thing to work again after the network was away, and a bastion hardly ever moves.
    Should another computer have its address by now, the host key tells.
    """

    def __init__(self) -> None:
        self._reached: dict[Endpoint, tuple[AddressInfo, ...]] = {}

    def remember(self, endpoint: Endpoint, addresses: Sequence[AddressInfo]) -> None:
        self._reached[endpoint] = tuple(addresses)

    def recall(self, endpoint: Endpoint) -> tuple[AddressInfo, ...]:
        """Those remembered, or none."""
        return self._reached.get(endpoint, ())


class Resolution:
    """The addresses of one endpoint for one attempt: the system's, and the book's where those are late or missing.

    For the dialling thread, which asks `take` when it was woken by `wake`, and at `recall_at_mono`.
    """

    def __init__(self, endpoint: Endpoint, book: AddressBook, wake: Callable[[], None], now: float) -> None:
        """Starts to look the name up. `now` is monotonic seconds."""
        self._endpoint = endpoint
        self._book = book
        self._wake = wake
        self._look_ups: list[Future[list[AddressInfo]]] = []
        self._known: list[AddressInfo] = []
        self._resolved = False
        self._recalled = False
        self.recall_at_mono = now + RECALL_AFTER_S
        self.ask()

    @property
    def is_pending(self) -> bool:
        """True while the system may still answer."""
        return not self._resolved and bool(self._look_ups)

    def ask(self) -> None:
        """Ask the system, anew where it has not answered: a look-up that began on a dead network may hang."""
        if not self._resolved and len(self._look_ups) < _MAX_LOOK_UPS:
            self._look_ups.append(_look_up(self._endpoint, self._wake))

    def take(self, now: float) -> list[AddressInfo]:
        """The addresses that became known since the last call, in the system's order."""
        found = self._take_answers()
        missing = not self._resolved and (now >= self.recall_at_mono or not self.is_pending)
        if missing and not self._recalled:
            self._recalled = True
            found += self._book.recall(self._endpoint)
        new = [address for address in dict.fromkeys(found) if address not in self._known]
        self._known += new
        return new

    def remember(self, reached: AddressInfo) -> None:
        """Write down that the endpoint was reached there, with its other addresses behind it."""
        others = [address for address in self._known if address != reached]
        self._book.remember(self._endpoint, [reached, *others])

    def _take_answers(self) -> list[AddressInfo]:
        found: list[AddressInfo] = []
        for look_up in [each for each in self._look_ups if each.done()]:
            self._look_ups.remove(look_up)
            if look_up.exception() is None:
                self._resolved = True
                found += look_up.result()
        return found


def _look_up(endpoint: Endpoint, wake: Callable[[], None]) -> Future[list[AddressInfo]]:
    """Ask the system in a thread of its own, which calls `wake` when it is done. Fails with OSError, UnicodeError."""
    answer: Future[list[AddressInfo]] = Future()
    answer.add_done_callback(lambda _: wake())
    # getaddrinfo(3) can't be interrupted and may take half a minute on a dead network. It gets a thread that may be
    # left behind, and a daemon one, so that it can't hold up the end of the program.
    threading.Thread(target=_ask_system, args=(endpoint, answer), name="resolve", daemon=True).start()
    return answer


def _ask_system(endpoint: Endpoint, answer: Future[list[AddressInfo]]) -> None:
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
