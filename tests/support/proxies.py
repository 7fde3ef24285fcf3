"""Proxies as companies have them, on loopback ports: microsocks for SOCKS5, tinyproxy for HTTP, or a program."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from desktop.core.model import LOOPBACK, Endpoint, Proxy, ProxyKind
from tests.support.echo import TcpService
from tests.support.waiting import wait_until

USER, PASSWORD = "clerk", "open-sesame"
START_TIMEOUT_S = 10.0
# A Python program for a ProxyCommand: what nc(1) does, which not every computer has. Its words are host and port.
PIPE = """
import os, socket, sys, threading
upstream = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def pump():
    while data := os.read(0, 65536):
        upstream.sendall(data)
    upstream.shutdown(socket.SHUT_WR)
threading.Thread(target=pump, daemon=True).start()
while data := upstream.recv(65536):
    os.write(1, data)
"""


def are_missing() -> bool:
    return shutil.which("microsocks") is None or shutil.which("tinyproxy") is None


@contextlib.contextmanager
def socks_proxy(*, login: bool = False) -> Iterator[Proxy]:
    """microsocks(1). With `login` it wants `USER` and `PASSWORD`."""
    at = _free_endpoint()
    command = ["microsocks", "-i", at.host, "-p", str(at.port)]
    with _running([*command, *(["-u", USER, "-P", PASSWORD] if login else [])], at):
        yield Proxy(ProxyKind.SOCKS5, at.host, at.port, USER if login else "")


@contextlib.contextmanager
def http_proxy(*settings: str, login: bool = False) -> Iterator[Proxy]:
    """tinyproxy(8), which leads to any port; `settings` are lines of tinyproxy.conf(5)."""
    at = _free_endpoint()
    own = [f"Port {at.port}", f"Listen {at.host}", "MaxClients 50", "Timeout 600", "LogLevel Error"]
    if login:
        own.append(f"BasicAuth {USER} {PASSWORD}")
    with tempfile.TemporaryDirectory(prefix="caponier-proxy-", dir="/tmp") as folder:
        config = Path(folder) / "tinyproxy.conf"
        config.write_text("\n".join([*own, *settings, ""]))
        with _running(["tinyproxy", "-d", "-c", str(config)], at):
            yield Proxy(ProxyKind.HTTP, at.host, at.port, USER if login else "")


@contextlib.contextmanager
def scripted_proxy(kind: ProxyKind, serve: Callable[[socket.socket], None]) -> Iterator[Proxy]:
    """One that misbehaves as `serve` has it."""
    with TcpService(serve) as service:
        yield Proxy(kind, service.endpoint.host, service.endpoint.port)


@contextlib.contextmanager
def _running(command: list[str], at: Endpoint) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: process.poll() is not None or _listens(process.pid, at.port), START_TIMEOUT_S)
        assert process.poll() is None, f"{command[0]} did not start"
        yield
    finally:
        process.terminate()
        process.wait(START_TIMEOUT_S)


def _listens(pid: int, port: int) -> bool:
    """Asking the system, not the port: some proxies serve one client at a time."""
    return any(
        each.status == psutil.CONN_LISTEN and each.laddr.port == port
        for each in psutil.Process(pid).net_connections()
    )


def _free_endpoint() -> Endpoint:
    with socket.create_server((LOOPBACK, 0)) as found:
        return Endpoint(LOOPBACK, int(found.getsockname()[1]))
