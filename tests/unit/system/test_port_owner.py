"""The program that holds a port is named where the system tells."""

from __future__ import annotations

import os
import socket

import psutil
import pytest

from desktop.system.port_owner import who_holds


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


def test_a_system_that_tells_nobody_of_all_processes_tells_of_the_person_s_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert who_holds(listener.getsockname()[1]).endswith(f" (process {os.getpid()})")


def test_a_process_that_is_gone_or_hidden_is_named_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def hide(pid: int) -> None:
        raise psutil.NoSuchProcess(pid)

    monkeypatch.setattr(psutil, "Process", hide)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert who_holds(listener.getsockname()[1]) == f"process {os.getpid()}"
