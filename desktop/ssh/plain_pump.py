"""The thread that moves the data of all channels of a plain lane."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import paramiko

from desktop.ssh.plain_channel import PlainChannel

log = logging.getLogger(__name__)


class Pump:
    """Has a turn whenever the reader has dealt with what came, and whenever the relay wants something done.

    paramiko's own means to wait for a channel, `Channel.fileno`, costs two descriptors a client and a system call a
    packet, and says nothing of a window that has opened. `on_lost` is called where sending has failed.
    """

    def __init__(self, name: str, on_lost: Callable[[], None]) -> None:
        self._on_lost = on_lost
        # A dict for quick removal; values mean nothing.
        self._channels: dict[PlainChannel, None] = {}
        self._bell = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Does not wait for the end of the thread, which may be in the middle of a turn."""
        self._stopping = True
        self._bell.set()

    def ring(self) -> None:
        """Any thread."""
        self._bell.set()

    def take_in(self, channel: PlainChannel) -> None:
        """Serve an open channel until it is over. Any thread."""
        self._channels[channel] = None
        self._bell.set()

    def reader_caught_up(self) -> None:
        """Reader thread."""
        for channel in tuple(self._channels):
            channel.note_closed()
        self._bell.set()

    def _run(self) -> None:
        try:
            while self._bell.wait() and not self._stopping:
                self._bell.clear()
                for channel in tuple(self._channels):
                    if not channel.serve():
                        del self._channels[channel]
        except (paramiko.SSHException, EOFError):
            self._on_lost()
        except Exception:
            log.exception("%s ended", self._thread.name)
            self._on_lost()
