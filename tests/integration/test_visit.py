"""Who stands at the end of a way is found out by asking it: real servers, and the recorded words of others."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from desktop.core.errors import CaponierError
from desktop.core.model import DIRECT, Connection, Endpoint, Forward
from desktop.core.tls import AUTOMATIC, Tls, TlsMode
from desktop.core.warehouse_errors import TlsFault
from desktop.probe import visit as visits
from desktop.probe.identify import identify
from desktop.probe.look import is_harmless, look
from desktop.probe.visit import Visit
from tests.support import recorded
from tests.support.authority import ServerCertificate, TlsAuthority
from tests.support.clickhouse import ClickHouse
from tests.support.clickhouse import clickhouse_server as clickhouse_server
from tests.support.echo import TcpService
from tests.support.mariadb import MariaDb
from tests.support.mariadb import mariadb_server as mariadb_server
from tests.support.postgres_server import TLS_NAME, Postgres
from tests.support.postgres_server import authority as authority
from tests.support.postgres_server import postgres_server as postgres_server
from tests.support.redis_server import Redis
from tests.support.redis_server import redis_server as redis_server

REQUIRED = Tls(TlsMode.REQUIRE)


def at(place: Endpoint, kind: str, tls: Tls = AUTOMATIC) -> Connection:
    return Connection("it", DIRECT, Forward(place), kind, tls=tls)


def dialled(connection: Connection) -> Callable[[], socket.socket]:
    target = connection.forward.target
    assert isinstance(target, Endpoint)
    return lambda: socket.create_connection((target.host, target.port), timeout=10)


def greeted(connection: Connection) -> str:
    """What it calls itself, or the code and `found` of the error."""
    visit = Visit(connection, dialled(connection))
    try:
        return visit.greet().name
    except CaponierError as error:
        return f"{error.code} {error.facts.get('found', '')}".strip()
    finally:
        visit.close()


def encrypted(connection: Connection) -> str:
    """The version of TLS that it speaks, or the code of the error."""
    with contextlib.closing(Visit(connection, dialled(connection))) as visit:
        try:
            visit.greet()
            found = visit.encrypt()
        except CaponierError as error:
            return error.code
    return found.version if found is not None else ""


@contextlib.contextmanager
def saying(first: bytes = b"", then: bytes | None = b"", *, after: int = 1) -> Iterator[Endpoint]:
    """Says `first` to who comes, and `then` to who has said so many bytes; None: it hangs up."""

    def serve(client: socket.socket) -> None:
        if first:
            client.sendall(first)
        heard = b""
        while len(heard) < after:
            heard += (more := client.recv(4096))
            if not more:
                return
        if then is None:
            return
        client.sendall(then)
        while client.recv(4096):
            pass

    with TcpService(serve) as service:
        yield service.endpoint


@contextlib.contextmanager
def tls_saying(words: bytes, shown: ServerCertificate) -> Iterator[Endpoint]:
    """The same inside TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.certificate_path, shown.key_path)

    def serve(client: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError), context.wrap_socket(client, server_side=True) as inside:
            if inside.recv(4096):
                inside.sendall(words)
                inside.recv(4096)

    with TcpService(serve) as service:
        yield service.endpoint


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Everybody who may stand behind a port, by the kind that they are."""

    places: dict[str, Endpoint]


@pytest.fixture(scope="module")
def neighbours(
    postgres_server: Postgres,
    mariadb_server: MariaDb,
    redis_server: Redis,
    clickhouse_server: ClickHouse,
) -> Iterator[Neighbours]:
    with contextlib.ExitStack() as stack:
        ssh = stack.enter_context(saying(recorded.SSH_BANNER))
        places = {
            "postgresql": postgres_server.endpoint,
            "mariadb": mariadb_server.endpoint,
            "redis": redis_server.endpoint,
            "clickhouse": clickhouse_server.http,
            "clickhouse-native": clickhouse_server.native,
            # Of those that can't be had here: what they say to their own clients, and to nobody else.
            "sqlserver": stack.enter_context(_if(b"\x12\x01", recorded.TDS_PRELOGIN_RESPONSE)),
            "oracle": stack.enter_context(_if(b"\x00\x5a\x00\x00\x01", recorded.ORACLE_REFUSAL)),
            "mongodb": stack.enter_context(_if(b"GET", recorded.MONGODB_TO_BROWSERS, recorded.MONGODB_HELLO)),
            "trino": stack.enter_context(_if(b"GET", recorded.TRINO_INFO)),
            "ssh": ssh,
        }
        yield Neighbours(places)


def _if(
    beginning: bytes, words: bytes, otherwise: bytes | None = None
) -> contextlib.AbstractContextManager[Endpoint]:
    """Says `words` to who begins so; to others `otherwise` where they speak MongoDB's, and hangs up on the rest."""

    def serve(client: socket.socket) -> None:
        heard = client.recv(4096)
        if heard.startswith(beginning):
            client.sendall(words)
        elif otherwise is not None and heard[12:16] == (2013).to_bytes(4, "little"):
            client.sendall(otherwise)
        else:
            return
        while client.recv(4096):
            pass

    @contextlib.contextmanager
    def running() -> Iterator[Endpoint]:
        with TcpService(serve) as service:
            yield service.endpoint

    return running()


