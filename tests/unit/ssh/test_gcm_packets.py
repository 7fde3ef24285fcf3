"""Packets under AES-GCM are the same as paramiko's own, and what has a taker goes there without a detour."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import paramiko
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from paramiko.common import MSG_CHANNEL_DATA
from paramiko.packet import NeedRekeyException, Packetizer

from desktop.ssh.gcm_packets import GcmPacketizer
from desktop.ssh.wire import READ_AHEAD_BYTES, Wire

GLOBAL_REQUEST = 80
TIMEOUT_S = 5.0


@dataclass
class Ends:
    """`wire` is what Caponier reads from; `far` is the server's end of the same connection."""

    wire: Wire
    far: socket.socket
    ours: GcmPacketizer = field(init=False)
    theirs: Packetizer = field(init=False)
    received: list[tuple[int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ours, self.theirs = GcmPacketizer(self.wire), Packetizer(self.far)
        self.ours.takers = {MSG_CHANNEL_DATA: self.take}

    def take(self, payload: memoryview) -> bool:
        _, channel, _ = struct.unpack_from(">BII", payload)
        self.received.append((channel, bytes(payload[9:])))
        return bool(channel != UNKNOWN)

    def change_keys(self) -> None:
        key, up, down = AESGCM(os.urandom(16)), os.urandom(12), os.urandom(12)
        for one, other, nonce in ((self.ours, self.theirs, up), (self.theirs, self.ours, down)):
            one.set_outbound_cipher(key, 16, None, 16, None, aead=True, iv_out=nonce)
            other.set_inbound_cipher(key, 16, None, 16, None, aead=True, iv_in=nonce)


UNKNOWN = 7


@pytest.fixture
def ends() -> Iterator[Ends]:
    with socket.create_server(("127.0.0.1", 0)) as listener, Wire() as wire:
        wire.connect(listener.getsockname())
        far, _ = listener.accept()
        with contextlib.closing(far):
            for end in (wire, far):
                end.settimeout(10)
            made = Ends(wire, far)
            made.change_keys()
            yield made


def message(kind: int, *parts: int | bytes) -> paramiko.Message:
    made = paramiko.Message()
    made.add_byte(bytes([kind]))
    for part in parts:
        if isinstance(part, int):
            made.add_int(part)
        else:
            made.add_string(part)
    return made


def test_what_has_a_taker_goes_there_and_other_messages_to_paramiko(ends: Ends) -> None:
    large = os.urandom(32 * 1024)
    ends.theirs.send_message(message(MSG_CHANNEL_DATA, 3, b"hello"))
    ends.theirs.send_message(message(MSG_CHANNEL_DATA, 4, large))
    ends.theirs.send_message(message(GLOBAL_REQUEST, b"whatever"))
    kind, other = ends.ours.read_message()
    assert (kind, other.get_string()) == (GLOBAL_REQUEST, b"whatever")
    assert ends.received == [(3, b"hello"), (4, large)]


@pytest.mark.parametrize("size", [*range(20), 1000, 100_000])
def test_paramiko_reads_what_we_send(ends: Ends, size: int) -> None:
    ends.ours.send_message(message(GLOBAL_REQUEST, bytes(size)))
    kind, read = ends.theirs.read_message()
    assert (kind, read.get_string()) == (GLOBAL_REQUEST, bytes(size))


@pytest.mark.parametrize("size", [*range(1, 20), 1000, 1001, 2000, 2001, 90_000])
def test_paramiko_reads_a_channel_s_data_that_we_send(ends: Ends, size: int) -> None:
    data = os.urandom(size)
    assert ends.ours.send_data(3, memoryview(data), 1000)
    heard = b""
    while len(heard) < size:
        kind, read = ends.theirs.read_message()
        assert (kind, read.get_int()) == (MSG_CHANNEL_DATA, 3)
        piece = read.get_string()
        assert 0 < len(piece) <= 1000
        heard += piece
    assert heard == data


class CountingCipher:
    """AES-GCM that counts what it encrypts."""

    def __init__(self, key: AESGCM) -> None:
        self.count = 0
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, associated: bytes) -> bytes:
        self.count += 1
        return self._key.encrypt(nonce, data, associated)


@pytest.fixture
def cipher(ends: Ends) -> CountingCipher:
    """What `ends.ours` encrypts with."""
    key, nonce = AESGCM(os.urandom(16)), os.urandom(12)
    counting = CountingCipher(key)
    ends.ours.set_outbound_cipher(counting, 16, None, 16, None, aead=True, iv_out=nonce)
    ends.theirs.set_inbound_cipher(key, 16, None, 16, None, aead=True, iv_in=nonce)
    return counting


def test_a_packet_that_was_made_ahead_goes_out_as_it_is(ends: Ends, cipher: CountingCipher) -> None:
    asked = message(GLOBAL_REQUEST, b"asked").asbytes()
    for _ in range(2):
        ends.ours.prepare(asked)
        ends.ours.prepare(asked)
        ends.ours.send_payload(asked)
        assert ends.theirs.read_message()[1].get_string() == b"asked"
    assert cipher.count == 2


def test_what_was_made_ahead_is_made_again_where_something_else_went_first(
    ends: Ends, cipher: CountingCipher
) -> None:
    asked, other = (message(GLOBAL_REQUEST, word).asbytes() for word in (b"asked", b"other"))
    ends.ours.prepare(asked)
    for payload in (other, asked, asked):
        ends.ours.send_payload(payload)
    assert [ends.theirs.read_message()[1].get_string() for _ in range(3)] == [b"other", b"asked", b"asked"]
    assert cipher.count == 4


def test_long_data_between_takes_the_number_of_what_was_made_ahead(ends: Ends) -> None:
    asked = message(GLOBAL_REQUEST, b"asked").asbytes()
    ends.ours.prepare(asked)
    assert ends.ours.send_data(3, memoryview(bytes(2000)), 4000)
    ends.ours.send_payload(asked)
    assert ends.theirs.read_message()[0] == MSG_CHANNEL_DATA
    assert ends.theirs.read_message()[1].get_string() == b"asked"


def test_nothing_is_made_ahead_with_keys_that_were_changed(ends: Ends) -> None:
    asked = message(GLOBAL_REQUEST, b"asked").asbytes()
    ends.ours.prepare(asked)
    ends.change_keys()
    ends.ours.send_payload(asked)
    assert ends.theirs.read_message()[1].get_string() == b"asked"


def test_data_before_there_are_keys_is_for_paramiko_to_send(ends: Ends) -> None:
    assert not GcmPacketizer(ends.wire).send_data(3, memoryview(b"early"), 1000)


def test_what_a_taker_leaves_is_for_paramiko_to_judge(ends: Ends) -> None:
    ends.theirs.send_message(message(MSG_CHANNEL_DATA, UNKNOWN, b"to nobody"))
    kind, read = ends.ours.read_message()
    assert (kind, read.get_int(), read.get_string()) == (MSG_CHANNEL_DATA, UNKNOWN, b"to nobody")


def test_more_may_follow_of_what_no_taker_took(ends: Ends) -> None:
    ends.theirs.send_message(message(MSG_CHANNEL_DATA, 3, b"to somebody"))
    ends.theirs.send_message(message(GLOBAL_REQUEST, b"whatever"))
    ends.wire.holds_answers = False
    ends.ours.read_message()
    assert ends.wire.holds_answers


def test_a_changed_byte_ends_the_connection(ends: Ends) -> None:
    near, far = socket.socketpair()
    with near, far:
        forger = Packetizer(near)
        forger.set_outbound_cipher(
            AESGCM(os.urandom(16)), 16, None, 16, None, aead=True, iv_out=os.urandom(12)
        )
        forger.send_message(message(GLOBAL_REQUEST, b"whatever"))
        ends.far.sendall(far.recv(1000))
    with pytest.raises(paramiko.SSHException, match="damaged or forged"):
        ends.ours.read_message()


@pytest.mark.parametrize("length", [0, 5, READ_AHEAD_BYTES, 0xFFFFFFF0])
def test_an_impossible_length_ends_the_connection(ends: Ends, length: int) -> None:
    ends.far.sendall(length.to_bytes(4, "big") + bytes(64))
    with pytest.raises(paramiko.SSHException, match="a packet of"):
        ends.ours.read_message()


def test_the_end_of_the_connection_within_a_packet_is_an_end(ends: Ends) -> None:
    ends.far.sendall((64).to_bytes(4, "big") + bytes(10))
    ends.far.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        ends.ours.read_message()


def test_closing_ends_the_wait_for_a_packet(ends: Ends) -> None:
    ends.wire.settimeout(0.01)
    ends.ours.close()
    with pytest.raises(EOFError):
        ends.ours.read_message()


def test_the_keys_are_changed_after_so_many_bytes(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GcmPacketizer, "REKEY_BYTES", 10_000)
    ends.theirs.send_message(message(MSG_CHANNEL_DATA, 3, bytes(9_000)))
    ends.theirs.send_message(message(MSG_CHANNEL_DATA, 3, bytes(9_000)))
    with pytest.raises(NeedRekeyException):
        ends.ours.read_message()
    assert ends.ours.need_rekey()
    ends.change_keys()
    assert not ends.ours.need_rekey()


def test_what_we_send_counts_too(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GcmPacketizer, "REKEY_BYTES", 10_000)
    ends.ours.send_message(message(GLOBAL_REQUEST, bytes(9_000)))
    before = ends.ours.need_rekey()
    ends.ours.send_data(3, memoryview(bytes(9_000)), 1_000)
    assert (before, ends.ours.need_rekey()) == (False, True)


def test_a_server_that_ignores_the_request_for_keys_is_left(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GcmPacketizer, "REKEY_BYTES", 1_000)
    monkeypatch.setattr(GcmPacketizer, "REKEY_BYTES_OVERFLOW_MAX", 1_000)
    for _ in range(3):
        ends.theirs.send_message(message(MSG_CHANNEL_DATA, 3, bytes(900)))
    with pytest.raises(NeedRekeyException):
        ends.ours.read_message()
    with pytest.raises(paramiko.SSHException, match="ignores"):
        ends.ours.read_message()


def test_messages_keep_their_numbers_over_a_change_of_keys(ends: Ends) -> None:
    numbers = []
    for _ in range(2):
        ends.theirs.send_message(message(GLOBAL_REQUEST, b""))
        numbers.append(ends.ours.read_message()[1].seqno)
        ends.change_keys()
    assert numbers == [0, 1]


@contextlib.contextmanager
def lent(ends: Ends) -> Iterator[Future[tuple[int, paramiko.Message]]]:
    """What `read_message` gives in the end, on a thread of its own. Until then it has lent its turn."""
    was_lent = threading.Event()
    backlog = ends.wire.hold_back(lambda: None)
    ends.ours.loan.offer(was_lent.set, lambda: True)
    with contextlib.closing(backlog), ThreadPoolExecutor(1) as pool:
        reading = pool.submit(ends.ours.read_message)
        assert was_lent.wait(TIMEOUT_S)
        yield reading
        ends.ours.loan.withdraw()


def read_when_here(ends: Ends) -> bool:
    select.select([ends.wire], [], [], TIMEOUT_S)
    return ends.ours.read_lent()


def test_who_was_lent_the_turn_reads_what_has_a_taker(ends: Ends) -> None:
    with lent(ends) as reading:
        ends.theirs.send_message(message(MSG_CHANNEL_DATA, 3, b"hello"))
        assert read_when_here(ends)
        assert ends.received == [(3, b"hello")]
        assert not reading.done()
        ends.ours.close()


def test_what_no_taker_takes_ends_the_loan_and_comes_to_paramiko(ends: Ends) -> None:
    with lent(ends) as reading:
        ends.theirs.send_message(message(GLOBAL_REQUEST, b"whatever"))
        assert not read_when_here(ends)
        ends.ours.loan.withdraw()
        kind, read = reading.result(TIMEOUT_S)
        assert (kind, read.get_string(), read.seqno) == (GLOBAL_REQUEST, b"whatever", 0)


def test_where_nothing_is_here_the_loan_goes_on(ends: Ends) -> None:
    with lent(ends):
        assert ends.ours.read_lent()
        ends.ours.close()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"", EOFError),
        (bytes([255] * 64), paramiko.SSHException),
        (bytes([0, 0, 0, 16] * 9), paramiko.SSHException),
    ],
)
def test_what_ends_the_reading_ends_it_for_paramiko_too(
    ends: Ends, sent: bytes, expected: type[Exception]
) -> None:
    with lent(ends) as reading:
        ends.far.sendall(sent)
        if not sent:
            ends.far.shutdown(socket.SHUT_WR)
        assert not read_when_here(ends)
        ends.ours.loan.withdraw()
        assert isinstance(reading.exception(TIMEOUT_S), expected)


def test_closing_ends_the_loan(ends: Ends) -> None:
    with lent(ends) as reading:
        ends.ours.close()
        assert isinstance(reading.exception(TIMEOUT_S), EOFError)


def test_nothing_is_lent_while_keys_are_exchanged(ends: Ends) -> None:
    ends.ours.loan.offer(lambda: pytest.fail("lent"), lambda: True)
    ends.ours.is_exchanging = lambda: True
    ends.theirs.send_message(message(GLOBAL_REQUEST, b"whatever"))
    assert ends.ours.read_message()[0] == GLOBAL_REQUEST
