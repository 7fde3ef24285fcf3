"""What stands on both hosts while peers are measured, the same for all of them."""

from __future__ import annotations

import contextlib
import getpass
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.core.model import Endpoint
from desktop.system.limits import raise_open_files_limit
from tests.bench.children import child
from tests.bench.counter import Counter
from tests.bench.sites import Site, site
from tests.support.keys import KeyFile, make_key
from tests.support.sshd import OpenSshServer
from tests.support.system_user import is_root, throw_away_user


@dataclass(frozen=True, slots=True)
class Rig:
    """`service` is where the bastion finds what the tunnels lead to, and `direct` a client without a tunnel too.

    `received` is for a client that downloads to count in; `arrived` is what the service was sent.
    """

    site: Site
    home: Path
    key: KeyFile
    server: OpenSshServer
    service: Endpoint
    received: Counter
    received_path: Path
    arrived: Counter

    @property
    def known_hosts(self) -> Path:
        return self.home / ".ssh" / "known_hosts"


@contextlib.contextmanager
def rig(home: Path, round_trip_ms: float) -> Iterator[Rig]:
    """Everything runs meanwhile. `home` is an empty folder, from now on that of every program started."""
    os.environ.update(
        HOME=str(home),
        CAPONIER_HOME=str(home / "caponier"),
        # No keyring, no window that runs: none of the person's own.
        DBUS_SESSION_BUS_ADDRESS="disabled:",
    )
    # For sshd, which holds one for each client of a tunnel.
    raise_open_files_limit()
    ssh_dir = home / ".ssh"
    ssh_dir.mkdir(mode=0o700)
    key = make_key(ssh_dir)
    received_path, arrived_path = home / "received", home / "arrived"
    with contextlib.ExitStack() as running:
        place = running.enter_context(site(round_trip_ms))
        user = running.enter_context(_somebody())
        received = running.enter_context(Counter.made(received_path))
        arrived = running.enter_context(Counter.made(arrived_path))
        with place.bastion():
            server = running.enter_context(OpenSshServer(user=user, keys=[key], at=place.ssh))
            host = server.endpoint.host
            port = running.enter_context(child("tests.bench.services", host, arrived_path))
        (ssh_dir / "known_hosts").write_text(server.known_hosts_line())
        service = Endpoint(host, int(port))
        yield Rig(place, home, key, server, service, received, received_path, arrived)


@contextlib.contextmanager
def _somebody() -> Iterator[str]:
    """Whose shell starts at once, where that can be had: ``ssh HOST true`` must not count somebody's own settings."""
    if not is_root():
        yield getpass.getuser()
        return
    with throw_away_user() as user:
        yield user.name
