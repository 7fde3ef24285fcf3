"""The copied psql line keeps full verification of the warehouse's certificate through a tunnel."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.copy_text import TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import Connection, Endpoint
from desktop.core.tls import Tls, TlsMode
from tests.support.authority import TlsAuthority
from tests.support.keys import make_key
from tests.support.postgres_server import TLS_NAME, Postgres
from tests.support.sshd import OpenSshServer
from tests.support.stage import connection_to, stage, with_key
from tests.support.system_user import SystemUser

pytestmark = pytest.mark.skipif(shutil.which("psql") is None, reason="needs psql")
QUERY = "SELECT 'encrypted: ' || ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@pytest.fixture(scope="module")
def tunnel(
    postgres_server: Postgres,
    authority: TlsAuthority,
    system_user: SystemUser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Connection, Endpoint]]:
    """A connection to the warehouse under an address that its certificate does not have, and its local port."""
    folder = tmp_path_factory.mktemp("tunnel")
    key = make_key(folder)
    with OpenSshServer(user=system_user.name, keys=[key]) as server:
        known_hosts = folder / "known_hosts"
        known_hosts.write_text(server.known_hosts_line())
        hop = with_key(server.endpoint, server.user, key.path)
        connection = replace(
            connection_to(postgres_server.endpoint, hop),
            database=postgres_server.database,
            warehouse_user=postgres_server.user,
            tls=Tls(TlsMode.VERIFY, str(authority.path), TLS_NAME),
        )
        with stage(known_hosts) as running:
            yield connection, running.bring_up(connection)


def run(
    connection: Connection, local: Endpoint, key: TextKey, password: str
) -> subprocess.CompletedProcess[str]:
    """What a person gets who pastes that text into a shell."""
    text = next(each.text for each in copy_texts(connection, local, password) if each.key is key)
    line = {TextKey.COMMAND: text, TextKey.URL: f"psql {shlex.quote(text)}"}.get(key, f"{text}; psql")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    environment["PGPASSWORD"] = password
    return subprocess.run(
        ["sh", "-c", f"{line} -w -A -t -c {shlex.quote(QUERY)}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
    )


@pytest.mark.parametrize("key", [TextKey.COMMAND, TextKey.URL, TextKey.ENVIRONMENT])
def test_verify_full_passes_with_a_certificate_for_the_real_name(
    tunnel: tuple[Connection, Endpoint], postgres_server: Postgres, key: TextKey
) -> None:
    said = run(*tunnel, key, postgres_server.password)
    assert (said.stdout.strip(), said.stderr) == ("encrypted: true", "")


@pytest.mark.parametrize("key", [TextKey.COMMAND, TextKey.URL, TextKey.ENVIRONMENT])
def test_verify_full_fails_with_a_certificate_for_another_name(
    tunnel: tuple[Connection, Endpoint], postgres_server: Postgres, key: TextKey
) -> None:
    connection, local = tunnel
    other = replace(connection, tls=replace(connection.tls, server_name="other.example.com"))
    said = run(other, local, key, postgres_server.password)
    assert said.returncode != 0
    assert f'server certificate for "{TLS_NAME}"' in said.stderr
    assert 'does not match host name "other.example.com"' in said.stderr


def test_verify_full_fails_with_the_certificate_of_another_authority(
    tunnel: tuple[Connection, Endpoint], postgres_server: Postgres, tmp_path: Path
) -> None:
    connection, local = tunnel
    stranger = TlsAuthority(tmp_path)
    other = replace(connection, tls=replace(connection.tls, ca_file=str(stranger.path)))
    said = run(other, local, TextKey.COMMAND, postgres_server.password)
    assert said.returncode != 0
    assert "certificate verify failed" in said.stderr
