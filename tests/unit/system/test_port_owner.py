"""The program that holds a port is named where the system tells."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from desktop.system.port_owner import who_holds


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS tells only root")
@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_listener_is_named_with_its_process(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as listener:
        listener.bind((address, 0))
        listener.listen()
        assert who_holds(listener.getsockname()[1]).endswith(f" (process {os.getpid()})")


def test_a_free_port_has_no_holder() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert who_holds(bound.getsockname()[1]) == ""
