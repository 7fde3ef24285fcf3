"""The first packet of MySQL's protocol, as in its documentation, "Protocol::HandshakeV10" and "ERR_Packet"."""

from __future__ import annotations

import pytest

from desktop.core import mysql_greeting
from desktop.core.mysql_greeting import MysqlGreeting


def packet(body: bytes, number: int = 0) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([number]) + body


def greeting(version: bytes, capabilities: int = 0xF7FF) -> bytes:
    rest = b"\x01\x00\x00\x00" + b"saltsalt\x00" + capabilities.to_bytes(2, "little") + bytes(20)
    return packet(b"\x0a" + version + b"\x00" + rest)


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (b"8.0.36", "8.0.36"),
        (b"5.5.5-10.11.6-MariaDB-0+deb12u1", "10.11.6-MariaDB-0+deb12u1"),
        (b"5.1.0 StarRocks", "5.1.0 StarRocks"),
    ],
)
def test_it_says_its_version_and_whether_it_has_tls(version: bytes, said: str) -> None:
    assert mysql_greeting.read(greeting(version)) == MysqlGreeting(said, has_tls=False)
    assert mysql_greeting.read(greeting(version, 0xFFFF)) == MysqlGreeting(said, has_tls=True)


def test_it_is_whole_with_its_last_byte() -> None:
    first = greeting(b"8.0.36")
    assert mysql_greeting.is_whole(first)
    assert not any(mysql_greeting.is_whole(first[:length]) for length in range(len(first)))


@pytest.mark.parametrize(
    "heard",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        greeting(b""),
        greeting(b"\x1b[31mred"),
        packet(b"\x0a8.0.36"),
        packet(b"\x0a8.0.36\x00", number=1),
        packet(b"\xff\x10\x04Too many connections"),
    ],
)
def test_what_is_no_greeting_has_no_version(heard: bytes) -> None:
    assert mysql_greeting.read(heard) is None


def test_an_error_in_its_place_is_told_from_it() -> None:
    assert mysql_greeting.is_refusal(packet(b"\xff\x10\x04Too many connections"))
    assert not mysql_greeting.is_refusal(greeting(b"8.0.36"))
    assert not mysql_greeting.is_refusal(b"\xff\xff\xff\xff\xff")
