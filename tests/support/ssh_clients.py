"""Other people's SSH clients, to test servers with: the real `ssh`, and paramiko's plain client side."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paramiko

from desktop.core.model import LOOPBACK, Endpoint
from tests.support.waiting import wait_until

CLIENT_LOG = "caponier.test.client"
logging.getLogger(CLIENT_LOG).setLevel(logging.CRITICAL + 1)
TIMEOUT_S = 15.0


@contextlib.contextmanager
def paramiko_client(server: Endpoint) -> Iterator[paramiko.Transport]:
    """A transport with its handshake done, not logged in."""
    connection = socket.create_connection((server.host, server.port), TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    transport = paramiko.Transport(connection)
    transport.set_log_channel(CLIENT_LOG)
    try:
        transport.start_client(timeout=TIMEOUT_S)
        yield transport
    finally:
        transport.close()
        connection.close()
        if transport.is_alive():
            transport.join()
        transport.packetizer.complete_handshake()


def open_forward(transport: paramiko.Transport, target: Endpoint) -> paramiko.Channel:
    """Raises `paramiko.ChannelException` with the server's code."""
    channel = transport.open_channel(
        "direct-tcpip", (target.host, target.port), (LOOPBACK, 1), timeout=TIMEOUT_S
    )
    channel.settimeout(TIMEOUT_S)
    return channel


@contextlib.contextmanager
def openssh_forward(
    server: Endpoint, target: Endpoint, *options: str, user: str, known_hosts: Path, password: str = ""
) -> Iterator[Endpoint]:
    """``ssh -N -L`` by the system's own client; gives its local port once it listens."""
    with socket.create_server((LOOPBACK, 0)) as free:
        local = Endpoint(LOOPBACK, free.getsockname()[1])
    log_path = known_hosts.parent / f"ssh-{local.port}.log"
    trust = ("-F", "none", "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={known_hosts}")
    forward = ("-N", "-L", f"{local}:{target}", "-p", str(server.port), f"{user}@{server.host}")
    command = ["ssh", "-v", "-E", str(log_path), "-o", "ExitOnForwardFailure=yes", *trust, *options, *forward]
    environment = os.environ | _askpass(known_hosts.parent, password)
    ssh = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, env=environment)
    try:
        _wait_until_listening(log_path, ssh)
        yield local
    finally:
        ssh.terminate()
        ssh.wait(TIMEOUT_S)


def _askpass(folder: Path, password: str) -> dict[str, str]:
    """How ssh(1) gets a password where there is no terminal."""
    script = folder / "askpass"
    script.write_text('#!/bin/sh\nprintf "%s\\n" "$CAPONIER_TEST_PASSWORD"\n')
    script.chmod(0o700)
    return {"SSH_ASKPASS": str(script), "SSH_ASKPASS_REQUIRE": "force", "CAPONIER_TEST_PASSWORD": password}


def _wait_until_listening(log_path: Path, ssh: subprocess.Popen[bytes]) -> None:
    def listens() -> bool:
        said = log_path.read_text() if log_path.exists() else ""
        if ssh.poll() is not None:
            raise ConnectionError(said)
        return "Local forwarding listening" in said

    wait_until(listens, TIMEOUT_S)
