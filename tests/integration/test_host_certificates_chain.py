"""Certificates along a chain: each server's is checked under that server's name, by the command line too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint
from desktop.store.connections import ConnectionsFile
from desktop.store.paths import Paths
from tests.support import program
from tests.support.certificates import LONG_OVER
from tests.support.certified_chain import CertifiedChain
from tests.support.dialling import dialling
from tests.support.stage import connection_to
from tests.support.system_user import SystemUser


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, system_user: SystemUser) -> Iterator[CertifiedChain]:
    chain = CertifiedChain(tmp_path_factory.mktemp("chain"), system_user.name, 2)
    yield chain
    chain.close()


@pytest.fixture
def known_hosts(tmp_path: Path) -> Path:
    return tmp_path / "trusted"


@pytest.mark.usefixtures("ssh_kind")
def test_every_server_is_known_by_its_own_authority(chain: CertifiedChain, known_hosts: Path) -> None:
    known_hosts.write_text(chain.known())
    with dialling(chain.route, known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause


@pytest.mark.parametrize("place", [0, 1])
def test_an_unknown_authority_is_refused_at_every_place(
    chain: CertifiedChain, known_hosts: Path, place: int
) -> None:
    before = chain.servers[place].count_logins()
    known_hosts.write_text(chain.known(but=place))
    with dialling(chain.route, known_hosts) as (_, outcome):
        assert not outcome.logged_in()
    cause = outcome.cause
    assert cause is not None
    assert (cause.code, cause.fact("hop")) == ("host_certificate_unknown_authority", str(place))
    assert cause.fact("port") == str(chain.route.hops[place].port)
    assert not cause.retryable
    chain.servers[place].expect_logins(before)


@pytest.mark.parametrize("place", [0, 1])
def test_a_revoked_authority_is_refused_at_every_place(
    chain: CertifiedChain, known_hosts: Path, place: int
) -> None:
    revoked = f"@revoked * {chain.authorities[place].key.public_line}\n"
    known_hosts.write_text(chain.known() + revoked)
    with dialling(chain.route, known_hosts) as (_, outcome):
        assert not outcome.logged_in()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("hop")) == ("host_key_revoked", str(place))


def test_the_command_line_refuses_them_with_an_advice(chain: CertifiedChain, home: Path) -> None:
    connection = connection_to(Endpoint("db", 5432), chain.route, "orders")
    ConnectionsFile(Paths.from_environment()).save([connection])
    known_hosts = home / ".ssh" / "known_hosts"
    known_hosts.parent.mkdir()
    for place in (0, 1):
        known_hosts.write_text(chain.known(but=place))
        with program.up("orders") as running:
            running.wait_for(state="failed", cause="host_certificate_unknown_authority")
            assert running.wait() == 1
            assert "from an unknown authority" in running.err
            assert f"{known_hosts}:{place + 1}" in running.err
    known_hosts.write_text(chain.known())
    chain.certify(1, valid=LONG_OVER)
    with program.up("orders") as running:
        running.wait_for(state="failed", cause="host_certificate_expired")
        assert running.wait() == 1
        assert "Its time ended at 2020-01-02T" in running.err