NAMES = {
    "postgresql": "PostgreSQL",
    "mariadb": "MariaDB 10",
    "redis": "Redis",
    "clickhouse": "ClickHouse (HTTP)",
    "clickhouse-native": "ClickHouse (native)",
    "sqlserver": "SQL Server 12.0.2000",
    "oracle": "Oracle 19",
    "mongodb": "MongoDB",
    "trino": "Trino 435",
}
# Bytes that are not theirs can leave these waiting for the rest of something, whatever comes next.
WAIT_FOR_MORE = {"redis", "clickhouse-native"}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers on loopback answer at once, or never."""
    monkeypatch.setattr(visits, "SPEAKS_FIRST_WITHIN_S", 0.1)
    monkeypatch.setattr(visits, "ANSWERS_WITHIN_S", 1.0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("expected", NAMES)
def test_whoever_is_not_expected_is_told_from_who_is(expected: str, neighbours: Neighbours) -> None:
    others = list(neighbours.places)
    with ThreadPoolExecutor(len(others)) as pool:
        answers = dict(
            zip(
                others,
                pool.map(lambda one: greeted(at(neighbours.places[one], expected)), others),
                strict=True,
            )
        )
    assert answers.pop(expected).startswith(NAMES[expected])
    silent = {other for other, answer in answers.items() if answer == "warehouse_silent"}
    assert silent <= WAIT_FOR_MORE
    told = {other: answer for other, answer in answers.items() if other not in silent}
    assert all(answer.startswith("wrong_protocol") for answer in told.values()), answers
    assert told["ssh"] == "wrong_protocol ssh"
    if expected != "mariadb":
        assert told["mariadb"] == "wrong_protocol mariadb"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("expected", "other", "found"),
    [
        ("clickhouse", "clickhouse-native", "clickhouse-native"),
        ("clickhouse", "mongodb", "mongodb"),
        ("clickhouse", "trino", "trino"),
        ("clickhouse-native", "clickhouse", "clickhouse"),
        ("trino", "clickhouse", "http"),
        ("mariadb", "clickhouse", "http"),
        ("mariadb", "redis", "redis"),
        ("clickhouse-native", "redis", "redis"),
        ("postgresql", "clickhouse", "http"),
        ("redis", "clickhouse", "http"),
    ],
)
def test_many_strangers_say_who_they_are(
    expected: str, other: str, found: str, neighbours: Neighbours
) -> None:
    assert greeted(at(neighbours.places[other], expected)) == f"wrong_protocol {found}"


@pytest.mark.usefixtures("impatient")
def test_silence_a_hang_up_and_an_error_are_no_wrong_protocol() -> None:
    with saying() as silent, TcpService(lambda _client: None) as gone:
        assert greeted(at(silent, "postgresql")) == "warehouse_silent"
        assert greeted(at(gone.endpoint, "postgresql")) == "warehouse_hung_up"
    with saying(recorded.MYSQL_TOO_MANY) as full:
        assert greeted(at(full, "mysql")) == "warehouse_too_many_connections"
    starting = b"E\x00\x00\x00\x32SFATAL\x00C57P03\x00Mthe database system is starting\x00\x00"
    with saying(then=starting) as early:
        assert greeted(at(early, "postgresql")) == "warehouse_starting"
    with saying(then=b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") as asleep:
        assert greeted(at(asleep, "trino")) == "warehouse_unavailable"
    with saying(then=recorded.HTTPS_ONLY) as encrypted:
        assert greeted(at(encrypted, "trino")) == "tls_required"


def test_a_kind_that_nobody_knows_how_to_ask_gets_no_byte() -> None:
    heard: list[bytes] = []
    with TcpService(lambda client: heard.append(client.recv(100))) as service:
        assert greeted(at(service.endpoint, "other")) == "Other (any TCP service)"
    assert heard == [b""]


def test_each_server_shows_its_certificate_the_way_its_protocol_has_it(
    postgres_server: Postgres, mariadb_server: MariaDb
) -> None:
    for connection in (
        at(postgres_server.endpoint, "postgresql"),
        at(mariadb_server.endpoint, "mariadb", REQUIRED),
    ):
        visit = Visit(connection, dialled(connection))
        visit.greet()
        if "postgresql" in connection.kind:
            found = visit.encrypt()
            assert found is not None
            assert found.certificate is not None
            assert found.certificate.names == (TLS_NAME,)
            assert found.doubts == (TlsFault.WRONG_NAME,)
        else:
            with pytest.raises(CaponierError) as refused:
                visit.encrypt()
            assert refused.value.code == "tls_not_offered"
        visit.close()


@pytest.mark.parametrize(
    ("shown", "name", "fault"),
    [
        ({}, "db.example.com", None),
        ({}, "other.example.com", TlsFault.WRONG_NAME),
        ({"over": True}, "db.example.com", TlsFault.EXPIRED),
        ({"not_yet": True}, "db.example.com", TlsFault.NOT_YET_VALID),
    ],
)
def test_a_certificate_is_verified_where_that_is_asked_for(
    shown: dict[str, bool], name: str, fault: TlsFault | None, authority: TlsAuthority
) -> None:
    words = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nOk.\n"
    with tls_saying(words, authority.certificate("db.example.com", **shown)) as place:
        connection = at(place, "clickhouse", Tls(TlsMode.VERIFY, str(authority.path), name))
        visit = Visit(connection, dialled(connection))
        visit.greet()
        if fault is None:
            found = visit.encrypt()
            assert found is not None
            assert found.is_verified
        else:
            with pytest.raises(CaponierError) as refused:
                visit.encrypt()
            facts = refused.value.facts
            assert (refused.value.code, facts["fault"]) == ("tls_invalid", fault)
            assert (facts["names"], facts["issuer"]) == ("db.example.com", "Example Authority")
        visit.close()


@pytest.mark.usefixtures("impatient")
def test_tls_that_is_wanted_and_not_there_is_told(clickhouse_server: ClickHouse) -> None:
    connection = at(clickhouse_server.http, "clickhouse", REQUIRED)
    assert encrypted(connection) == "tls_not_offered"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls_not_offered"),
        (b"\x15\x03\x03\x00\x02\x02\x0a", "warehouse_silent"),
    ],
)
def test_who_takes_a_tls_handshake_for_the_begin_of_a_line_is_given_its_end(answer: bytes, code: str) -> None:
    """As ClickHouse does, wherever the handshake's random bytes begin like the words of a request."""

    def serve(client: socket.socket) -> None:
        heard = b""
        while not heard.endswith(b"\r\n\r\n"):
            heard += client.recv(4096)
        client.sendall(answer)
        client.recv(4096)

    with TcpService(serve) as service:
        connection = at(service.endpoint, "clickhouse", REQUIRED)
        assert encrypted(connection) == code


