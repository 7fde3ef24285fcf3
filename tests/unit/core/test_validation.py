"""What keeps a connection from being saved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.model import (
    CONFIGURED_PORT,
    AnyHost,
    Auth,
    AuthMethod,
    Connection,
    Endpoint,
    Forward,
    Hop,
    Proxy,
    ProxyKind,
    Route,
    UnixSocket,
)
from desktop.core.tls import Tls, TlsMode
from desktop.core.validation import Fault, Field, Problem, problems_of

HOP = Hop("bastion", "me")
ALIAS = Auth(AuthMethod.SSH_CONFIG)
FORWARD = Forward(Endpoint("db", 5432), 15432)
SALES = Connection("Sales", Route((HOP,)), FORWARD)


def with_hop(**changes: object) -> Connection:
    return replace(SALES, route=Route((replace(HOP, **changes),)))  # type: ignore[arg-type]


def with_forward(**changes: object) -> Connection:
    return replace(SALES, forward=replace(FORWARD, **changes))  # type: ignore[arg-type]


def with_route(*jumps: Hop, proxy: Proxy | None = None) -> Connection:
    return replace(SALES, route=Route((*jumps, HOP), proxy))


GOOD = {
    "plain": SALES,
    "automatic port": with_forward(local_port=0),
    "ipv6 loopback": with_forward(local_host="::1"),
    "highest ports": with_forward(local_port=65535, target=Endpoint("db", 65535)),
    "ipv6 target": with_forward(target=Endpoint("::1", 5432)),
    "unix socket": with_forward(target=UnixSocket("/run/my app/.s.PGSQL.5432")),
    "longest unix socket": with_forward(target=UnixSocket("/" + "x" * 106)),
    "any host": with_forward(target=AnyHost()),
    "key file": with_hop(auth=Auth(AuthMethod.KEY_FILE, "~/my key")),
    "pasted key": with_hop(auth=Auth(AuthMethod.PASTED_KEY)),
    "agent": with_hop(auth=Auth(AuthMethod.AGENT)),
    "alias": with_hop(user="", port=CONFIGURED_PORT, auth=ALIAS),
    "alias with a login": with_hop(auth=ALIAS),
    "key of an agent": with_hop(auth=Auth(AuthMethod.AGENT, key_fingerprint=f"SHA256:{'aB3/+' * 8}xyz")),
    "localhost behind localhost": replace(
        SALES, route=Route((Hop("localhost", "me"), Hop("localhost", "me")))
    ),
    "one host, two ports": with_route(Hop("bastion", "me", 2222)),
    "proxies": with_route(proxy=Proxy(ProxyKind.SOCKS5, "proxy", 1080, "jo doe")),
    "command": with_route(proxy=Proxy(ProxyKind.COMMAND, command="nc %h %p")),
}
BAD = [
    (with_hop(host=" ", auth=ALIAS), Field.BASTION_HOST, Fault.EMPTY),
    (with_hop(host="-prod", auth=ALIAS), Field.BASTION_HOST, Fault.NOT_A_HOST),
    (with_hop(host="a;b", auth=ALIAS), Field.BASTION_HOST, Fault.NOT_A_HOST),
    (with_hop(user="jo doe", auth=ALIAS), Field.BASTION_USER, Fault.HAS_SPACES),
    (with_hop(port=-1, auth=ALIAS), Field.BASTION_PORT, Fault.OUT_OF_RANGE),
    (with_hop(port=CONFIGURED_PORT), Field.BASTION_PORT, Fault.OUT_OF_RANGE),
    (replace(SALES, name="  "), Field.NAME, Fault.EMPTY),
    (with_hop(host=""), Field.BASTION_HOST, Fault.EMPTY),
    (with_hop(host="bas tion"), Field.BASTION_HOST, Fault.HAS_SPACES),
    (with_hop(user=" "), Field.BASTION_USER, Fault.EMPTY),
    (with_hop(user="jo doe"), Field.BASTION_USER, Fault.HAS_SPACES),
    (with_hop(port=0), Field.BASTION_PORT, Fault.OUT_OF_RANGE),
    (with_hop(port=65536), Field.BASTION_PORT, Fault.OUT_OF_RANGE),
    (with_hop(auth=Auth(AuthMethod.KEY_FILE, " ")), Field.IDENTITY_FILE, Fault.EMPTY),
    (
        with_hop(auth=Auth(AuthMethod.AGENT, key_fingerprint="my key")),
        Field.AGENT_KEY,
        Fault.NOT_A_FINGERPRINT,
    ),
    (with_route(Hop("Bastion", "you")), Field.BASTION_HOST, Fault.SAME_AS_BEFORE),
    (with_route(proxy=Proxy(ProxyKind.SOCKS5, "", 1)), Field.PROXY_HOST, Fault.EMPTY),
    (with_route(proxy=Proxy(ProxyKind.HTTP, "p", -1)), Field.PROXY_PORT, Fault.OUT_OF_RANGE),
    (with_route(proxy=Proxy(ProxyKind.HTTP, "p", 1, "a\n")), Field.PROXY_USER, Fault.HAS_INVISIBLE),
    (with_route(proxy=Proxy(ProxyKind.COMMAND, command=" ")), Field.PROXY_COMMAND, Fault.EMPTY),
    (with_route(proxy=Proxy(ProxyKind.COMMAND, command="a\nb")), Field.PROXY_COMMAND, Fault.HAS_INVISIBLE),
    (with_forward(target=Endpoint("", 1)), Field.TARGET_HOST, Fault.EMPTY),
    (with_forward(target=Endpoint("d b", 1)), Field.TARGET_HOST, Fault.HAS_SPACES),
    (with_forward(target=Endpoint("db", 0)), Field.TARGET_PORT, Fault.OUT_OF_RANGE),
    (with_forward(target=Endpoint("db", 65536)), Field.TARGET_PORT, Fault.OUT_OF_RANGE),
    (with_forward(target=UnixSocket(" ")), Field.TARGET_SOCKET, Fault.EMPTY),
    (with_forward(target=UnixSocket("run/x.sock")), Field.TARGET_SOCKET, Fault.NOT_A_SOCKET_PATH),
    (with_forward(target=UnixSocket("/run/x\n.sock")), Field.TARGET_SOCKET, Fault.NOT_A_SOCKET_PATH),
    (with_forward(target=UnixSocket("/" + "ä" * 54)), Field.TARGET_SOCKET, Fault.NOT_A_SOCKET_PATH),
    (with_forward(local_port=-1), Field.LOCAL_PORT, Fault.OUT_OF_RANGE),
    (with_forward(local_port=65536), Field.LOCAL_PORT, Fault.OUT_OF_RANGE),
    (with_forward(local_host="0.0.0.0"), Field.LOCAL_HOST, Fault.NOT_LOOPBACK),
    (with_forward(local_host="localhost"), Field.LOCAL_HOST, Fault.NOT_LOOPBACK),
]


@pytest.mark.parametrize("connection", GOOD.values(), ids=GOOD.keys())
def test_a_good_connection_has_no_problem(connection: Connection) -> None:
    assert problems_of(connection, [SALES]) == ()


@pytest.mark.parametrize(("connection", "field", "fault"), BAD)
def test_each_fault_is_found_beside_its_field(connection: Connection, field: Field, fault: Fault) -> None:
    assert problems_of(connection, []) == (Problem(field, fault),)


def test_all_faults_are_found_at_once() -> None:
    empty = Connection("", Route((Hop("", ""),)), Forward(Endpoint("", 0)))
    fields = [problem.field for problem in problems_of(empty, [])]
    assert fields == [
        Field.NAME,
        Field.BASTION_HOST,
        Field.BASTION_USER,
        Field.TARGET_HOST,
        Field.TARGET_PORT,
    ]


@pytest.mark.parametrize("name", ["Sales", "sales", " SALES "])
def test_a_name_that_another_connection_bears_is_a_duplicate_in_any_case(name: str) -> None:
    other = Connection(name, Route((HOP,)), replace(FORWARD, local_port=1))
    assert problems_of(SALES, [other]) == (Problem(Field.NAME, Fault.DUPLICATE, name),)


def test_a_local_port_of_another_connection_is_taken_but_automatic_ones_never_clash() -> None:
    other = Connection("Other", Route((HOP,)), FORWARD)
    assert problems_of(SALES, [other]) == (Problem(Field.LOCAL_PORT, Fault.PORT_TAKEN_BY_OTHER, "Other"),)
    automatic = with_forward(local_port=0)
    assert problems_of(automatic, [replace(other, forward=automatic.forward)]) == ()


def test_a_jump_host_s_problems_bear_its_number() -> None:
    jumps = Hop("good", "me"), Hop("", "me", 0), Hop("bad name", "", auth=Auth(AuthMethod.KEY_FILE))
    assert problems_of(with_route(*jumps), ()) == (
        Problem(Field.BASTION_HOST, Fault.EMPTY, jump_host=2),
        Problem(Field.BASTION_PORT, Fault.OUT_OF_RANGE, jump_host=2),
        Problem(Field.BASTION_HOST, Fault.HAS_SPACES, jump_host=3),
        Problem(Field.BASTION_USER, Fault.EMPTY, jump_host=3),
        Problem(Field.IDENTITY_FILE, Fault.EMPTY, jump_host=3),
    )
    twice = problems_of(with_route(Hop("a", "me"), Hop("a", "you"), Hop("b", "me"), Hop("a", "me")), ())
    assert twice == (Problem(Field.BASTION_HOST, Fault.SAME_AS_BEFORE, jump_host=2),)


def test_a_name_in_the_certificate_has_no_spaces_and_a_ca_file_no_line_ends() -> None:
    tls = Tls(TlsMode.VERIFY, "/etc/my ca.pem", "db.example.com")
    assert problems_of(replace(SALES, tls=tls), []) == ()
    wrong = Tls(TlsMode.VERIFY, "/etc/ca.pem\n", "db example")
    assert problems_of(replace(SALES, tls=wrong), []) == (
        Problem(Field.CA_FILE, Fault.HAS_INVISIBLE),
        Problem(Field.SERVER_NAME, Fault.HAS_SPACES),
    )
