"""A server that can be swapped for another one behind the same port: one that only its certificate tells, or any."""

from __future__ import annotations

import base64
import contextlib
import select
import socket
import ssl
import threading

from desktop.core.model import Endpoint
from desktop.probe.postgresql import SSL_REQUEST
from tests.support.authority import ServerCertificate
from tests.support.stage import TIMEOUT_S

WORD = b"a word of the warehouse's"


class Swapped:
    """Speaks PostgreSQL's way to TLS with the certificate `shown`; to anybody else it says `WORD` and stays.

    With `hangs_up` it ends each connection at once; while `goes_on` is not set it stops in the middle of TLS.
    """

    def __init__(self, shown: ServerCertificate) -> None:
        self.shown = shown
        self.hangs_up = False
        self.words = 0
        self.is_looked_at = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def serve(self, client: socket.socket) -> None:
        if self.hangs_up:
            return
        if client.recv(len(SSL_REQUEST)) != SSL_REQUEST:
            self.words += 1
            client.sendall(WORD)
            client.recv(1)
            return
        client.sendall(b"S")
        self.is_looked_at.set()
        if not self.goes_on.wait(TIMEOUT_S):
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.shown.certificate_path, self.shown.key_path)
        with contextlib.suppress(OSError), context.wrap_socket(client, server_side=True) as encrypted:
            encrypted.recv(1)


def fingerprint(shown: ServerCertificate) -> str:
    """As Caponier writes it."""
    digest = base64.b64encode(bytes.fromhex(shown.fingerprint)).decode().rstrip("=")
    return f"SHA256:{digest}"


class Relay:
    """Leads each client to the server that it `leads_to` by then."""

    def __init__(self, leads_to: Endpoint) -> None:
        self.leads_to = leads_to

    def serve(self, client: socket.socket) -> None:
        with socket.create_connection((self.leads_to.host, self.leads_to.port)) as server:
            other = {client: server, server: client}
            while True:
                for sock in select.select(list(other), [], [])[0]:
                    data = sock.recv(1 << 16)
                    if not data:
                        return
                    other[sock].sendall(data)
