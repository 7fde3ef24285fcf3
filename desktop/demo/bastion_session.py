"""One SSH client of the demo bastion, from its TCP connection to the end of its last forward."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable

import paramiko

from desktop.demo.forwarding import Forward
from desktop.demo.gatekeeper import Gatekeeper

log = logging.getLogger(__name__)

# paramiko reports every client that vanishes as an error, with a traceback. On this side of the demo that is everyday
# life, so its channel says nothing unless somebody lowers the level of this logger to look for a fault.
TRANSPORT_LOG = "caponier.demo.transport"
logging.getLogger(TRANSPORT_LOG).setLevel(logging.CRITICAL + 1)

ACCEPT_POLL_S = 0.5

# The client asks for new keys when it wants them (RFC 4253, section 9). Were the server to ask, paramiko's reader
# thread could wait for itself: it answers a channel's close message with a send that waits for the key exchange.
NEVER_BYTES = NEVER_PACKETS = 1 << 62


class BastionSession:
    """Owns the socket it is given. `on_end` is called once, on the session's thread, as its last act."""

    def __init__(
        self,
        client: socket.socket,
        host_key: paramiko.PKey,
        gatekeeper: Gatekeeper,
        on_end: Callable[[BastionSession], None],
    ) -> None:
        self._gatekeeper = gatekeeper
        self._on_end = on_end
        self._forwards: list[Forward] = []
        self.transport = paramiko.Transport(client)
        self.transport.set_log_channel(TRANSPORT_LOG)
        self.transport.packetizer.REKEY_BYTES = NEVER_BYTES
        self.transport.packetizer.REKEY_PACKETS = NEVER_PACKETS
        self.transport.add_server_key(host_key)
        self._thread = threading.Thread(target=self._run, name="demo-bastion-session")

    def start(self) -> None:
        """Begin the handshake. Does not wait for it."""
        # With an event, start_server returns at once; the session's thread watches the transport instead.
        self.transport.start_server(event=threading.Event(), server=self._gatekeeper)
        self._thread.start()

    def close(self) -> None:
        """End the SSH connection and with it every forward. Does not block."""
        self.transport.close()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        try:
            while self.transport.is_active():
                channel = self.transport.accept(ACCEPT_POLL_S)
                if channel is not None:
                    self._carry(channel)
        except Exception:
            log.exception("A session of the demo bastion broke")
        finally:
            self._clean_up()
            self._on_end(self)

    def _carry(self, channel: paramiko.Channel) -> None:
        self._forwards = [forward for forward in self._forwards if forward.is_alive]
        forward = Forward(channel, self._gatekeeper.take_target(channel.get_id()))
        self._forwards.append(forward)
        forward.start()

    def _clean_up(self) -> None:
        self.transport.close()
        self.transport.join()
        # Stops the handshake's timer, a thread that paramiko leaves running where a client never got that far.
        self.transport.packetizer.complete_handshake()
        self._gatekeeper.close()
        for forward in self._forwards:
            forward.join()