@pytest.mark.usefixtures("impatient")
def test_who_has_no_word_for_a_tls_handshake_speaks_no_tls() -> None:
    with saying(then=None) as gone:
        assert encrypted(at(gone, "clickhouse", REQUIRED)) == "tls_not_offered"


def test_a_warehouse_is_known_again_by_its_certificate_and_greeting(
    postgres_server: Postgres, mariadb_server: MariaDb
) -> None:
    known = []
    for connection in (
        at(postgres_server.endpoint, "postgresql"),
        at(mariadb_server.endpoint, "mariadb"),
    ) * 2:
        with dialled(connection)() as sock:
            known.append(identify(connection, sock))
    assert known[:2] == known[2:]
    assert known[0].certificate.startswith("SHA256:")
    assert "MariaDB" in known[1].greeting


def test_a_look_finds_it_well_and_is_not_made_at_all_where_it_does_harm(
    postgres_server: Postgres, redis_server: Redis
) -> None:
    for connection in (at(postgres_server.endpoint, "postgresql"), at(redis_server.endpoint, "redis")):
        with dialled(connection)() as sock:
            assert look(connection, sock) is None
        assert is_harmless(connection.kind)
    assert not any(map(is_harmless, ("mysql", "mariadb", "other", "snowflake", "sqlserver")))


def test_who_shuts_the_socket_down_ends_the_visit_at_once() -> None:
    with saying() as silent, ThreadPoolExecutor(1) as pool:
        connection = at(silent, "mysql")
        sock = dialled(connection)()
        asked = pool.submit(identify, connection, sock)
        sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(CaponierError, match="warehouse_hung_up"):
            asked.result(timeout=5)
        sock.close()
