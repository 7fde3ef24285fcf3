"""A sign-in page in the way is told once, and a computer without a network service is not behind one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.system.portal import NetworkService, PortalWatch, load_service


class StandInService(QObject):
    isBehindCaptivePortalChanged = Signal(bool)  # noqa: N815 - Qt's name
    reachabilityChanged = Signal(object)  # noqa: N815 - Qt's name
    transportMediumChanged = Signal(object)  # noqa: N815 - Qt's name

    def __init__(self, behind: bool = False) -> None:
        super().__init__()
        self._behind = behind

    def isBehindCaptivePortal(self) -> bool:  # noqa: N802 - Qt's name
        return self._behind


class Ears:
    """A started watch and what it told."""

    def __init__(self, service: NetworkService | None) -> None:
        self.watch = PortalWatch(find_service=lambda: service)
        self.portals: list[bool] = []
        self.changes = 0
        self.watch.portal_changed.connect(self.portals.append)
        self.watch.changed.connect(self._on_change)
        self.watch.start()

    def _on_change(self) -> None:
        self.changes += 1


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> None:
    """A network service needs one."""


def test_coming_behind_a_portal_and_out_again_is_told() -> None:
    service = StandInService()
    ears = Ears(service)
    for behind in (True, True, False, False):
        service.isBehindCaptivePortalChanged.emit(behind)
    assert ears.portals == [True, False]


def test_being_behind_one_from_the_start_is_told() -> None:
    service = StandInService(behind=True)
    assert Ears(service).portals == [True]


def test_an_open_network_tells_nothing_at_the_start() -> None:
    service = StandInService()
    ears = Ears(service)
    assert ears.portals == []
    assert ears.changes == 0


def test_other_news_of_the_service_ring() -> None:
    service = StandInService()
    ears = Ears(service)
    service.reachabilityChanged.emit("online")
    service.transportMediumChanged.emit("wifi")
    assert ears.changes == 2
    assert ears.portals == []


def test_without_a_service_it_stays_silent() -> None:
    ears = Ears(None)
    assert ears.portals == []
    assert ears.changes == 0


def test_the_service_of_this_computer_can_be_asked() -> None:
    """On a server it is GLib's or none; whichever, it knows of no portal."""
    service = load_service()
    assert Ears(service).portals == []
