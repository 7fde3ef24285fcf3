"""A visit to whatever stands at the end of a way: who are you, and may we go on encrypted?"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop.core.errors import CaponierError
from desktop.core.model import Connection
from desktop.core.tls import TlsMode
from desktop.core.warehouse_errors import TlsFailed, TlsFault, TlsInvalid, TlsNotOffered
from desktop.core.warehouses import OTHER, WireProtocol, warehouse
from desktop.probe import clickhouse, http, mongodb, mysql, oracle, postgresql, redis, tds, unasked
from desktop.probe.certificate import Certificate, utc_now
from desktop.probe.cluster_mark import cluster_mark
from desktop.probe.line import Conversation, HungUp, Silence, SocketLine, TlsLine
from desktop.probe.speech import Greeting, Speech, TlsOffer
from desktop.probe.strangers import hung_up, stranger, unanswered
from desktop.probe.tls_context import (
    begins_with_tls,
    certified_name,
    client_context,
    tls_error,
    unverified_context,
)

VISIT_TIMEOUT_S = 15.0
# Servers that speak first do so within a round trip. None of them gets a byte of ours by mistake.
SPEAKS_FIRST_WITHIN_S = 0.4
# Some look up who is there, by DNS, before they say a word.
ANSWERS_WITHIN_S = 8.0
# To a server that should have answered long ago: many that speak something else say then what they are.
_NUDGE = b"\r\n?\r\n\r\n"
_ANSWERS_NUDGE_WITHIN_S = 1.0
# OpenSSL's reasons for an answer that is no TLS.
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
)
# An alert, or a part of a handshake (RFC 8446 section 5.1).
_TLS_RECORDS = (b"\x15", b"\x16")
_MOST_NAMES = 5

_SPEECHES: dict[WireProtocol, Speech] = {
    WireProtocol.POSTGRESQL: postgresql.SPEECH,
    WireProtocol.MYSQL: mysql.SPEECH,
    WireProtocol.TDS: tds.SPEECH,
    WireProtocol.ORACLE: oracle.SPEECH,
    WireProtocol.CLICKHOUSE: clickhouse.SPEECH,
    WireProtocol.HTTP: http.SPEECH,
    WireProtocol.MONGODB: mongodb.SPEECH,
    WireProtocol.REDIS: redis.SPEECH,
    WireProtocol.TLS: unasked.SPEECH,
    WireProtocol.UNKNOWN: unasked.SPEECH,
}


@dataclass(frozen=True, slots=True)
class TlsFound:
    """`doubts` are what a client that verifies would mind, though nobody asked; empty where it `is_verified`."""

    version: str
    certificate: Certificate | None
    is_verified: bool
    doubts: tuple[TlsFault, ...] = ()


class Visit:
    """Blocks, in one thread; first `greet`, then `encrypt`, and `close` in the end, which ends its connection.

    A visit takes one connection of `connect`, and a second one only to tell what is wrong with a certificate. Another
    thread that shuts these down makes it return. `verifies` is False for who wants to see a certificate and not to
    trust it.
    """

    def __init__(
        self,
        connection: Connection,
        connect: Callable[[], socket.socket],
        *,
        verifies: bool = True,
        timeout_s: float = VISIT_TIMEOUT_S,
    ) -> None:
        self._connection = connection
        self._connect = connect
        self._verifies = verifies and connection.tls.mode is TlsMode.VERIFY
        self._timeout_s = timeout_s
        self._entry = warehouse(connection.kind)
        self._speech = _SPEECHES[self._entry.protocol]
        self._sock: socket.socket | None = None
        self._conversation: Conversation | None = None
        self._greeting: Greeting | None = None
        self._tls: TlsLine | None = None
        self._refusal: CaponierError | None = None

    def greet(self) -> Greeting:
        """Raises what `connect` does, and a `WarehouseError` for who is not what the connection says."""
        self._sock = self._connect()
        conversation = self._conversation = Conversation(SocketLine(self._sock, self._timeout_s))
        try:
            greeting = self._greeting = self._exchange(conversation)
        except Silence:
            raise unanswered(self._connection, self._timeout_s) from None
        return greeting

    def encrypt(self) -> TlsFound | None:
        """After `greet`; None where it goes on in clear. Raises `TlsNotOffered`, `TlsInvalid`, `TlsFailed`."""
        greeting, conversation = self._greeting, self._conversation
        if greeting is None or conversation is None:
            raise RuntimeError("nobody was greeted yet")
        if self._tls is None and self._refusal is None and self._goes_on_encrypted(greeting):
            self._upgrade(conversation)
        if self._refusal is not None:
            raise self._refusal
        return self._found(self._tls) if self._tls is not None else None

    def cluster_mark(self) -> str:
        """Of a PostgreSQL, or nothing where it shows none; it is the last that can be asked.

        After `encrypt`, where that found TLS, or none was offered. In place of `greet` where there is to be none:
        a server that has said yes to TLS takes nothing else. Raises as `greet` does.
        """
        conversation = self._conversation
        if conversation is None:
            self._sock = self._connect()
            conversation = self._conversation = Conversation(SocketLine(self._sock, self._timeout_s))
            self._let_speak(conversation)
            if conversation.heard:
                raise stranger(self._connection, b"", conversation.heard, ended=conversation.is_over)
        if self._tls is not None:
            conversation = Conversation(self._tls)
        try:
            return cluster_mark(self._connection, conversation, ANSWERS_WITHIN_S)
        except Silence:
            raise unanswered(self._connection, ANSWERS_WITHIN_S) from None

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()

    @property
    def _about(self) -> dict[str, str]:
        return {"target": str(self._connection.forward.target), "kind": self._connection.kind}

    # -- who are you? ----------------------------------------------------------------------------------------

    def _exchange(self, conversation: Conversation) -> Greeting:
        self._let_speak(conversation)
        if not begins_with_tls(self._connection) or conversation.heard:
            return self._ask(conversation)
        self._open_tls(conversation)
        if self._tls is None:
            # `encrypt` says why; what would speak in there is not known.
            return Greeting(self._entry.title, tls=TlsOffer.AT_ONCE)
        conversation.line = self._tls
        return replace(self._ask(conversation), tls=TlsOffer.AT_ONCE)

    def _let_speak(self, conversation: Conversation) -> None:
        with contextlib.suppress(Silence):
            conversation.hear_until(bool, SPEAKS_FIRST_WITHIN_S)
        if conversation.is_over and not conversation.heard:
            raise hung_up(self._connection)

    def _open_tls(self, conversation: Conversation) -> None:
        """As `_begin_tls`; who still waits for the rest of what it took for a line of text, gets one."""
        try:
            self._begin_tls(conversation)
        except Silence:
            self._nudge(conversation)
            if not conversation.heard or conversation.heard.startswith(_TLS_RECORDS):
                raise unanswered(self._connection, ANSWERS_WITHIN_S) from None
            self._refusal = TlsNotOffered(**self._about)

    def _ask(self, conversation: Conversation) -> Greeting:
        if self._speech is unasked.SPEECH:
            return self._judge_unasked(conversation)
        hello = self._speech.hello(self._connection)
        if not (hello and conversation.heard):
            self._hear_answer(conversation, hello)
        greeting = self._speech.read(self._connection, conversation.heard)
        if greeting is None:
            raise stranger(self._connection, hello, conversation.heard, ended=conversation.is_over)
        return greeting

    def _hear_answer(self, conversation: Conversation, hello: bytes) -> None:
        if hello:
            conversation.ask(hello)
        try:
            conversation.hear_until(self._speech.is_whole, ANSWERS_WITHIN_S)
        except Silence:
            # What came may be enough, for another protocol than this.
            if not conversation.heard:
                self._nudge(conversation)

    def _nudge(self, conversation: Conversation) -> None:
        try:
            conversation.line.say(_NUDGE)
            conversation.hear_until(bool, _ANSWERS_NUDGE_WITHIN_S)
        except Silence:
            raise unanswered(self._connection, ANSWERS_WITHIN_S) from None

    def _judge_unasked(self, conversation: Conversation) -> Greeting:
        """Whatever says nothing by itself may be what it should be."""
        if conversation.heard and self._entry.key != OTHER.key:
            raise stranger(self._connection, b"", conversation.heard, ended=conversation.is_over)
        return Greeting(self._entry.title)

    # -- may we go on encrypted? -----------------------------------------------------------------------------

    def _goes_on_encrypted(self, greeting: Greeting) -> bool:
        wants = self._connection.tls.mode
        if wants in (TlsMode.REQUIRE, TlsMode.VERIFY) and greeting.tls is TlsOffer.NONE:
            raise TlsNotOffered(**self._about)
        return wants is not TlsMode.OFF and greeting.tls is TlsOffer.UPGRADE

    def _upgrade(self, conversation: Conversation) -> None:
        if self._speech.upgrade is None:
            return
        try:
            self._begin_tls(Conversation(self._speech.upgrade(conversation)))
        except Silence:
            raise unanswered(self._connection, self._timeout_s) from None

    def _begin_tls(self, conversation: Conversation) -> None:
        """`_tls` is there from then on, or a `_refusal`. Raises `TlsFileUnreadable` and `Silence`."""
        context = client_context(self._connection) if self._verifies else unverified_context()
        try:
            name = certified_name(self._connection)
            self._tls = TlsLine(conversation.line, context, name, answers_within_s=ANSWERS_WITHIN_S)
        except ssl.SSLCertVerificationError as error:
            self._refusal = self._explained(error)
        except ssl.SSLError as error:
            is_clear = error.reason in _NOT_TLS
            self._refusal = TlsNotOffered(**self._about) if is_clear else tls_error(error, self._connection)
        except HungUp:
            # A server that speaks TLS says why; one that does not has no words for that.
            is_first = self._greeting is None
            broken = TlsFailed(**self._about, detail="it hung up")
            self._refusal = TlsNotOffered(**self._about) if is_first else broken
        except ValueError:
            # A name that Python's ssl refuses to look for.
            self._refusal = TlsFailed(**self._about, detail="the name in the certificate can't be one")

    def _explained(self, error: ssl.SSLCertVerificationError) -> CaponierError:
        """With what the certificate says, which a second, unbelieving visit looks at."""
        shown = self._look_again()
        refusal = tls_error(error, self._connection)
        if shown is None or not isinstance(refusal, TlsInvalid):
            return refusal
        is_early = refusal.facts["fault"] == TlsFault.NOT_YET_VALID
        date = shown.not_before if is_early else shown.not_after
        known = {
            "names": ", ".join(shown.names[:_MOST_NAMES]),
            "issuer": shown.issuer,
            "date": f"{date:%Y-%m-%d}" if date is not None else "",
        }
        return TlsInvalid(**{**refusal.facts, **known})

    def _look_again(self) -> Certificate | None:
        visit = Visit(self._connection, self._connect, verifies=False, timeout_s=self._timeout_s)
        try:
            visit.greet()
            found = visit.encrypt()
        except CaponierError:
            return None
        finally:
            visit.close()
        return found.certificate if found is not None else None

    def _found(self, line: TlsLine) -> TlsFound:
        from desktop.probe.certificate_reader import certificate_of

        certificate = certificate_of(line.certificate) if line.certificate else None
        doubts: tuple[TlsFault, ...] = ()
        if certificate is not None and not self._verifies:
            doubts = certificate.doubts(certified_name(self._connection), utc_now())
        return TlsFound(line.protocol, certificate, self._verifies, doubts)
