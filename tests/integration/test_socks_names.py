"""Hosts that only the bastion can name and reach, by a SOCKS port and by a fixed target."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator

import pytest

from desktop.core.model import Endpoint
from tests.support import program
from tests.support.lab import faults
from tests.support.lab.hosts import BASTION, MEMBERS, Lab
from tests.support.lab.members import replica_set, web_site
from tests.support.local_clients import answer, receive
from tests.support.netns import needs_namespaces
from tests.support.socket_service import SocketService
from tests.support.socks import GRANTED, ask, led_to, verdict

pytestmark = needs_namespaces

START_TIMEOUT_S = 30.0
NAMES = [Endpoint(name, 27017) for name in MEMBERS]
PLACES = [Endpoint(address, 27017) for address in MEMBERS.values()]
SITE = Endpoint(NAMES[0].host, 8080)
NEVER = "0.2"


@contextlib.contextmanager
def up(lab: Lab, forward: str) -> Iterator[program.RunningUp]:
    """The program on the laptop, with the connection that a command of ssh describes."""
    at = f"-p {BASTION.port} {lab.server.user}@{BASTION.host}"
    program.must("add", "any host", f"ssh -N {forward} -i {lab.key.path} {at}")
    with lab.laptop.inside(), program.up("any host") as running:
        running.port("any host", START_TIMEOUT_S)
        yield running


def members_of(lab: Lab) -> SocketService:
    with lab.warehouse.inside():
        return replica_set(PLACES, NAMES)


def curl(lab: Lab, *words: str) -> subprocess.CompletedProcess[str]:
    command = lab.laptop.command("curl", "-sS", "--max-time", "15", *words, f"http://{SITE}/")
    return subprocess.run(command, capture_output=True, text=True)


def test_curl_reaches_a_host_that_only_the_bastion_can_name(lab: Lab) -> None:
    with lab.warehouse.inside():
        site = web_site(Endpoint(PLACES[0].host, SITE.port))
    with site, up(lab, "-D 0") as running:
        local = f"127.0.0.1:{running.port()}"
        by_option = curl(lab, "--socks5-hostname", local)
        assert (by_option.returncode, by_option.stdout) == (0, f"you asked for {SITE}\n")
        assert curl(lab, "--proxy", f"socks5h://{local}").stdout == by_option.stdout
        # Where the name is looked up on this computer, nobody knows it.
        assert curl(lab, "--proxy", f"socks5://{local}", "--max-time", NEVER).returncode != 0
        assert curl(lab, "--max-time", NEVER).returncode != 0


@pytest.mark.usefixtures("ssh_kind")
def test_a_client_that_a_server_sends_on_gets_to_the_other_members(lab: Lab) -> None:
    with members_of(lab), up(lab, "-D 0") as running, lab.laptop.inside():
        port = running.port()
        with led_to(port, NAMES[0]) as seed:
            seed.sendall(b"hello\n")
            told = receive(seed, sum(len(f"{name}\n") for name in NAMES)).decode().split()
        assert told == [str(name) for name in NAMES]
        for host, number in (place.split(":") for place in told):
            with led_to(port, Endpoint(host, int(number))) as member:
                assert answer(member, b"ping\n") == b"ping\n"


def test_a_client_of_an_outage_gets_to_the_host_it_named_after_it(lab: Lab) -> None:
    with members_of(lab), up(lab, "-D 0") as running:
        lab.server.stop()
        running.wait_until(lambda event: event["state"] != "up")
        with lab.client(running.port()) as client:
            ask(client, NAMES[1])
            with lab.bastion.inside():
                lab.server.start()
            assert verdict(client) == GRANTED
            assert answer(client, b"ping\n") == b"ping\n"


def test_a_new_address_of_the_laptop_costs_a_new_client_nothing_but_time(lab: Lab) -> None:
    with members_of(lab), up(lab, "-D 0") as running:
        faults.change_address(lab)
        with lab.client(running.port()) as client:
            ask(client, NAMES[2])
            assert verdict(client) == GRANTED
            assert answer(client, b"ping\n") == b"ping\n"


def test_a_fixed_target_is_named_by_the_bastion_too(lab: Lab) -> None:
    with (
        members_of(lab),
        up(lab, f"-L 0:{NAMES[0]}") as running,
        lab.client(running.port()) as client,
    ):
        assert answer(client, b"ping\n") == b"ping\n"


def test_a_fixed_target_of_ipv6_is_reached_on_the_bastion_s_side(lab: Lab) -> None:
    with lab.bastion.inside():
        server = replica_set([Endpoint("::1", 27017)])
    with (
        server,
        up(lab, "-L 0:[::1]:27017") as running,
        lab.client(running.port()) as client,
    ):
        assert answer(client, b"ping\n") == b"ping\n"
