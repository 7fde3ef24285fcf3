"""SOCKS5 and HTTP proxies in front of the first hop: real ones, and some that are none."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.model import Endpoint, Hop, Proxy, ProxyKind, Route, SecretKind
from desktop.core.plan import PROXY_LOGIN
from desktop.ssh import hop_connection
from desktop.wording.messages import advice, title
from tests.support import proxies
from tests.support.dialling import cause_of, dialling
from tests.support.echo import TcpService, refusing_endpoint
from tests.support.keys import KeyFile, make_key
from tests.support.local_clients import answer, client_of
from tests.support.proxies import http_proxy, scripted_proxy, socks_proxy
from tests.support.relay_stage import relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import Secrets, with_key
from tests.support.system_user import SystemUser
from tests.support.waiting import wait_until

MIB = 1 << 20
KINDS = {ProxyKind.SOCKS5: socks_proxy, ProxyKind.HTTP: http_proxy}
PASSWORD: Secrets = {(SecretKind.PROXY_PASSWORD, PROXY_LOGIN): proxies.PASSWORD}
IPV6 = Endpoint("::1", 0)

pytestmark = pytest.mark.skipif(proxies.are_missing(), reason="microsocks and tinyproxy are not installed")
each_kind = pytest.mark.parametrize("kind", list(KINDS))


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return make_key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def server(key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    with OpenSshServer(user=system_user.name, keys=[key]) as running:
        yield running


@pytest.fixture
def hop(server: OpenSshServer, key: KeyFile) -> Hop:
    return with_key(server.endpoint, server.user, key.path)


@pytest.mark.usefixtures("ssh_kind")
@each_kind
def test_a_proxy_with_a_login_leads_to_the_bastion(
    kind: ProxyKind, hop: Hop, known_hosts: Path, service: TcpService
) -> None:
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(KINDS[kind](login=True))
        running = stack.enter_context(relay_stage(Route((hop,), proxy), known_hosts, secrets=PASSWORD))
        assert running.attached().addresses == ("127.0.0.1", proxy.host)
        _, local = running.open_port(service.endpoint)
        client = stack.enter_context(client_of(local))
        assert answer(client, b"x" * MIB) == b"x" * MIB


@each_kind
def test_a_proxy_without_a_login_asks_for_no_secret(kind: ProxyKind, hop: Hop, known_hosts: Path) -> None:
    with KINDS[kind]() as proxy, dialling(Route((hop,), proxy), known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause


@each_kind
def test_an_ipv6_address_is_asked_for(
    kind: ProxyKind, key: KeyFile, system_user: SystemUser, tmp_path: Path
) -> None:
    trusted = tmp_path / "trusted"
    with OpenSshServer(user=system_user.name, keys=[key], at=IPV6) as bastion, KINDS[kind]() as proxy:
        trusted.write_text(bastion.known_hosts_line())
        hop = with_key(bastion.endpoint, bastion.user, key.path)
        with dialling(Route((hop,), proxy), trusted) as (_, outcome):
            assert outcome.logged_in(), outcome.cause


@each_kind
def test_the_proxy_looks_the_name_up(
    kind: ProxyKind, hop: Hop, known_hosts: Path, server: OpenSshServer
) -> None:
    known_hosts.write_text(known_hosts.read_text().replace("[127.0.0.1]", "[localhost]"))
    named = replace(hop, host="localhost")
    with KINDS[kind]() as proxy, dialling(Route((named,), proxy), known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause


@each_kind
def test_a_wrong_login_is_sent_once(kind: ProxyKind, hop: Hop, known_hosts: Path) -> None:
    wrong: Secrets = {(SecretKind.PROXY_PASSWORD, PROXY_LOGIN): "wrong"}
    with KINDS[kind](login=True) as proxy:
        cause = cause_of(Route((hop,), proxy), known_hosts, wrong)
    assert (cause.code, cause.retryable) == ("proxy_login_rejected", False)
    assert (cause.fact("user"), cause.fact("login")) == (proxies.USER, PROXY_LOGIN)
    assert title(cause) == f"The proxy {proxy.endpoint} refused {proxies.USER}"


@each_kind
def test_a_proxy_that_wants_a_login_says_so(kind: ProxyKind, hop: Hop, known_hosts: Path) -> None:
    with KINDS[kind](login=True) as proxy:
        cause = cause_of(Route((hop,), replace(proxy, user="")), known_hosts)
    assert (cause.code, cause.fact("user")) == ("proxy_login_rejected", "")
    assert title(cause) == f"The proxy {proxy.endpoint} wants a login"


@each_kind
def test_a_missing_password_is_asked_for_before_the_proxy_hears_of_us(
    kind: ProxyKind, hop: Hop, known_hosts: Path
) -> None:
    nobody = refusing_endpoint()
    cause = cause_of(Route((hop,), Proxy(kind, nobody.host, nobody.port, "clerk")), known_hosts)
    assert (cause.code, cause.retryable) == ("proxy_password_needed", False)
    assert (cause.fact("login"), cause.fact("store"), cause.fact("user")) == (PROXY_LOGIN, "", "clerk")


@each_kind
def test_a_proxy_that_does_not_get_there_says_so(kind: ProxyKind, hop: Hop, known_hosts: Path) -> None:
    with KINDS[kind]() as proxy:
        cause = cause_of(Route((replace(hop, port=1),), proxy), known_hosts)
    assert (cause.code, cause.fact("trouble"), cause.retryable) == ("proxy_failed", "no-way", True)
    assert cause.fact("detail")
    assert title(cause) == f"The proxy {proxy.endpoint} could not connect to {hop.host}"


def test_a_way_that_the_rules_forbid_is_not_asked_for_again(hop: Hop, known_hosts: Path) -> None:
    with http_proxy("ConnectPort 443") as proxy:
        cause = cause_of(Route((hop,), proxy), known_hosts)
    assert (cause.code, cause.retryable) == ("proxy_refused", False)
    assert cause.fact("detail").startswith("403")
    assert f"this is port {hop.port}" in advice(cause)


@each_kind
def test_nobody_at_the_proxys_port(kind: ProxyKind, hop: Hop, known_hosts: Path) -> None:
    nobody = refusing_endpoint()
    cause = cause_of(Route((hop,), Proxy(kind, nobody.host, nobody.port)), known_hosts)
    assert (cause.code, cause.fact("trouble"), cause.fact("proxy")) == (
        "proxy_failed",
        "refused",
        str(nobody),
    )


@each_kind
def test_a_proxy_whose_name_is_unknown(kind: ProxyKind, hop: Hop, known_hosts: Path) -> None:
    cause = cause_of(Route((hop,), Proxy(kind, "proxy.invalid", 3128)), known_hosts)
    assert (cause.code, cause.fact("trouble")) == ("proxy_failed", "name")


def _drain(client: socket.socket) -> None:
    while client.recv(4096):
        pass


def _hang_up(client: socket.socket) -> None:
    client.recv(1)


def saying(words: bytes) -> Callable[[socket.socket], None]:
    def serve(client: socket.socket) -> None:
        client.sendall(words)
        _drain(client)

    return serve


@each_kind
def test_a_proxy_that_never_answers_is_given_up_on(
    kind: ProxyKind, hop: Hop, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop_connection, "CONNECT_TIMEOUT_S", 0.3)
    with scripted_proxy(kind, _drain) as proxy:
        cause = cause_of(Route((hop,), proxy), known_hosts)
    assert (cause.code, cause.fact("trouble"), cause.retryable) == ("proxy_failed", "silent", True)


@each_kind
def test_while_a_proxy_does_not_answer_the_attempt_can_be_called_off(
    kind: ProxyKind, hop: Hop, known_hosts: Path
) -> None:
    with TcpService(_drain) as service:
        proxy = Proxy(kind, service.endpoint.host, service.endpoint.port)
        with dialling(Route((hop,), proxy), known_hosts) as (session, outcome):
            wait_until(lambda: service.accepted > 0)
            session.abort()
            assert not outcome.logged_in()
    assert outcome.cause is None


@each_kind
def test_a_proxy_that_hangs_up(kind: ProxyKind, hop: Hop, known_hosts: Path) -> None:
    with scripted_proxy(kind, _hang_up) as proxy:
        cause = cause_of(Route((hop,), proxy), known_hosts)
    assert (cause.code, cause.fact("trouble")) == ("proxy_failed", "hung-up")


@each_kind
@pytest.mark.parametrize(
    "words", [b"SSH-2.0-OpenSSH_9.9\r\n", b"\x1b[31mhello\x07 there\n", b"HTTP/9 odd\r\n\r\n" * 3]
)
def test_what_is_no_proxy_of_that_kind_is_told_so(
    kind: ProxyKind, words: bytes, hop: Hop, known_hosts: Path
) -> None:
    with scripted_proxy(kind, saying(words)) as proxy:
        cause = cause_of(Route((hop,), proxy), known_hosts)
    assert (cause.code, cause.retryable) == ("not_a_proxy", False)
    assert cause.fact("answer")
    assert cause.fact("answer").isprintable()


def test_a_head_without_an_end_is_read_no_further_than_it_may_be(hop: Hop, known_hosts: Path) -> None:
    def endless(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n")
        with contextlib.suppress(OSError):
            for _ in range(10_000):
                client.sendall(b"X-Filler: " + b"x" * 1000 + b"\r\n")

    with scripted_proxy(ProxyKind.HTTP, endless) as proxy:
        assert cause_of(Route((hop,), proxy), known_hosts).code == "not_a_proxy"


def test_the_servers_greeting_may_come_with_the_proxys_answer(
    hop: Hop, server: OpenSshServer, known_hosts: Path
) -> None:
    def eager(client: socket.socket) -> None:
        with socket.create_connection((server.endpoint.host, server.endpoint.port)) as upstream:
            client.sendall(b"HTTP/1.0 200 Connection established\r\nVia: odd\r\n\r\n" + upstream.recv(1024))
            # The rest is not needed: that the greeting was understood shows when we go on.
            while b"\r\n\r\nSSH-2.0" not in heard and (more := client.recv(4096)):
                heard.extend(more)

    heard = bytearray()
    with scripted_proxy(ProxyKind.HTTP, eager) as proxy:
        cause_of(Route((hop,), proxy), known_hosts)
    assert b"\r\n\r\nSSH-2.0" in heard
