"""A tunnel through a bastion of our own, on loopback, to a server that sends back what it gets."""

from __future__ import annotations

import os
import queue
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from desktop.compose.backstage import Backstage
from desktop.core.errors import CaponierError
from desktop.core.model import (
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Route,
    SecretKind,
    Snapshot,
    State,
)
from desktop.core.ports import Update
from desktop.demo.bastion import DemoBastion
from desktop.demo.listener import Listener
from desktop.selftest.finding import Finding, failed, ok
from desktop.store.paths import HOME_VARIABLE
from desktop.wording.messages import title

_TARGET = Endpoint("echo.self-test", 7)
_PAYLOAD_BYTES = 256 * 1024
_UP_TIMEOUT_S = 20.0
_ANSWER_TIMEOUT_S = 10.0


def tunnel() -> Finding:
    """The program's own parts, from saving a connection on, in a folder that is removed at the end."""
    with (
        _home_of_its_own(),
        _echo() as echo,
        DemoBastion({_TARGET: echo}) as bastion,
        closing(Backstage(verbose=False)) as backstage,
    ):
        try:
            reached = _brought_up(backstage, bastion)
        except CaponierError as error:
            return failed(title(error.cause))
        if reached.local is None or reached.state is not State.UP:
            return failed(title(reached.cause) if reached.cause else f"it was {reached.state} in the end")
        return _sent_through(reached.local)


def _brought_up(backstage: Backstage, bastion: DemoBastion) -> Snapshot:
    """The first snapshot that is up or failed, or the one of the deadline."""
    updates: queue.SimpleQueue[Update] = queue.SimpleQueue()
    connection = _connection_to(bastion)
    backstage.library.put(connection)
    engine = backstage.engine
    unsubscribe = engine.subscribe(updates.put)
    engine.provide_secret(connection.id, SecretKind.SSH_PASSWORD, bastion.password, remember=False)
    engine.accept_host_key(connection.id, bastion.host_key)
    engine.connect(connection.id)
    try:
        return _settled(updates, Snapshot(connection))
    finally:
        unsubscribe()


def _settled(updates: queue.SimpleQueue[Update], latest: Snapshot) -> Snapshot:
    deadline_mono = time.monotonic() + _UP_TIMEOUT_S
    with suppress(queue.Empty):
        while latest.state not in (State.UP, State.FAILED):
            update = updates.get(timeout=max(deadline_mono - time.monotonic(), 0))
            latest = next(iter(update.changed), latest)
    return latest


def _connection_to(bastion: DemoBastion) -> Connection:
    at = bastion.endpoint
    hop = Hop(at.host, bastion.user, at.port, Auth(AuthMethod.PASSWORD))
    return Connection("Self-test", Route((hop,)), Forward(_TARGET))


def _sent_through(local: Endpoint) -> Finding:
    payload = secrets.token_bytes(_PAYLOAD_BYTES)
    started_mono = time.monotonic()
    with socket.create_connection((local.host, local.port), _ANSWER_TIMEOUT_S) as client:
        client.sendall(payload)
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as answers:
            answer = answers.read()
    took_ms = (time.monotonic() - started_mono) * 1000
    if answer != payload:
        return failed(f"{len(payload)} bytes went in, {len(answer)} came back, and they are not the same")
    return ok(f"{len(payload) // 1024} KiB went through a bastion and came back in {took_ms:.0f} ms")


@contextmanager
def _home_of_its_own() -> Iterator[None]:
    before = os.environ.get(HOME_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="caponier-self-test-", ignore_cleanup_errors=True) as home:
        os.environ[HOME_VARIABLE] = home
        try:
            yield
        finally:
            os.environ.pop(HOME_VARIABLE)
            if before is not None:
                os.environ[HOME_VARIABLE] = before


@contextmanager
def _echo() -> Iterator[Endpoint]:
    threads: list[threading.Thread] = []

    def serve(client: socket.socket) -> None:
        threads.append(threading.Thread(target=_send_back, args=(client,), name="self-test-echo"))
        threads[-1].start()

    with closing(Listener(serve, name="self-test-accept")) as listener:
        yield listener.endpoint
    for thread in threads:
        thread.join()


def _send_back(client: socket.socket) -> None:
    with client, suppress(OSError):
        while data := client.recv(_PAYLOAD_BYTES):
            client.sendall(data)
        client.shutdown(socket.SHUT_WR)
