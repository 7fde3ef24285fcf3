"""Are the libraries there that log in to warehouses? Nothing else imports them, and some read their own metadata."""

from __future__ import annotations

import socket
from functools import partial

from desktop.core.model import DIRECT, Connection, Endpoint, Forward
from desktop.core.warehouse_errors import WarehouseHungUp
from desktop.core.warehouses import CATALOGUE, Driver, Warehouse
from desktop.selftest.finding import Check, Finding, failed, ok

_TIMEOUT_S = 5.0


def login(kind: Warehouse) -> Finding:
    """A login that begins, on a socket whose other end is closed, and has to say just that. Without the network."""
    from desktop.probe.login import LoginRequest
    from desktop.probe.login_ways import log_in

    ours, theirs = socket.socketpair()
    theirs.close()
    target = Endpoint("login.self-test", kind.port)
    connection = Connection("Self-test", DIRECT, Forward(target), kind=kind.key, warehouse_user="nobody")
    try:
        log_in(LoginRequest(connection, ours, "not a password", _TIMEOUT_S))
    except WarehouseHungUp:
        return ok("a check can try it")
    return failed("it went well without a server")


# One kind of warehouse for each library.
LOGIN_CHECKS = tuple(
    Check(f"login {kind.title}", partial(login, kind))
    for kind in (next(kind for kind in CATALOGUE if kind.driver is driver) for driver in Driver)
)
