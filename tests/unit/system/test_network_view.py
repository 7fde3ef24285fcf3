"""Asking the kernel for an address never fails, and never asks the network."""

from __future__ import annotations

import errno
import socket

import pytest

from desktop.system.network.view import KernelView

view = KernelView()


def test_an_address_of_this_computer_is_there() -> None:
    assert view.has_address("127.0.0.1")


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_an_address_of_nobody_is_not(address: str) -> None:
    assert not view.has_address(address)


def test_the_source_towards_this_computer_is_itself() -> None:
    assert view.source_towards("127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize("name", ["localhost", "bastion.example.org"])
def test_a_name_is_never_looked_up(name: str) -> None:
    assert not view.has_address(name)
    assert view.source_towards(name) is None


def _fail_with(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, "refused")

    monkeypatch.setattr(socket, "socket", refuse)


def test_without_a_socket_to_ask_with_no_address_is_called_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(errno.EMFILE, monkeypatch)
    assert view.has_address("127.0.0.1")


def test_without_its_family_an_address_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(errno.EAFNOSUPPORT, monkeypatch)
    assert not view.has_address("::1")
    assert view.source_towards("::1") is None
