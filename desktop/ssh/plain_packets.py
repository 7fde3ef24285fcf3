"""What paramiko leaves out of a request for a Unix socket, added where the message goes out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
from paramiko.common import MSG_CHANNEL_OPEN
from paramiko.packet import Packetizer

from desktop.core.model import UnixSocket
from desktop.ssh.forwarding import SOCKET_KIND, socket_place
from desktop.ssh.ssh_data import ssh_string

_HEAD = bytes([MSG_CHANNEL_OPEN]) + ssh_string(SOCKET_KIND.encode())


class PlainPacketizer(Packetizer):
    """`Transport.open_channel` takes any kind of channel, but an address with those it knows only."""

    _asking = threading.local()

    @contextmanager
    def opening(self, target: UnixSocket) -> Iterator[None]:
        """A channel of `SOCKET_KIND` that this thread asks for meanwhile is to lead there."""
        self._asking.target = target
        try:
            yield
        finally:
            self._asking.target = None

    def send_message(self, data: paramiko.Message) -> None:
        target: UnixSocket | None = getattr(self._asking, "target", None)
        if target is not None and data.asbytes().startswith(_HEAD):
            data.add_bytes(socket_place(target))
        super().send_message(data)
