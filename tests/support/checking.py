"""``caponier check`` in the test's own process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from desktop.cli.check import Form, check
from desktop.compose.check_parts import CheckParts
from desktop.core.model import Connection, Hop, Place, SecretKind
from desktop.core.plan import plan_of
from desktop.core.tls import AUTOMATIC, Tls
from desktop.probe import visit
from desktop.ssh.known_hosts import KnownHosts
from tests.support.keys import make_key
from tests.support.sshd import OpenSshServer
from tests.support.stage import StandInSource, connection_to, with_key
from tests.support.system_user import SystemUser

Stage = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """`stages` are the objects of ``--json``, `err` is what was said beside them."""

    well: bool
    stages: Sequence[Stage]
    err: str

    @property
    def last(self) -> Stage:
        return self.stages[-1]

    def stage(self, name: str) -> Stage:
        return next(stage for stage in self.stages if stage["stage"] == name)

    @property
    def failure(self) -> tuple[str, str]:
        """Stage and code of the one that failed."""
        failed = next(stage for stage in self.stages if not stage["ok"])
        return failed["stage"], failed["code"]


@dataclass(frozen=True, slots=True)
class Bastion:
    """How to log in to one that runs, and the file that vouches for it."""

    hop: Hop
    known_hosts: Path


@pytest.fixture(scope="module")
def bastion(system_user: SystemUser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bastion]:
    """One for all stories of a file."""
    folder = tmp_path_factory.mktemp("bastion")
    key = make_key(folder)
    with OpenSshServer(user=system_user.name, keys=[key]) as server:
        known_hosts = folder / "known_hosts"
        known_hosts.write_text(server.known_hosts_line())
        yield Bastion(with_key(server.endpoint, server.user, key.path), known_hosts)


@pytest.fixture
def checking(
    bastion: Bastion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Checking:
    """With less time for those that speak first, and for those that never will: servers of tests are near."""
    monkeypatch.setattr(visit, "SPEAKS_FIRST_WITHIN_S", 0.1)
    monkeypatch.setattr(visit, "ANSWERS_WITHIN_S", 1.0)
    return Checking(bastion.hop, bastion.known_hosts, capsys)


@dataclass(frozen=True, slots=True)
class Checking:
    """Each call is one check. Change what is to be wrong by the keywords of `connection`."""

    hop: Hop
    known_hosts: Path
    capsys: pytest.CaptureFixture[str]

    def connection(
        self,
        target: Place,
        kind: str,
        user: str = "",
        database: str = "",
        tls: Tls = AUTOMATIC,
        hop: Hop | None = None,
    ) -> Connection:
        way = connection_to(target, hop or self.hop)
        return replace(way, kind=kind, warehouse_user=user, database=database, tls=tls)

    def __call__(self, connection: Connection, password: str | None = None, **more: str) -> Checked:
        """With a `password`, it logs in to the warehouse; an empty one is none. `more` are other secrets."""
        secrets = {SecretKind(kind.replace("_", "-")): value for kind, value in more.items()}
        if password:
            secrets[SecretKind.WAREHOUSE_PASSWORD] = password
        parts = CheckParts(lambda _id: StandInSource(secrets), KnownHosts(self.known_hosts), plan_of)
        self.capsys.readouterr()
        well = check(parts, connection, form=Form.JSON, with_login=password is not None)
        said = self.capsys.readouterr()
        assert "Traceback" not in said.err
        assert not password or password not in said.out + said.err
        return Checked(well, [json.loads(line) for line in said.out.splitlines()], said.err)
