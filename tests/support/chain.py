"""Real SSH servers in a row, each with a login of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop.core.model import Auth, AuthMethod, Endpoint, Hop, Route, SecretKind
from desktop.core.plan import login_of
from tests.support.agents import ssh_agent
from tests.support.keys import make_key
from tests.support.sshd import OpenSshServer
from tests.support.stage import Secrets, with_key, with_password
from tests.support.system_user import throw_away_user

IPV6 = Endpoint("::1", 0)


@dataclass(frozen=True, slots=True)
class ThreeHops:
    """By password, by key file, and by an agent's key, the last one at an IPv6 address."""

    servers: tuple[OpenSshServer, ...]
    route: Route
    secrets: Secrets

    def known_to(self, folder: Path, *, but: int | None = None) -> Path:
        """A file with the host keys of all of them, or of all `but` one."""
        path = folder / "known_hosts"
        lines = [each.known_hosts_line() for place, each in enumerate(self.servers) if place != but]
        path.write_text("".join(lines))
        return path


@contextlib.contextmanager
def three_hops(folder: Path) -> Iterator[ThreeHops]:
    """Needs root: each has a user of its own."""
    with contextlib.ExitStack() as stack:
        by_password, by_key, by_agent = (stack.enter_context(throw_away_user()) for _ in range(3))
        file_key, agent_key = (make_key(folder, name=name) for name in ("in_file", "in_agent"))
        agent = stack.enter_context(ssh_agent(agent_key))
        servers = (
            stack.enter_context(OpenSshServer(user=by_password.name)),
            stack.enter_context(OpenSshServer(user=by_key.name, keys=[file_key])),
            stack.enter_context(OpenSshServer(user=by_agent.name, keys=[agent_key], at=IPV6)),
        )
        first = with_password(servers[0].endpoint, by_password.name)
        at = servers[2].endpoint
        auth = Auth(AuthMethod.AGENT, agent=str(agent.socket_path))
        hops = (
            first,
            with_key(servers[1].endpoint, by_key.name, file_key.path),
            Hop(at.host, by_agent.name, at.port, auth),
        )
        secrets = {(SecretKind.SSH_PASSWORD, login_of(first)): by_password.password}
        yield ThreeHops(servers, Route(hops), secrets)
