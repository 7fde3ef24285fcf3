"""The bell of Windows, on a stand-in for ``iphlpapi.dll`` that keeps its rules: netioapi.h."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import pytest

from desktop.system.network.windows import IpHelper, NotificationBell

INTERFACE, ADDRESS, ROUTE = "NotifyIpInterfaceChange", "NotifyUnicastIpAddressChange", "NotifyRouteChange2"
PARAMETER_CHANGED, ADDED, DELETED = 0, 1, 2
NOT_SUPPORTED = 50
callback_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


class Library:
    """Calls back from a thread of its own. A cancelled handle is never called again."""

    def __init__(self, refuses: str = "") -> None:
        self.callbacks: dict[int, tuple[str, Callable[..., None]]] = {}
        self._refuses = refuses
        self._last_handle = 0

    def __getattr__(self, name: str) -> Callable[..., int]:
        if not name.startswith("Notify"):
            raise AttributeError(name)
        return lambda *arguments: self._register(name, *arguments)

    def CancelMibChangeNotify2(self, handle: ctypes.c_void_p) -> int:  # noqa: N802 - Windows' name
        assert handle.value is not None
        del self.callbacks[handle.value]
        return 0

    def notify(self, name: str, kind: int) -> None:
        for registered, callback in tuple(self.callbacks.values()):
            if registered == name:
                thread = threading.Thread(target=callback, args=(None, None, kind))
                thread.start()
                thread.join()

    def _register(
        self, name: str, family: Any, callback: Any, context: None, at_once: Any, handle: Any
    ) -> int:
        assert (family.value, at_once.value) == (0, 0)
        if name == self._refuses:
            return NOT_SUPPORTED
        self._last_handle += 1
        handle._obj.value = self._last_handle
        self.callbacks[self._last_handle] = (name, callback)
        return 0


def _bell(library: Library) -> NotificationBell:
    return NotificationBell(IpHelper(library, callback_type))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (INTERFACE, PARAMETER_CHANGED),
        (INTERFACE, ADDED),
        (INTERFACE, DELETED),
        (ADDRESS, PARAMETER_CHANGED),
        (ADDRESS, ADDED),
        (ADDRESS, DELETED),
        (ROUTE, ADDED),
        (ROUTE, DELETED),
    ],
)
def test_a_change_rings_once(name: str, kind: int) -> None:
    library = Library()
    bell = _bell(library)
    library.notify(name, kind)
    assert bell.heard()
    assert not bell.heard()
    bell.close()


def test_a_route_that_ages_does_not_ring() -> None:
    library = Library()
    bell = _bell(library)
    library.notify(ROUTE, PARAMETER_CHANGED)
    assert not bell.heard()
    bell.close()


def test_a_storm_while_nobody_listens_is_one_ring() -> None:
    library = Library()
    bell = _bell(library)
    ring = next(callback for name, callback in library.callbacks.values() if name == ADDRESS)
    for _ in range(2_000):
        ring(None, None, ADDED)
    assert bell.heard()
    assert not bell.heard()
    bell.close()


def test_closing_cancels_every_request() -> None:
    library = Library()
    bell = _bell(library)
    assert len(library.callbacks) == 3
    bell.close()
    assert not library.callbacks
    assert bell.sock.fileno() == -1


def test_closing_twice_is_fine() -> None:
    bell = _bell(Library())
    bell.close()
    bell.close()


def test_a_refused_request_cancels_the_others() -> None:
    library = Library(refuses=ROUTE)
    with pytest.raises(OSError, match="NotifyRouteChange2 failed with 50"):
        _bell(library)
    assert not library.callbacks
