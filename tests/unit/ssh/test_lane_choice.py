"""An SSH connection is made the fast way where paramiko is known, and the plain way everywhere else."""

from __future__ import annotations

import contextlib
import logging

import paramiko
import pytest
from paramiko.packet import Packetizer

from desktop.ssh import lane_choice
from desktop.ssh.channel import ForwardChannel
from desktop.ssh.gcm_packets import GcmPacketizer
from desktop.ssh.lane import Lane
from desktop.ssh.lane_choice import BENT, PLAIN_VARIABLE, new_lane, why_plain
from desktop.ssh.plain_lane import PlainLane
from desktop.ssh.wire import Wire


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PLAIN_VARIABLE, raising=False)
    lane_choice._say.cache_clear()


def kind_of_lane() -> type:
    with contextlib.closing(Wire()) as wire:
        return type(new_lane(wire, "lane", lambda: None))


def test_the_paramiko_that_is_installed_is_a_tested_one() -> None:
    assert (why_plain(), kind_of_lane()) == ("", Lane)


@pytest.mark.parametrize("version", ["5.0.9", "5.2.0", "5.10.1", "6.0.0"])
def test_another_series_is_taken_as_it_is(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paramiko, "__version__", version)
    assert f"paramiko {version} is not of the tested series" in why_plain()
    assert kind_of_lane() is PlainLane


@pytest.mark.parametrize(
    ("owner", "name"), [(paramiko.Transport, "_parse_newkeys"), (paramiko.Channel, "_window_adjust")]
)
def test_a_missing_part_is_noticed(owner: type, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(owner, name)
    assert why_plain().endswith(f"has no {owner.__name__}.{name}")


def test_a_person_can_ask_for_the_plain_way(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setenv(PLAIN_VARIABLE, "1")
    assert [kind_of_lane(), kind_of_lane()] == [PlainLane, PlainLane]
    (said,) = [record.getMessage() for record in caplog.records if record.name == lane_choice.__name__]
    assert said == "forwarding in the plain, slower way: CAPONIER_PLAIN_SSH asks for it"


@pytest.mark.parametrize("value", ["", "0"])
def test_an_empty_wish_is_none(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLAIN_VARIABLE, value)
    assert kind_of_lane() is Lane


@pytest.mark.parametrize(
    ("ours", "theirs", "at"),
    [
        (Lane, paramiko.Transport, "Transport"),
        (ForwardChannel, paramiko.Channel, "Channel"),
        (GcmPacketizer, Packetizer, "packet.Packetizer"),
    ],
)
def test_all_that_is_overridden_is_looked_for(ours: type, theirs: type, at: str) -> None:
    overridden = {name for name in vars(ours) if hasattr(theirs, name) and not name.startswith("__")}
    assert overridden
    assert {f"{at}.{name}" for name in overridden} <= set(BENT)
