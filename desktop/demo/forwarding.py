"""One forwarded TCP connection on the bastion's side: an SSH channel and a socket, copied both ways."""

from __future__ import annotations

import contextlib
import socket
import threading

import paramiko

CHUNK_BYTES = 64 * 1024

# What reading or writing raises when the target or, anywhere in paramiko, the client is gone.
LOST = (OSError, EOFError, paramiko.SSHException)


class Forward:
    """Two threads, one for each direction, so that a slow side holds up nobody else.

    An end of stream is passed on as an end of stream, and the other direction goes on (RFC 4254, section 5.3). The
    forward ends when both directions did, when the target resets, or when the channel is closed.
    """

    def __init__(self, channel: paramiko.Channel, target: socket.socket) -> None:
        self._channel = channel
        self._target = target
        self._lock = threading.Lock()
        self._open_directions = 2
        number = channel.get_id()
        self._towards_target = threading.Thread(target=self._run, name=f"demo-forward-{number}-out")
        self._towards_client = threading.Thread(target=self._copy_to_client, name=f"demo-forward-{number}-in")

    def start(self) -> None:
        self._towards_target.start()

    @property
    def is_alive(self) -> bool:
        return self._towards_target.is_alive()

    def join(self) -> None:
        """Wait for the end, which closing the channel's transport brings about."""
        self._towards_target.join()

    def _run(self) -> None:
        self._towards_client.start()
        self._copy_to_target()
        # Set by paramiko when the channel is closed, by whichever side; a forward has no exit status to wait for.
        self._channel.status_event.wait()
        with contextlib.suppress(OSError):
            self._target.shutdown(socket.SHUT_RDWR)
        self._towards_client.join()
        self._target.close()

    def _copy_to_target(self) -> None:
        with contextlib.suppress(*LOST):
            while data := self._channel.recv(CHUNK_BYTES):
                self._target.sendall(data)
            self._target.shutdown(socket.SHUT_WR)
        self._direction_ended()

    def _copy_to_client(self) -> None:
        try:
            while data := self._target.recv(CHUNK_BYTES):
                self._channel.sendall(data)
            self._channel.shutdown_write()
        except LOST:
            self._close_channel()
        self._direction_ended()

    def _direction_ended(self) -> None:
        with self._lock:
            self._open_directions -= 1
            both_ended = self._open_directions == 0
        if both_ended:
            self._close_channel()

    def _close_channel(self) -> None:
        # Sending the close message fails where the transport just died; the channel is closed then anyway.
        with contextlib.suppress(*LOST):
            self._channel.close()
