"""A login to SQL Server keeps its password inside TLS wherever the connection or the server wants that."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import CaponierError
from desktop.core.model import DIRECT, Connection, Endpoint, Forward
from desktop.core.tls import AUTOMATIC, Tls, TlsMode
from desktop.probe.login import LoginNotTried, LoginRequest
from desktop.probe.login_ways import log_in
from tests.support.authority import ServerCertificate, TlsAuthority
from tests.support.checking import Checking
from tests.support.checking import bastion as bastion
from tests.support.checking import checking as checking
from tests.support.echo import TcpService
from tests.support.logs import LogGuard
from tests.support.tds_server import (
    VERSION_SAID,
    Login,
    Setting,
    SqlServer,
    prelogin_answer,
    scrambled,
    sent_on,
)

PASSWORD = "s3cret-of-the-warehouse"
NAME = "sql.example.com"
IN_TLS = "TLSv1.2"
OFF, REQUIRED = Tls(TlsMode.OFF), Tls(TlsMode.REQUIRE)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TlsAuthority:
    return TlsAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificate(authority: TlsAuthority) -> ServerCertificate:
    return authority.certificate(NAME)


def verified(authority: TlsAuthority, name: str = NAME) -> Tls:
    return Tls(TlsMode.VERIFY, str(authority.path), name)


@contextlib.contextmanager
def request_to(place: Endpoint, tls: Tls, timeout_s: float = 10) -> Iterator[LoginRequest]:
    connection = Connection("near", DIRECT, Forward(place), "sqlserver", "shop", "analyst", tls=tls)
    with socket.create_connection((place.host, place.port), timeout=10) as sock:
        yield LoginRequest(connection, sock, PASSWORD, timeout_s)


def outcome(server: SqlServer, tls: Tls) -> str:
    """The version that the server said, or the code of what was in the way of a login."""
    with server.running() as place, request_to(place, tls) as request:
        try:
            return log_in(request).version
        except LoginNotTried as untried:
            return untried.reason
        except CaponierError as error:
            return f"{error.code} {error.facts.get('fault', '')}".strip()


def is_password_seen(server: SqlServer) -> bool:
    return scrambled(PASSWORD) in server.bare or PASSWORD.encode("utf-16-le") in server.bare


@pytest.mark.parametrize(
    ("setting", "tls"),
    [
        (Setting.WHERE_ASKED, AUTOMATIC),
        (Setting.WHERE_ASKED, REQUIRED),
        (Setting.FORCED, AUTOMATIC),
        (Setting.FORCED, REQUIRED),
    ],
)
def test_login_and_query_are_in_tls(certificate: ServerCertificate, setting: Setting, tls: Tls) -> None:
    server = SqlServer(setting, certificate)
    assert outcome(server, tls) == VERSION_SAID
    assert server.logins == [Login("analyst", PASSWORD, "shop", IN_TLS)]
    assert [tls for _, tls in server.queries] == [IN_TLS]
    assert not is_password_seen(server)


def test_the_login_alone_is_in_tls_where_the_server_wants_no_more(certificate: ServerCertificate) -> None:
    server = SqlServer(Setting.LOGIN_ALONE, certificate)
    assert outcome(server, AUTOMATIC) == VERSION_SAID
    assert server.logins == [Login("analyst", PASSWORD, "shop", IN_TLS)]
    assert [tls for _, tls in server.queries] == [""]
    assert not is_password_seen(server)


@pytest.mark.parametrize(
    ("setting", "tls"),
    [(Setting.WITHOUT_TLS, AUTOMATIC), (Setting.WITHOUT_TLS, OFF), (Setting.WHERE_ASKED, OFF)],
)
def test_a_login_is_in_clear_where_nobody_wants_more(
    certificate: ServerCertificate, setting: Setting, tls: Tls
) -> None:
    server = SqlServer(setting, certificate)
    assert outcome(server, tls) == VERSION_SAID
    assert server.logins == [Login("analyst", PASSWORD, "shop", "")]
    assert is_password_seen(server)


@pytest.mark.parametrize(
    ("setting", "tls", "said"),
    [
        (Setting.WITHOUT_TLS, REQUIRED, "tls_not_offered"),
        (Setting.WITHOUT_TLS, Tls(TlsMode.VERIFY), "tls_not_offered"),
        (Setting.LOGIN_ALONE, REQUIRED, "tls_failed"),
        (Setting.FORCED, OFF, "The server wants TLS, which is switched off for this connection"),
        (Setting.UNHEARD_OF, AUTOMATIC, "warehouse_login_failed"),
    ],
)
def test_without_the_tls_that_is_wanted_no_password_is_told(
    certificate: ServerCertificate, setting: Setting, tls: Tls, said: str
) -> None:
    server = SqlServer(setting, certificate)
    assert outcome(server, tls).startswith(said)
    assert server.logins == []
    assert not is_password_seen(server)


def test_only_a_server_whose_certificate_is_good_is_told_the_password(
    authority: TlsAuthority, certificate: ServerCertificate, tmp_path: Path
) -> None:
    foreign = TlsAuthority(tmp_path, "Somebody Else").certificate(NAME)
    tls = verified(authority)
    for shown, mode, fault in (
        (authority.certificate(NAME, over=True), tls, "expired"),
        (authority.certificate(NAME, not_yet=True), tls, "not-yet-valid"),
        (foreign, tls, "unknown-authority"),
        (certificate, Tls(TlsMode.VERIFY, server_name=NAME), "unknown-authority"),
        (certificate, verified(authority, "other.example.com"), "wrong-name"),
    ):
        server = SqlServer(Setting.WHERE_ASKED, shown)
        assert outcome(server, mode) == f"tls_invalid {fault}"
        assert server.logins == []
        assert not is_password_seen(server)
    server = SqlServer(Setting.WHERE_ASKED, certificate)
    assert outcome(server, tls) == VERSION_SAID
    assert [login.tls for login in server.logins] == [IN_TLS]


@pytest.mark.parametrize("setting", [Setting.WITHOUT_TLS, Setting.WHERE_ASKED, Setting.LOGIN_ALONE])
@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([(18456, "Login failed for user 'analyst'.")], "warehouse_auth_rejected"),
        (
            [(4060, 'Cannot open database "shop" requested by the login.'), (18456, "Login failed.")],
            "warehouse_database_missing",
        ),
        ([(40613, "Database is not currently available.")], "warehouse_starting"),
        ([(10928, "The request limit is reached.")], "warehouse_too_many_connections"),
        ([(50000, "Something else.")], "warehouse_login_failed"),
    ],
)
def test_what_the_server_has_against_a_login_is_told(
    certificate: ServerCertificate, setting: Setting, errors: list[tuple[int, str]], code: str
) -> None:
    server = SqlServer(setting, certificate, errors)
    assert outcome(server, AUTOMATIC) == code
    # A refusal may count: there is no second try.
    assert len(server.logins) == 1


def told(answers: list[bytes], *, hangs_up: bool, timeout_s: float = 10) -> str:
    """The code of the error, where a server gives these answers and no more."""

    def serve(client: socket.socket) -> None:
        for answer in answers:
            client.recv(1 << 12)
            client.sendall(answer)
        while client.recv(1 << 12) and not hangs_up:
            pass

    with TcpService(serve) as service, request_to(service.endpoint, AUTOMATIC, timeout_s) as request:
        with pytest.raises(CaponierError) as raised:
            log_in(request)
        return raised.value.code


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([], "warehouse_hung_up"),
        ([b"\x04\x01\x00\x09\0\0\x01\0\xff"], "warehouse_login_failed"),
        ([prelogin_answer(1)], "tls_failed"),
        ([prelogin_answer(1), b"\x12\x01\x00\x0d\0\0\x01\0SSH-2"], "tls_failed"),
        ([prelogin_answer(2)], "warehouse_hung_up"),
    ],
)
def test_who_breaks_off_is_told(answers: list[bytes], code: str) -> None:
    assert told(answers, hangs_up=True) == code


@pytest.mark.parametrize("answers", [[], [prelogin_answer(1)], [prelogin_answer(2)]])
def test_who_says_no_more_is_waited_for_no_longer_than_that(
    answers: list[bytes], log_guard: LogGuard
) -> None:
    log_guard.allow("pytds: Work attempt exceeded")
    assert told(answers, hangs_up=False, timeout_s=0.2) == "warehouse_silent"


def test_nobody_is_followed_to_another_server_with_the_password() -> None:
    other = SqlServer(Setting.WITHOUT_TLS)

    def serve(client: socket.socket) -> None:
        for answer in (prelogin_answer(2), sent_on(place.host, place.port)):
            client.recv(1 << 12)
            client.sendall(answer)
        client.recv(1 << 12)

    with (
        other.running() as place,
        TcpService(serve) as service,
        request_to(service.endpoint, AUTOMATIC) as request,
        pytest.raises(LoginNotTried, match="sends"),
    ):
        log_in(request)
    assert other.bare == b""


def test_a_check_goes_up_to_the_login_in_tls(
    checking: Checking, authority: TlsAuthority, certificate: ServerCertificate
) -> None:
    server = SqlServer(Setting.FORCED, certificate)
    with server.running() as place:
        done = checking(
            checking.connection(place, "sqlserver", "analyst", "shop", verified(authority)), PASSWORD
        )
    assert done.well, done.err
    assert done.last["detail"] == f"analyst, SQL Server {VERSION_SAID}"
    assert [login.tls for login in server.logins] == [IN_TLS]


def test_a_check_without_tls_is_well_and_says_why_there_was_no_login(
    checking: Checking, certificate: ServerCertificate
) -> None:
    server = SqlServer(Setting.FORCED, certificate)
    with server.running() as place:
        done = checking(checking.connection(place, "sqlserver", "analyst", "shop", OFF), PASSWORD)
    assert done.well, done.err
    assert "The server wants TLS" in done.stage("warehouse_login")["note"]
    assert server.logins == []
