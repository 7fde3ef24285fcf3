"""A copied text asks for TLS as its connection does, and says where it can't."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from desktop.core.copy_text import CopyNote, CopyText, NoteKind, TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import DIRECT, Connection, Endpoint, Forward, Hop, Route, UnixSocket
from desktop.core.tls import Tls, TlsMode
from desktop.core.warehouses import CATALOGUE, OTHER
from desktop.wording.copy_notes import note_sentence

LOCAL = Endpoint("127.0.0.1", 15432)
VERIFY = Tls(TlsMode.VERIFY, "/ca.pem")


def behind_a_bastion(kind: str, tls: Tls, target: Endpoint | UnixSocket | None = None) -> Connection:
    forward = Forward(target or Endpoint("db.internal", 1))
    return Connection(
        "n", Route((Hop("bastion", "me"),)), forward, kind, database="sales", warehouse_user="ann", tls=tls
    )


def texts(connection: Connection, at: Endpoint = LOCAL) -> dict[TextKey, CopyText]:
    return {text.key: text for text in copy_texts(connection, at)}


def note_of(text: CopyText) -> NoteKind | None:
    return text.note.kind if text.note is not None else None


# What is in the text, and what is said beside it.
VERIFIED = {
    ("postgresql", TextKey.JDBC): ("sslmode=verify-ca&sslrootcert=%2Fca.pem", NoteKind.NAME_NOT_CHECKED),
    ("postgresql", TextKey.COMMAND): ("sslmode=verify-full sslrootcert=/ca.pem", None),
    ("postgresql", TextKey.ENVIRONMENT): ("PGSSLMODE=verify-full PGSSLROOTCERT=/ca.pem", None),
    ("postgresql", TextKey.ODBC): (
        "Server=db.internal;Port=15432;Database=sales;UID=ann;SSLmode=verify-full;"
        "pqopt={sslrootcert=/ca.pem hostaddr=127.0.0.1}",
        None,
    ),
    ("postgresql", TextKey.DBT): ("sslmode: verify-ca", NoteKind.NAME_NOT_CHECKED),
    ("mysql", TextKey.COMMAND): ("--ssl-mode=VERIFY_CA --ssl-ca=/ca.pem", NoteKind.NAME_NOT_CHECKED),
    ("mysql", TextKey.JDBC): ("sslMode=VERIFY_CA", NoteKind.NAME_NOT_CHECKED),
    ("mariadb", TextKey.COMMAND): ("-h db.internal -P 15432", NoteKind.HOSTS_LINE),
    ("mariadb", TextKey.JDBC): ("sslMode=verify-ca&serverSslCert=/ca.pem", NoteKind.NAME_NOT_CHECKED),
    ("sqlserver", TextKey.JDBC): ("hostNameInCertificate=db.internal", NoteKind.TRUST_STORE),
    ("sqlserver", TextKey.ODBC): ("HostNameInCertificate=db.internal", NoteKind.TRUST_STORE),
    ("sqlserver", TextKey.DBT): ('server: "db.internal"', NoteKind.HOSTS_LINE),
    ("oracle", TextKey.JDBC): ("tcps://db.internal:15432/sales?ssl_server_dn_match=yes", NoteKind.HOSTS_LINE),
    ("clickhouse", TextKey.URL): ("https://ann@db.internal:15432/", NoteKind.HOSTS_LINE),
    ("clickhouse", TextKey.COMMAND): ("--resolve db.internal:15432:127.0.0.1 --cacert /ca.pem", None),
    ("clickhouse", TextKey.SQLALCHEMY): ("server_host_name=db.internal&ca_cert=%2Fca.pem", None),
    ("trino", TextKey.JDBC): ("hostnameInCertificate=db.internal&SSLTrustStorePath=%2Fca.pem", None),
    ("trino", TextKey.COMMAND): ("--server https://db.internal:15432", NoteKind.HOSTS_LINE),
    ("mongodb", TextKey.COMMAND): ("tlsAllowInvalidHostnames=true", NoteKind.NAME_NOT_CHECKED),
    ("redis", TextKey.COMMAND): ("--tls --sni db.internal --cacert /ca.pem", NoteKind.NAME_NOT_CHECKED),
    ("saphana", TextKey.COMMAND): ("-sslhostnameincert db.internal", None),
    ("impala", TextKey.COMMAND): ("-i db.internal:15432 -l -u ann", NoteKind.HOSTS_LINE),
    ("teradata", TextKey.SQLALCHEMY): ("https_port=15432", NoteKind.HOSTS_LINE),
}


@pytest.mark.parametrize(("kind", "key"), VERIFIED, ids=str)
def test_verification_is_kept_or_it_is_said_that_it_is_not(kind: str, key: TextKey) -> None:
    text = texts(behind_a_bastion(kind, VERIFY))[key]
    part, note = VERIFIED[kind, key]
    assert part in text.text
    assert note_of(text) is note


@pytest.mark.parametrize("kind", [entry.key for entry in CATALOGUE])
def test_a_direct_connection_needs_no_tricks_and_no_hosts_file(kind: str) -> None:
    target = Endpoint("db.internal", 1)
    connection = replace(behind_a_bastion(kind, VERIFY), route=DIRECT)
    for text in texts(connection, target).values():
        assert "hostaddr" not in text.text.lower()
        assert "127.0.0.1" not in text.text
        assert note_of(text) not in (NoteKind.HOSTS_LINE, NoteKind.NAME_UNKNOWN, NoteKind.LIBPQ_ONLY)


@pytest.mark.parametrize("kind", [entry.key for entry in (*CATALOGUE, OTHER)])
def test_left_to_itself_a_client_is_told_nothing_of_tls(kind: str) -> None:
    for text in texts(behind_a_bastion(kind, Tls())).values():
        assert not any(
            word in text.text.lower() for word in ("sslmode", "encrypt=", "--tls", "verify", "ssl=true")
        )


@pytest.mark.parametrize("kind", ["postgresql", "mysql", "mariadb", "sqlserver"])
def test_off_is_said_where_a_client_would_try_tls_by_itself(kind: str) -> None:
    given = texts(behind_a_bastion(kind, Tls(TlsMode.OFF)))
    said = given[TextKey.COMMAND].text + given[TextKey.JDBC].text
    assert any(word in said.lower() for word in ("disable", "skip-ssl", "encrypt=false"))


def test_sqlcmd_encrypts_where_it_has_to_and_would_not_by_itself() -> None:
    given = texts(behind_a_bastion("sqlserver", Tls(TlsMode.REQUIRE)))
    assert given[TextKey.COMMAND].text.endswith(" -Nm -C")


@pytest.mark.parametrize(("mode", "option"), [(TlsMode.OFF, "DBS_PORT"), (TlsMode.REQUIRE, "HTTPS_PORT")])
def test_teradatas_driver_is_told_the_port_by_the_name_that_tls_has_there(mode: TlsMode, option: str) -> None:
    given = texts(behind_a_bastion("teradata", Tls(mode)))
    assert given[TextKey.JDBC].text.startswith(f"jdbc:teradata://127.0.0.1/{option}=15432,")


def test_without_a_file_the_systems_authorities_are_trusted_and_the_name_is_checked() -> None:
    given = texts(behind_a_bastion("postgresql", Tls(TlsMode.VERIFY)))
    assert "sslmode=verify-full sslrootcert=system" in given[TextKey.COMMAND].text
    assert note_of(given[TextKey.COMMAND]) is NoteKind.LIBPQ_16
    # Any authority's certificate for any name would do for verify-ca.
    assert given[TextKey.JDBC].text.startswith("jdbc:postgresql://db.internal:15432/")
    assert "sslmode=verify-full" in given[TextKey.JDBC].text
    assert note_of(given[TextKey.JDBC]) is NoteKind.HOSTS_LINE


def test_an_https_port_is_verified_by_its_clients_without_a_word() -> None:
    given = texts(behind_a_bastion("clickhouse", Tls(), Endpoint("db.internal", 8443)))
    assert given[TextKey.URL].text == "https://ann@db.internal:15432/?database=sales"
    assert note_of(given[TextKey.URL]) is NoteKind.HOSTS_LINE


@pytest.mark.parametrize("target", [UnixSocket("/run/db.sock"), Endpoint("10.0.0.7", 1)], ids=str)
def test_where_nobody_knows_the_name_in_the_certificate_the_person_is_asked_for_it(
    target: Endpoint | UnixSocket,
) -> None:
    text = texts(behind_a_bastion("clickhouse", VERIFY, target))[TextKey.URL]
    assert note_of(text) is NoteKind.NAME_UNKNOWN
    named = texts(behind_a_bastion("clickhouse", replace(VERIFY, server_name="db.example.com"), target))
    assert named[TextKey.URL].text.startswith("https://ann@db.example.com:15432/")


@pytest.mark.parametrize("host", ["$(reboot)", "a`b`", 'a"b', "a;b"])
@pytest.mark.parametrize("kind", [entry.key for entry in CATALOGUE])
def test_a_host_s_name_can_t_become_a_command(kind: str, host: str) -> None:
    given = texts(behind_a_bastion(kind, VERIFY, Endpoint(host, 8443)))
    if TextKey.COMMAND in given:
        words = list(shlex.shlex(given[TextKey.COMMAND].text, posix=True, punctuation_chars=True))
        assert ";" not in words
        assert "reboot" not in words


def test_two_things_to_do_are_both_said() -> None:
    text = texts(behind_a_bastion("mysql", VERIFY))[TextKey.JDBC]
    assert text.note is not None
    assert text.note.more == (NoteKind.TRUST_STORE,)
    sentence = note_sentence(text.note)
    assert "let db.internal lead to 127.0.0.1" in sentence
    assert "add /ca.pem to the trust store" in sentence


@pytest.mark.parametrize("kind", NoteKind)
def test_every_note_has_a_sentence(kind: NoteKind) -> None:
    sentence = note_sentence(CopyNote(kind, "db.internal", "127.0.0.1", "/ca.pem"))
    assert sentence.endswith(".")
    assert "{" not in sentence
