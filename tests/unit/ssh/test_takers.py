"""What streams consist of is read where it arrives, and whatever is odd about it is left for paramiko to judge."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from paramiko.common import MSG_CHANNEL_DATA, MSG_CHANNEL_OPEN_SUCCESS, MSG_CHANNEL_WINDOW_ADJUST

from desktop.ssh.channel import Channels, ForwardChannel
from desktop.ssh.takers import Takers
from desktop.ssh.wire import Wire

OURS = 3
UNKNOWN = 7


class Recorder(ForwardChannel):
    """Notes what it is told."""

    def __init__(self) -> None:
        super().__init__(OURS)
        self.heard: list[object] = []

    def feed(self, data: memoryview) -> None:
        self.heard.append(bytes(data))

    def widen(self, size: int) -> None:
        self.heard.append(size)

    def opened(self, chanid: int, window_size: int, max_packet_size: int) -> None:
        self.heard.append((chanid, window_size, max_packet_size))


@dataclass
class Desk:
    wire: Wire
    channel: Recorder = field(default_factory=Recorder)
    exchanging: bool = False

    def take(self, payload: bytes) -> bool:
        channels = Channels({OURS: self.channel})
        takers = Takers(channels, self.wire, lambda: self.exchanging)
        return takers.by_number()[payload[0]](memoryview(payload))


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Wire() as wire:
        yield Desk(wire)


def data(channel: int, words: bytes) -> bytes:
    return struct.pack(">BII", MSG_CHANNEL_DATA, channel, len(words)) + words


def room(channel: int) -> bytes:
    return struct.pack(">BII", MSG_CHANNEL_WINDOW_ADJUST, channel, 100)


def confirmation(channel: int) -> bytes:
    return struct.pack(">BIIII", MSG_CHANNEL_OPEN_SUCCESS, channel, 12, 1000, 2000)


@pytest.mark.parametrize(
    ("payload", "heard"),
    [
        (data(OURS, b"hello"), b"hello"),
        (data(OURS, b""), b""),
        (room(OURS), 100),
        (confirmation(OURS), (12, 1000, 2000)),
    ],
)
def test_a_channel_hears_what_is_meant_for_it(desk: Desk, payload: bytes, heard: object) -> None:
    assert desk.take(payload)
    assert desk.channel.heard == [heard]


@pytest.mark.parametrize("make", [lambda channel: data(channel, b"hello"), room, confirmation])
def test_what_is_meant_for_an_unknown_channel_is_left(desk: Desk, make: Callable[[int], bytes]) -> None:
    assert not desk.take(make(UNKNOWN))


@pytest.mark.parametrize("payload", [data(OURS, b"hello"), room(OURS), confirmation(OURS)])
def test_what_comes_while_paramiko_waits_for_something_else_is_left(desk: Desk, payload: bytes) -> None:
    desk.exchanging = True
    assert not desk.take(payload)
    assert desk.channel.heard == []


@pytest.mark.parametrize("payload", [data(OURS, b"hello"), room(OURS), confirmation(OURS)])
@pytest.mark.parametrize(
    "change", [lambda words: words[:-1], lambda words: words[:5], lambda words: words + b"!"]
)
def test_what_has_not_the_length_it_should_is_left(
    desk: Desk, payload: bytes, change: Callable[[bytes], bytes]
) -> None:
    assert not desk.take(change(payload))
    assert desk.channel.heard == []


@pytest.mark.parametrize(
    ("payload", "holds"), [(data(OURS, b"hello"), True), (confirmation(OURS), True), (room(OURS), False)]
)
def test_more_may_follow_of_an_answer_but_not_of_room_for_an_upload(
    desk: Desk, payload: bytes, holds: bool
) -> None:
    desk.take(payload)
    assert desk.wire.holds_answers is holds
