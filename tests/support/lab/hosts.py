"""The hosts and the cables between them.

=========  ======================================================================================================
laptop     ``net-a`` in network A (10.77.1.0/24), ``net-b`` in network B (10.77.2.0/24); in one at a time
world      routes between both and the bastion's network (10.77.3.0/24)
bastion    10.77.3.2, sshd on port 2222; 10.77.4.1 towards the warehouse
warehouse  10.77.4.2, an echo on port 5432; nobody but the bastion has a way to it, or knows it as one of `MEMBERS`
=========  ======================================================================================================
"""

from __future__ import annotations

import contextlib
import itertools
import socket
from collections.abc import Iterator
from pathlib import Path

from desktop.core.model import Endpoint
from desktop.store.connections import ConnectionsFile
from desktop.store.paths import Paths
from tests.support import program
from tests.support.keys import KeyFile, make_key
from tests.support.lab.warehouse import EchoHost
from tests.support.local_clients import client_of
from tests.support.netns import Namespace, plug_cable
from tests.support.sshd import OpenSshServer
from tests.support.stage import connection_to, with_key

NETWORKS = {"net-a": "10.77.1", "net-b": "10.77.2"}
BASTION = Endpoint("10.77.3.2", 2222)
WAREHOUSE = Endpoint("10.77.4.2", 5432)
MEMBERS = {f"member-{number}.replica.internal": f"10.77.4.{number}" for number in (2, 3, 4)}
START_TIMEOUT_S = 30.0


class Laptop(Namespace):
    """The host that moves between networks. It starts in A."""

    def __init__(self) -> None:
        super().__init__()
        self.network = "net-a"
        # A new address at each arrival: what was left behind does not come alive again on the way back.
        self._numbers = itertools.cycle(range(2, 250))

    def arrive(self, network: str) -> None:
        """Get an address and a way out there, as from DHCP."""
        self.network = network
        self.ip("addr", "add", f"{NETWORKS[network]}.{next(self._numbers)}/24", "dev", network)
        self.route()

    def route(self) -> None:
        """What an interface loses when it goes down."""
        self.ip("route", "replace", "default", "via", f"{NETWORKS[self.network]}.1")

    def leave(self) -> None:
        """Lose address and way out."""
        self.ip("addr", "flush", "dev", self.network)


class Lab:
    """All hosts up, with the laptop in network A. Use it by `lab`."""

    def __init__(self, home: Path, user: str, hosts: contextlib.ExitStack) -> None:
        self.laptop, self.world = hosts.enter_context(Laptop()), hosts.enter_context(Namespace())
        self.bastion, self.warehouse = hosts.enter_context(Namespace()), hosts.enter_context(Namespace())
        self._lay_cables()
        self.key = _make_key(home)
        with self.warehouse.inside():
            hosts.enter_context(EchoHost(WAREHOUSE))
        with self.bastion.inside():
            self.server = hosts.enter_context(
                OpenSshServer(user=user, keys=[self.key], at=BASTION, names=MEMBERS)
            )
        (self.key.path.parent / "known_hosts").write_text(self.server.known_hosts_line())

    def save(self, *names: str) -> None:
        """What the program finds from now on: connections of these names to the warehouse."""
        login = with_key(BASTION, self.server.user, self.key.path)
        file = ConnectionsFile(Paths.from_environment())
        file.load()  # one that was not read is not replaced
        file.save([connection_to(WAREHOUSE, login, name) for name in names])

    @contextlib.contextmanager
    def up(self, *names: str) -> Iterator[program.RunningUp]:
        """The program on the laptop, with connections of these names that are all up."""
        self.save(*names)
        with self.laptop.inside(), program.up(*names, verbose=True) as running:
            for name in names:
                running.port(name, START_TIMEOUT_S)
            yield running

    @contextlib.contextmanager
    def client(self, port: int) -> Iterator[socket.socket]:
        """A program on the laptop, connected to a local port."""
        with self.laptop.inside(), client_of(port) as connected:
            yield connected

    def _lay_cables(self) -> None:
        for device, network in NETWORKS.items():
            _connect(self.laptop, device, self.world, device)
            self.world.ip("addr", "add", f"{network}.1/24", "dev", device)
        _connect(self.world, "inward", self.bastion, "outward")
        self.world.ip("addr", "add", "10.77.3.1/24", "dev", "inward")
        _switch_on(self.world, "ipv4/ip_forward")
        self.bastion.ip("addr", "add", f"{BASTION.host}/24", "dev", "outward")
        self.bastion.ip("route", "add", "default", "via", "10.77.3.1")
        _connect(self.bastion, "inward", self.warehouse, "outward")
        self.bastion.ip("addr", "add", "10.77.4.1/24", "dev", "inward")
        for address in MEMBERS.values():
            self.warehouse.ip("addr", "add", f"{address}/24", "dev", "outward")
        self.laptop.arrive("net-a")


@contextlib.contextmanager
def laboratory(home: Path, user: str) -> Iterator[Lab]:
    """Everything runs meanwhile, and is gone in the end. Needs root.

    `user` logs in with a key under `home`.
    """
    with contextlib.ExitStack() as hosts:
        yield Lab(home, user, hosts)


def _connect(one: Namespace, device: str, other: Namespace, other_device: str) -> None:
    plug_cable(one, device, other, other_device)
    for host, end in ((one, device), (other, other_device)):
        _switch_on(host, f"ipv6/conf/{end}/disable_ipv6")
        host.ip("link", "set", end, "up")


def _switch_on(host: Namespace, setting: str) -> None:
    """One that the kernel was built without is left alone."""
    path = f"/proc/sys/net/{setting}"
    host.run("sh", "-c", f"test ! -e {path} || echo 1 > {path}")


def _make_key(home: Path) -> KeyFile:
    folder = home / ".ssh"
    folder.mkdir(mode=0o700, exist_ok=True)
    return make_key(folder)
