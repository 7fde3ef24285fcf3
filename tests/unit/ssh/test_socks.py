"""What programs say to a SOCKS port, however the network cuts it into pieces."""

from __future__ import annotations

import random

import pytest

from desktop.core.model import Endpoint
from desktop.ssh.socks import LONGEST_BYTES, Asked, Heard, Listening, Over, Refusal, SocksTalk

HELLO = b"\x05\x01\x00"
IPV4 = b"\x05\x01\x00\x01\x0a\x00\x00\x07\x15\x38"
IPV6 = b"\x05\x01\x00\x04" + bytes(15) + b"\x01\x15\x38"
NAME = b"\x05\x01\x00\x03\x0bdb.internal\x15\x38"
VERSION_4 = b"\x04\x01\x15\x38\x0a\x00\x00\x07me\x00"
VERSION_4A = b"\x04\x01\x15\x38\x00\x00\x00\x01me\x00db.internal\x00"
NOWHERE = bytes([0, 1, 0, 0, 0, 0, 0, 0])

REQUESTS = {
    "ipv4": (HELLO + IPV4, Endpoint("10.0.0.7", 5432), 5),
    "ipv6": (HELLO + IPV6, Endpoint("::1", 5432), 5),
    "name": (HELLO + NAME, Endpoint("db.internal", 5432), 5),
    "several methods": (b"\x05\x03\x02\x01\x00" + NAME, Endpoint("db.internal", 5432), 5),
    "longest name": (HELLO + b"\x05\x01\x00\x03\xff" + b"x" * 255 + b"\0\x01", Endpoint("x" * 255, 1), 5),
    "version 4": (VERSION_4, Endpoint("10.0.0.7", 5432), 4),
    "version 4a": (VERSION_4A, Endpoint("db.internal", 5432), 4),
}


def asked(heard: Heard) -> Asked:
    assert isinstance(heard, Asked)
    return heard


def after_hello() -> SocksTalk:
    talk = SocksTalk()
    assert talk.hear(HELLO) == Listening(b"\x05\x00")
    return talk


@pytest.mark.parametrize(("said", "target", "version"), REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_is_understood_with_what_follows_it(said: bytes, target: Endpoint, version: int) -> None:
    heard = asked(SocksTalk().hear(said + b"select 1"))
    assert (heard.request.target, heard.request.version) == (target, version)
    assert heard.rest == b"select 1"
    assert heard.say == (b"\x05\x00" if version == 5 else b"")


@pytest.mark.parametrize(("said", "target", "version"), REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_is_understood_byte_by_byte(said: bytes, target: Endpoint, version: int) -> None:
    talk = SocksTalk()
    *first, last = (bytes([byte]) for byte in said)
    answers = [talk.hear(byte) for byte in first]
    assert all(isinstance(heard, Listening) for heard in answers)
    told = b"".join(heard.say for heard in answers if isinstance(heard, Listening))
    assert told == (b"\x05\x00" if version == 5 else b"")
    assert asked(talk.hear(last)).request.target == target


def test_a_program_is_told_that_its_way_is_open() -> None:
    assert asked(after_hello().hear(NAME)).request.granted == b"\x05\x00" + NOWHERE
    assert asked(SocksTalk().hear(VERSION_4)).request.granted == b"\x00\x5a" + bytes(6)


@pytest.mark.parametrize("why", Refusal)
def test_a_program_is_told_why_its_way_is_not_open(why: Refusal) -> None:
    assert asked(after_hello().hear(NAME)).request.refused(why) == bytes([5, why]) + NOWHERE
    assert asked(SocksTalk().hear(VERSION_4A)).request.refused(why) == b"\x00\x5b" + bytes(6)


def test_who_insists_on_a_login_is_told_that_there_is_none() -> None:
    assert SocksTalk().hear(b"\x05\x02\x01\x02") == Over(b"\x05\xff")
    assert SocksTalk().hear(b"\x05\x00") == Over(b"\x05\xff")


@pytest.mark.parametrize("command", [0, 2, 3, 255])
def test_other_commands_than_connect_are_refused(command: int) -> None:
    said = bytes([5, command]) + NAME[2:]
    assert after_hello().hear(said) == Over(bytes([5, Refusal.COMMAND]) + NOWHERE)
    assert SocksTalk().hear(bytes([4, command]) + VERSION_4[2:]) == Over(b"\x00\x5b" + bytes(6))


def test_an_address_of_an_unknown_type_is_refused() -> None:
    assert after_hello().hear(b"\x05\x01\x00\x02") == Over(bytes([5, Refusal.ADDRESS_TYPE]) + NOWHERE)


@pytest.mark.parametrize(
    "name", [b"", b"\xff\xfe", b"a b", b"a\0b", b"a\nb", b"\xe2\x80\xaeb", b"\x1b[2J"], ids=repr
)
def test_what_can_t_be_a_name_does_not_reach_the_bastion(name: bytes) -> None:
    said = b"\x05\x01\x00\x03" + bytes([len(name)]) + name + b"\x00\x50"
    assert after_hello().hear(said) == Over(bytes([5, Refusal.GENERAL]) + NOWHERE)


def test_a_refusal_follows_the_greeting_of_a_program_in_a_hurry() -> None:
    heard = SocksTalk().hear(HELLO + b"\x05\x02" + NAME[2:])
    assert heard == Over(b"\x05\x00" + bytes([5, Refusal.COMMAND]) + NOWHERE)


@pytest.mark.parametrize(
    "line", [b"GET / HTTP/1.1\r\n", b"CONNECT h:443 HTTP/1.1\r\n", b"POST http://h/ HTTP/1.0"]
)
def test_a_program_that_takes_it_for_an_http_proxy_gets_a_page(line: bytes) -> None:
    heard = SocksTalk().hear(line)
    assert isinstance(heard, Over)
    head, _, body = heard.farewell.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 501 This is a SOCKS port, not an HTTP proxy\r\n")
    assert b"Content-Length: %d\r\n" % len(body) in head
    assert b"socks5h://" in body


@pytest.mark.parametrize("said", [b"\x16\x03\x01", b"\x00\x00\x00\x08", b"\x06\x01\x00", b"select"], ids=repr)
def test_other_languages_are_not_answered(said: bytes) -> None:
    assert SocksTalk().hear(said) == Over()


@pytest.mark.parametrize("said", [b"\x06" + NAME[1:], b"GET /", VERSION_4], ids=repr)
def test_another_language_after_the_greeting_is_not_answered(said: bytes) -> None:
    assert after_hello().hear(said) == Over()


def test_a_request_without_an_end_is_not_kept_for_ever() -> None:
    talk = SocksTalk()
    assert talk.hear(VERSION_4[:8]) == Listening()
    assert talk.hear(b"x" * (LONGEST_BYTES - 9)) == Listening()
    assert talk.hear(b"x") == Over()


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_said_it_is_answered_or_ended_and_never_kept_beyond_its_bound(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(300):
        talk = SocksTalk()
        start = dice.choice([b"", b"\x05", HELLO, HELLO + b"\x05\x01\x00", b"\x04\x01", NAME, VERSION_4A])
        said = start + dice.randbytes(dice.randint(1, 2 * LONGEST_BYTES))
        heard: Heard = Listening()
        taken = 0
        while taken < len(said) and isinstance(heard, Listening):
            size = dice.randint(1, 64)
            heard = talk.hear(said[taken : taken + size])
            taken += size
        assert not isinstance(heard, Listening) or taken < 2 * LONGEST_BYTES
        if isinstance(heard, Asked):
            assert heard.request.target.host.isprintable()
