"""What the system's own network service knows beyond addresses and routes: a sign-in page in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtNetwork import QNetworkInformation


class NetworkService(Protocol):
    """The part of `QNetworkInformation` that is used."""

    @property
    def isBehindCaptivePortalChanged(self) -> SignalInstance: ...  # noqa: N802 - Qt's name
    @property
    def reachabilityChanged(self) -> SignalInstance: ...  # noqa: N802 - Qt's name
    @property
    def transportMediumChanged(self) -> SignalInstance: ...  # noqa: N802 - Qt's name

    def isBehindCaptivePortal(self) -> bool: ...  # noqa: N802 - Qt's name


class PortalWatch(QObject):
    """GUI thread. Without a network service it stays silent: not behind a portal.

    Never ask a service whether the computer is online: GLib's says yes after the last address is gone. A move
    between two networks of the same kind gives no signal at all, so `changed` is only one more doorbell.
    """

    portal_changed = Signal(bool)
    changed = Signal()

    def __init__(
        self, parent: QObject | None = None, find_service: Callable[[], NetworkService | None] | None = None
    ) -> None:
        super().__init__(parent)
        self._find_service = find_service or load_service
        self._behind = False

    def start(self) -> None:
        """Connect to `portal_changed` first: being behind a portal already is told as a change. Blocks some ms."""
        service = self._find_service()
        if service is None:
            return
        service.isBehindCaptivePortalChanged.connect(self._on_portal)
        service.reachabilityChanged.connect(self._on_change)
        service.transportMediumChanged.connect(self._on_change)
        self._on_portal(service.isBehindCaptivePortal())

    def _on_portal(self, behind: bool) -> None:
        if behind != self._behind:
            self._behind = behind
            self.portal_changed.emit(behind)

    def _on_change(self, _value: object) -> None:
        self.changed.emit()


def load_service() -> QNetworkInformation | None:
    """The one that knows most, None where there is none. Needs a QCoreApplication.

    Asking for the transport medium too finds NetworkManager before GLib, which only passes on what that says.
    """
    feature = QNetworkInformation.Feature
    portal = feature.CaptivePortal | feature.Reachability
    for wanted in (portal | feature.TransportMedium, portal, feature.Reachability):
        if QNetworkInformation.loadBackendByFeatures(wanted):
            return QNetworkInformation.instance()
    return QNetworkInformation.instance() if QNetworkInformation.loadDefaultBackend() else None
