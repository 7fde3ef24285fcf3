"""What proxies answer, right and wrong, without a network."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from desktop.core.model import Endpoint
from desktop.ssh.cancel import CancelToken
from desktop.ssh.proxy_answers import LoginRefused, NoSuchProxy, NoWay, ProxyLogin, WayForbidden
from desktop.ssh.proxy_http import ask_http
from desktop.ssh.proxy_socks import ask_socks
from desktop.ssh.proxy_talk import ProxyGone, ProxySilent, ProxyTalk
from desktop.ssh.wire import wire_pair

Ask = Callable[[ProxyTalk, Endpoint, ProxyLogin | None], None]
TARGET, LOGIN = Endpoint("bastion.internal", 22), ProxyLogin("me", "secret")
GREETING = b"SSH-2.0-behind the proxy\r\n"
RIGHT: dict[str, tuple[Ask, bytes]] = {
    "http": (ask_http, b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"),
    "http after news": (ask_http, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\n"),
    "socks": (ask_socks, b"\5\0" + b"\5\0\0\1" + bytes(6)),
    "socks with login": (ask_socks, b"\5\2" + b"\1\0" + b"\5\0\0\3\4name\0\0"),
}


@contextmanager
def talk_to(answer: bytes) -> Iterator[ProxyTalk]:
    """A proxy that has said all it will ever say."""
    near, far = wire_pair()
    cancel = CancelToken()
    try:
        with near, far:
            far.sendall(answer)
            far.shutdown(socket.SHUT_WR)
            with ProxyTalk(near, time.monotonic() + 30.0, cancel) as talk:
                yield talk
    finally:
        cancel.close()


@pytest.mark.parametrize(("ask", "answer"), RIGHT.values(), ids=RIGHT.keys())
def test_what_the_server_says_behind_the_proxy_is_left_to_be_read(ask: Ask, answer: bytes) -> None:
    with talk_to(answer + GREETING) as talk:
        ask(talk, TARGET, LOGIN)
        assert talk.hear(len(GREETING)) == GREETING


@pytest.mark.parametrize(("ask", "answer"), RIGHT.values(), ids=RIGHT.keys())
def test_whatever_a_proxy_answers_it_is_understood_or_has_a_name(ask: Ask, answer: bytes) -> None:
    dice = random.Random(6)
    for _ in range(300):
        changed = bytearray(answer)
        for _ in range(dice.randint(1, 3)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        try:
            with talk_to(bytes(changed[: dice.randint(1, len(changed))])) as talk:
                ask(talk, TARGET, LOGIN)
        except (LoginRefused, NoSuchProxy, NoWay, WayForbidden, ProxyGone, ProxySilent):
            continue


@pytest.mark.parametrize("ask", [ask_http, ask_socks])
def test_a_head_without_an_end_is_not_read_for_ever(ask: Ask) -> None:
    with talk_to(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000) as talk, pytest.raises(NoSuchProxy):
        ask(talk, TARGET, LOGIN)


@pytest.mark.parametrize(("ask", "answer"), RIGHT.values(), ids=RIGHT.keys())
def test_a_password_that_is_no_text_is_for_the_proxy_to_refuse(ask: Ask, answer: bytes) -> None:
    with talk_to(answer) as talk:
        ask(talk, TARGET, ProxyLogin("me", "half of a pair \ud83d"))
