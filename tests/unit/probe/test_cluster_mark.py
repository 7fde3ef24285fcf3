"""A PostgreSQL is known again by the salt of a user that nobody has; whoever makes up another kind of salt is not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.core.errors import CaponierError
from desktop.core.model import AnyHost, Connection, Endpoint, Forward, Hop, Route
from desktop.probe.cluster_mark import USER, cluster_mark, may_have_mark
from desktop.probe.line import Conversation, Silence
from tests.support import recorded

SALES = Connection("sales", Route((Hop("bastion", "ada"),)), Forward(Endpoint("db.internal", 5432)))
# PostgreSQL 15.18, without TLS.
NEGOTIATION = bytes.fromhex("76 0000001a 00000000 00000001") + b"_pq_.caponier\0"
SASL = bytes.fromhex("52 00000017 0000000a") + b"SCRAM-SHA-256\0\0"
SALT = bytes.fromhex("3f1b7c8e5a90d2416b7700c1d5e8fa93")
Reply = Callable[[bytes], bytes]


class Scripted:
    """Implements `Line`: one reply for each thing that is said, piece by piece; then it hangs up, or says no more."""

    def __init__(self, *replies: Reply, piece: int = 1000, stays: bool = False) -> None:
        self._replies = list(replies)
        self._piece = piece
        self._stays = stays
        self._pending = b""
        self.said: list[bytes] = []

    def say(self, data: bytes) -> None:
        self.said.append(data)
        self._pending = self._replies.pop(0)(data) if self._replies else b""

    def hear(self, within_s: float | None = None) -> bytes:
        piece, self._pending = self._pending[: self._piece], self._pending[self._piece :]
        if not piece and self._stays:
            raise Silence
        return piece


def always(answer: bytes) -> Reply:
    return lambda _said: answer


def salted(salt: bytes, *, nonce: str = "") -> Reply:
    """AuthenticationSASLContinue, to the nonce that was said."""

    def reply(said: bytes) -> bytes:
        heard = nonce or said.rpartition(b"r=")[2].decode()
        return authentication(11, f"r={heard}iZt0,s={base64.b64encode(salt).decode()},i=4096".encode())

    return reply


def authentication(kind: int, content: bytes = b"") -> bytes:
    return b"R" + (8 + len(content)).to_bytes(4, "big") + kind.to_bytes(4, "big") + content


def refusal(code: str, words: str) -> bytes:
    body = f"SFATAL\0VFATAL\0C{code}\0M{words}\0\0".encode()
    return b"E" + (4 + len(body)).to_bytes(4, "big") + body


def mark(line: Scripted) -> str:
    return cluster_mark(SALES, Conversation(line), 5.0)


@pytest.mark.parametrize("piece", [1, 1000])
def test_the_mark_is_a_fingerprint_of_the_salt(piece: int) -> None:
    line = Scripted(always(NEGOTIATION + SASL), salted(SALT), piece=piece)
    digest = base64.b64encode(hashlib.sha256(SALT).digest()).decode().rstrip("=")
    assert mark(line) == f"SHA256:{digest}"


def test_it_asks_for_a_user_that_nobody_has_and_for_the_connection_s_database() -> None:
    line = Scripted(always(NEGOTIATION + SASL), salted(SALT), stays=True)
    cluster_mark(replace(SALES, database="shop", warehouse_user="ada"), Conversation(line), 5.0)
    startup, first = line.said
    assert len(startup) == int.from_bytes(startup[:4], "big")
    assert startup[4:].startswith(b"\0\3\0\0user\0" + USER.encode() + b"\0database\0shop\0")
    assert b"ada" not in startup
    assert first.startswith(b"p")
    assert b"SCRAM-SHA-256\0" in first


@pytest.mark.parametrize(
    "answer",
    [
        SASL,
        NEGOTIATION.replace(b"caponier", b"somebody") + SASL,
        NEGOTIATION + authentication(0) + b"S",
        NEGOTIATION + authentication(3),
        NEGOTIATION + authentication(5, b"salt"),
        NEGOTIATION + authentication(10, b"OAUTHBEARER\0\0"),
        NEGOTIATION + refusal("28000", "no pg_hba.conf entry for host"),
        NEGOTIATION + refusal("08P01", "unsupported startup parameter: caponier.who_are_you"),
        refusal("08P01", "unsupported startup parameter: _pq_.caponier"),
        refusal("XX000", "SCRAM authentication failed"),
    ],
    ids=[
        "no negotiation",
        "another option",
        "trust",
        "cleartext",
        "md5",
        "other SASL",
        "pg_hba.conf",
        "PgBouncer 1.23",
        "PgBouncer 1.18",
        "Pgpool-II",
    ],
)
def test_who_answers_in_another_way_has_no_mark_and_is_told_nothing_more(answer: bytes) -> None:
    line = Scripted(always(answer), stays=True)
    assert mark(line) == ""
    assert len(line.said) == 1


@pytest.mark.parametrize(
    "reply",
    [
        salted(hashlib.sha256(USER.encode() + b"pgpool-II random nonce string\0\0\0").digest()[:16]),
        salted(b""),
        salted(SALT, nonce="somebody else's"),
        always(authentication(11, b"r=,s=!,i=1")),
        always(authentication(11)),
        always(authentication(12, b"v=")),
        always(refusal("28P01", "password authentication failed")),
    ],
)
def test_a_salt_that_is_everybody_s_or_no_answer_to_us_is_none(reply: Reply) -> None:
    assert mark(Scripted(always(NEGOTIATION + SASL), reply)) == ""


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (NEGOTIATION + refusal("57P03", "the database system is starting up"), "warehouse_starting"),
        (NEGOTIATION + refusal("53300", "sorry, too many clients already"), "warehouse_too_many_connections"),
        (NEGOTIATION + refusal("58030", "could not read a file"), "warehouse_unavailable"),
        (b"", "warehouse_hung_up"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "wrong_protocol"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong_protocol"),
        (recorded.MYSQL_GREETING, "wrong_protocol"),
        (NEGOTIATION + SASL[:7], "warehouse_hung_up"),
    ],
)
def test_who_can_not_serve_now_or_is_somebody_else_is_no_finding(answer: bytes, code: str) -> None:
    with pytest.raises(CaponierError) as caught:
        mark(Scripted(always(answer)))
    assert caught.value.code == code


def test_only_what_goes_by_the_name_of_postgresql_is_asked() -> None:
    assert may_have_mark(SALES)
    for kind in ("greenplum", "yugabytedb", "redshift", "cockroachdb", "mysql", "other"):
        assert not may_have_mark(replace(SALES, kind=kind))
    assert not may_have_mark(replace(SALES, forward=Forward(AnyHost())))
