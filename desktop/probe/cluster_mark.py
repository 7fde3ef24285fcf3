"""By what a PostgreSQL without TLS is known again, without a login: what it says to a user that it does not know.

With SCRAM (RFC 5802) a server tells the salt of a user's password to whoever asks. So that nobody learns who exists,
PostgreSQL makes one up for a user it does not know (`scram_mock_salt` in its auth-scram.c): SHA-256 of the name and the
cluster's `mock_authentication_nonce`, which initdb makes and pg_control keeps. It stays the same over restarts, and in
standbys and other copies of the files; what initdb makes anew has another. We ask for a user that nobody has, and hang
up once the salt is there: for CheckSASLAuth (auth-sasl.c) that is no failure, and leaves no line in the log.

Others that speak like this make up a salt of their own, which would tell nothing, or something else each time:

- PgBouncer draws its nonce anew at each start (`scram_mock_salt` in its scram.c). It refuses settings that it does not
  know ("unsupported startup parameter", its config.md at ignore_startup_parameters; issue 1074), where PostgreSQL looks
  at them only after a login (`process_startup_options` in postinit.c). So one is sent.
- Old poolers and programs of other makers know nothing of NegotiateProtocolVersion, with which PostgreSQL answers a
  ``_pq_.`` option that it does not know (documentation, "Message Formats"). PgBouncer does since its pull request
  1007. So one is sent, and has to be named in an answer.
- Pgpool-II has one nonce for all the world (`GetMockAuthenticationNonce` in its auth-scram.c), so its salt is known
  here. Before that it refuses a user that is not in its pool_passwd.
- Greenplum 6 draws one for each login (`scram_MockSalt` in its auth-scram.c), and YugabyteDB runs initdb on each of its
  servers (`InitDbLocalOnlyIfNeeded` in its pg_wrapper.h). So only what is called PostgreSQL is asked, and
  `identify_surely` asks twice.
- CockroachDB negotiates only where a newer protocol than 3.0 is asked for (its pull request 158636).

It is no proof as a certificate is one: who has asked once can say the same. It tells servers apart that got mixed up.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from desktop.core.model import AnyHost, Connection
from desktop.probe.line import Conversation
from desktop.probe.strangers import hung_up, stranger

USER = "caponier-who-are-you"
_KIND = "postgresql"
# Both are made up: a setting with a dot is one of an extension's, which may come later.
_OPTION = "_pq_.caponier"
_SETTING = "caponier.who_are_you"
_MECHANISM = "SCRAM-SHA-256"
# PostgreSQL's documentation, "Message Formats".
_VERSION_3_0 = (3 << 16).to_bytes(4, "big")
_SASL, _SASL_CONTINUE = 10, 11
_ANSWERS = (b"R", b"E")
_BEFORE_ANSWERS = (b"v", b"N")
_HEAD_BYTES = 5
# Its appendix "PostgreSQL Error Codes": no resources, an operator's doing, trouble of the system's or its own. What
# else it refuses, it would refuse again; and so would others, whatever they call it (Pgpool-II says XX000).
_PASSING = ("53", "57", "58", "XX")
_POOLS_NONCE = b"pgpool-II random nonce string".ljust(32, b"\0")
_POOLS_SALT = hashlib.sha256(USER.encode() + _POOLS_NONCE).digest()


def may_have_mark(connection: Connection) -> bool:
    """Whether its warehouse may be asked at all."""
    return connection.kind == _KIND and not isinstance(connection.forward.target, AnyHost)


def cluster_mark(connection: Connection, conversation: Conversation, within_s: float) -> str:
    """``SHA256:...``, or nothing where it shows none. Nothing else can be said in that conversation afterwards.

    Blocks, at most `within_s` for each answer. Raises `Silence`, and a `WarehouseError` for who speaks another
    protocol, hangs up, or can't serve now.
    """
    hello = _startup(connection)
    answer = _ask(connection, conversation, hello, within_s)
    if not answer.names_option:
        return ""
    if answer.sqlstate.startswith(_PASSING):
        raise stranger(connection, hello, answer.whole, ended=conversation.is_over)
    if _MECHANISM not in answer.mechanisms:
        return ""
    nonce = secrets.token_urlsafe(18)
    return _mark_in(_ask(connection, conversation, _first_message(nonce), within_s), nonce)


@dataclass(frozen=True, slots=True)
class _Answer:
    """An Authentication message or an ErrorResponse; `names_option` is whether a negotiation came before it."""

    letter: bytes
    body: bytes
    names_option: bool

    @property
    def whole(self) -> bytes:
        return self.letter + (len(self.body) + 4).to_bytes(4, "big") + self.body

    @property
    def sqlstate(self) -> str:
        """Empty where it is no error."""
        if self.letter != b"E":
            return ""
        codes = (field[1:] for field in self.body.split(b"\0") if field[:1] == b"C")
        return next(codes, b"").decode("ascii", "replace")

    def content(self, kind: int) -> bytes:
        """Of an Authentication message of that kind; nothing where it is another."""
        is_it = self.letter == b"R" and self.body[:4] == kind.to_bytes(4, "big")
        return self.body[4:] if is_it else b""

    @property
    def mechanisms(self) -> list[str]:
        return self.content(_SASL).decode("ascii", "replace").split("\0")


def _ask(connection: Connection, conversation: Conversation, question: bytes, within_s: float) -> _Answer:
    conversation.ask(question)
    heard = conversation.hear_until(lambda heard: not _may_go_on(heard), within_s)
    answer = _answer_in(heard)
    if answer is None and _may_go_on(heard):
        raise hung_up(connection)
    if answer is None:
        raise stranger(connection, question, heard, ended=conversation.is_over)
    return answer


def _may_go_on(heard: bytes) -> bool:
    """Whether an answer may still become whole."""
    return _answer_in(heard) is None and all(
        letter in _BEFORE_ANSWERS + _ANSWERS for letter, _ in _messages(heard)
    )


def _answer_in(heard: bytes) -> _Answer | None:
    names_option = False
    for letter, body in _messages(heard):
        if letter in _ANSWERS:
            return None if body is None else _Answer(letter, body, names_option)
        if letter not in _BEFORE_ANSWERS:
            return None
        names_option |= letter == b"v" and body is not None and _OPTION.encode() + b"\0" in body
    return None


def _messages(heard: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    """Each with its letter; without a body that has not all come."""
    while heard:
        end = 1 + int.from_bytes(heard[1:_HEAD_BYTES], "big")
        is_whole = _HEAD_BYTES <= end <= len(heard)
        yield heard[:1], heard[_HEAD_BYTES:end] if is_whole else None
        heard = heard[end:] if is_whole else b""


def _startup(connection: Connection) -> bytes:
    """A StartupMessage. PostgreSQL looks for the database only after a login, its pg_hba.conf by name before."""
    database = connection.database or connection.warehouse_user or USER
    texts = ("user", USER, "database", database, _OPTION, "1", _SETTING, "1", "")
    body = _VERSION_3_0 + b"".join(text.encode() + b"\0" for text in texts)
    return (len(body) + 4).to_bytes(4, "big") + body


def _first_message(nonce: str) -> bytes:
    """A SASLInitialResponse with the client-first-message of RFC 5802; PostgreSQL takes the user of the startup."""
    said = f"n,,n=,r={nonce}".encode()
    body = _MECHANISM.encode() + b"\0" + len(said).to_bytes(4, "big") + said
    return b"p" + (len(body) + 4).to_bytes(4, "big") + body


def _mark_in(answer: _Answer, nonce: str) -> str:
    """Of a server-first-message: ``r=NONCE,s=SALT,i=COUNT``."""
    said = answer.content(_SASL_CONTINUE).decode("ascii", "replace").split(",")
    if len(said) < 2 or not said[0].startswith(f"r={nonce}") or not said[1].startswith("s="):
        return ""
    try:
        salt = base64.b64decode(said[1].removeprefix("s="), validate=True)
    except binascii.Error:
        return ""
    if not salt or _POOLS_SALT.startswith(salt):
        return ""
    fingerprint = base64.b64encode(hashlib.sha256(salt).digest()).decode().rstrip("=")
    return f"SHA256:{fingerprint}"
