"""Real SSH servers in a row, each with a host certificate of an authority of its own."""

from __future__ import annotations

from pathlib import Path

from desktop.core.model import LOOPBACK, Route
from tests.support.certificates import Authority
from tests.support.keys import KeyFile, make_key
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key


class CertifiedChain:
    """`user` logs in to each of them with one key. Close it."""

    def __init__(self, folder: Path, user: str, length: int) -> None:
        self.key: KeyFile = make_key(folder)
        self.shown = [folder / f"host-{place}-cert" for place in range(length)]
        self.servers = [
            OpenSshServer(f"HostCertificate {each}", user=user, keys=[self.key]) for each in self.shown
        ]
        self.authorities = [Authority(folder, name=f"authority-{place}") for place in range(length)]
        for place in range(length):
            self.certify(place)

    def certify(self, place: int, *, valid: str = "always:forever") -> None:
        """Give a server a new certificate, and start it with that."""
        public = self.servers[place].host_public_path()
        made = self.authorities[place].sign(public, principals=LOOPBACK, valid=valid, host=True)
        made.replace(self.shown[place])
        self.servers[place].stop()
        self.servers[place].start()

    @property
    def route(self) -> Route:
        return Route(tuple(with_key(each.endpoint, each.user, self.key.path) for each in self.servers))

    def known(self, *, but: int | None = None) -> str:
        """Lines of known_hosts: the authority of each server for its port alone. Of one, somebody else's."""
        lines = []
        for place in range(len(self.servers)):
            authority = self.authorities[place - 1 if place == but else place]
            lines.append(authority.known_hosts_line(self.name(place)))
        return "".join(lines)

    def name(self, place: int) -> str:
        """Of a server in known_hosts."""
        return f"[{LOOPBACK}]:{self.servers[place].endpoint.port}"

    def close(self) -> None:
        for server in self.servers:
            server.close()
