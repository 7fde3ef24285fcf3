from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
import psutil
import pytest

from desktop.core.model import Endpoint
from desktop.demo.bastion import DemoBastion
from tests.support.echo import (
    TcpService,
    echo,
    refusing_endpoint,
    sha256_of_stream,
    sha256_until_eof,
    silent,
    sink,
    source,
    stream,
)
from tests.support.ssh_clients import open_forward, openssh_forward, paramiko_client
from tests.support.waiting import wait_until

NAME = Endpoint("warehouse.demo", 5432)
MIB = 1 << 20


def _log_in(client: paramiko.Transport, bastion: DemoBastion) -> None:
    client.auth_password(bastion.user, bastion.password)


@pytest.fixture
def echo_service() -> Iterator[TcpService]:
    with echo() as service:
        yield service


@pytest.fixture
def bastion(echo_service: TcpService) -> Iterator[DemoBastion]:
    with DemoBastion({NAME: echo_service.endpoint}) as running:
        yield running


def test_every_bastion_has_its_own_key_and_password(bastion: DemoBastion) -> None:
    with DemoBastion({}) as other:
        assert other.host_key != bastion.host_key
        assert other.password != bastion.password


def test_it_listens_on_loopback_and_shows_the_host_key_it_names(bastion: DemoBastion) -> None:
    assert bastion.endpoint.host == "127.0.0.1"
    with paramiko_client(bastion.endpoint) as client:
        key = client.get_remote_server_key()
        assert f"{key.get_name()} {key.get_base64()}" == bastion.host_key


@pytest.mark.parametrize(("user", "password"), [("demo", "wrong"), ("demo", ""), ("root", None)])
def test_it_lets_nobody_else_in(bastion: DemoBastion, user: str, password: str | None) -> None:
    with paramiko_client(bastion.endpoint) as client, pytest.raises(paramiko.AuthenticationException):
        client.auth_password(user, bastion.password if password is None else password)


def test_a_forward_to_a_target_on_its_list_carries_bytes_both_ways(bastion: DemoBastion) -> None:
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client, bastion)
        channel = open_forward(client, NAME)
        channel.sendall(b"hello")
        assert channel.recv(100) == b"hello"


def test_a_forward_to_the_address_behind_the_name_is_prohibited(
    bastion: DemoBastion, echo_service: TcpService
) -> None:
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client, bastion)
        with pytest.raises(paramiko.ChannelException) as refused:
            open_forward(client, echo_service.endpoint)
    assert refused.value.code == paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


def test_a_target_that_is_down_is_told_from_a_forbidden_one() -> None:
    with DemoBastion({NAME: refusing_endpoint()}) as bastion, paramiko_client(bastion.endpoint) as client:
        _log_in(client, bastion)
        with pytest.raises(paramiko.ChannelException) as refused:
            open_forward(client, NAME)
    assert refused.value.code == paramiko.OPEN_FAILED_CONNECT_FAILED


def test_it_gives_no_shell(bastion: DemoBastion) -> None:
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client, bastion)
        with pytest.raises(paramiko.ChannelException):
            client.open_session()


def test_an_upload_that_ends_still_gets_its_answer() -> None:
    size = 64 * MIB
    with (
        sink() as service,
        DemoBastion({NAME: service.endpoint}) as bastion,
        paramiko_client(bastion.endpoint) as client,
    ):
        _log_in(client, bastion)
        channel = open_forward(client, NAME)
        for chunk in stream(size):
            channel.sendall(chunk)
        channel.shutdown_write()
        assert channel.makefile().read().decode() == sha256_of_stream(size)


def test_a_download_with_many_key_exchanges_arrives_whole(tmp_path: Path) -> None:
    size = 192 * MIB
    known_hosts = tmp_path / "known_hosts"
    with source(size) as service, DemoBastion({NAME: service.endpoint}) as bastion:
        known_hosts.write_text(f"[127.0.0.1]:{bastion.endpoint.port} {bastion.host_key}\n")
        with (
            openssh_forward(
                bastion.endpoint,
                NAME,
                "-oRekeyLimit=16M",
                user=bastion.user,
                known_hosts=known_hosts,
                password=bastion.password,
            ) as local,
            socket.create_connection((local.host, local.port)) as connection,
        ):
            assert sha256_until_eof(connection) == sha256_of_stream(size)


def test_three_hundred_forwards_at_once_are_all_served(
    bastion: DemoBastion, echo_service: TcpService
) -> None:
    with paramiko_client(bastion.endpoint) as client:
        _log_in(client, bastion)
        channels = [open_forward(client, NAME) for _ in range(300)]
        for number, channel in enumerate(channels):
            channel.sendall(b"client %d" % number)
        assert [channel.recv(100) for channel in channels] == [b"client %d" % n for n in range(300)]
        for channel in channels:
            channel.close()
        wait_until(lambda: echo_service.connected == 0)


def test_a_client_that_closes_ends_a_target_that_never_would() -> None:
    with (
        silent() as service,
        DemoBastion({NAME: service.endpoint}) as bastion,
        paramiko_client(bastion.endpoint) as client,
    ):
        _log_in(client, bastion)
        channel = open_forward(client, NAME)
        channel.sendall(b"is anybody there?")
        channel.shutdown_write()
        channel.close()
        wait_until(lambda: service.connected == 0)


def test_closing_in_the_middle_of_everything_is_quick_and_leaves_nothing() -> None:
    files_before = psutil.Process().num_fds()
    with source(1 << 34) as endless, silent() as service:
        targets = {NAME: endless.endpoint, Endpoint("silent.demo", 1): service.endpoint}
        bastion = DemoBastion(targets)
        with paramiko_client(bastion.endpoint) as client, paramiko_client(bastion.endpoint):
            _log_in(client, bastion)
            channels = [open_forward(client, target) for target in targets for _ in range(10)]
            wait_until(lambda: endless.connected == 10)
            started = time.monotonic()
            bastion.close()
            assert time.monotonic() - started < 2
            assert not [thread for thread in threading.enumerate() if thread.name.startswith("demo-")]
            assert len(channels) == 20
    assert psutil.Process().num_fds() == files_before
