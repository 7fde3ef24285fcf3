"""A real PostgreSQL with TLS, and with rules and roles for every way in which a login can fail.

The demo's has no TLS: it is built without.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from desktop.core.model import LOOPBACK, Endpoint
from desktop.demo.postgres_programs import server_account
from tests.support.authority import ServerCertificate, TlsAuthority
from tests.support.daemon import folder, free_port, running

USER, PASSWORD, DATABASE = "analyst", "a password of PostgreSQL", "shop"
TLS_NAME = "warehouse.example.com"
_SETTINGS = """
unix_socket_directories = '{path}'
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 16MB
max_connections = 20
"""
_RULES = """
local   all all trust
hostssl all tls_only 127.0.0.1/32 scram-sha-256
host    all analyst,busy 127.0.0.1/32 scram-sha-256
"""
# Single-user mode (postgres(1)) ends a statement of -j with a semicolon and an empty line.
_ROLES = """
CREATE ROLE {user} LOGIN PASSWORD '{password}';

CREATE ROLE tls_only LOGIN PASSWORD '{password}';

CREATE ROLE busy LOGIN PASSWORD '{password}' CONNECTION LIMIT 0;

CREATE ROLE stranger LOGIN PASSWORD '{password}';

CREATE DATABASE {database} OWNER {user};

"""


@dataclass(frozen=True, slots=True)
class Postgres:
    """`analyst` owns `shop`. ``busy`` may have no connection, ``tls_only`` none in clear, ``stranger`` none at all.

    They all have the same password. There is a superuser ``postgres`` on the Unix socket in `socket_dir`.
    """

    endpoint: Endpoint
    socket_dir: Path
    user: str = USER
    password: str = field(default=PASSWORD, repr=False)
    database: str = DATABASE

    @property
    def socket_path(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{self.endpoint.port}"


@contextlib.contextmanager
def postgres(*settings: str, tls: ServerCertificate | None = None) -> Iterator[Postgres]:
    """`settings` are lines of postgresql.conf."""
    with cluster(*settings, tls=tls) as made, made.serving() as server:
        yield server


@dataclass(frozen=True, slots=True)
class Cluster:
    """Its data, in `path`; each time that it is `serving` is a start of its server, on a port of its own."""

    path: Path
    options: dict[str, Any]

    @contextlib.contextmanager
    def serving(self) -> Iterator[Postgres]:
        server = Postgres(Endpoint(LOOPBACK, free_port()), self.path)
        log_path = self.log_path
        log_path.write_text("")
        command = [
            str(_bin_dir() / "postgres"),
            "-D",
            str(self.path / "data"),
            "-c",
            f"port={server.endpoint.port}",
        ]
        with running(
            command,
            log_path,
            lambda: "ready to accept connections" in log_path.read_text(errors="replace"),
            cwd=self.path,
            **self.options,
        ):
            yield server

    @property
    def log_path(self) -> Path:
        return self.path / "log"


@contextlib.contextmanager
def cluster(*settings: str, tls: ServerCertificate | None = None, rules: str = _RULES) -> Iterator[Cluster]:
    """`settings` are lines of postgresql.conf, `rules` those of pg_hba.conf."""
    account = server_account()
    options: dict[str, Any] = {}
    if account is not None:
        options = {"user": account.uid, "group": account.gid, "extra_groups": []}
    with folder("postgres") as path:
        if account is not None:
            shutil.chown(path, account.uid, account.gid)
        data_path = path / "data"
        making = (
            "-D",
            str(data_path),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        )
        _run("initdb", *making, "--no-sync", cwd=path, **options)
        lines = [_SETTINGS.format(path=path), *settings]
        if tls is not None:
            lines += _tls_settings(path, tls, **options)
        with (data_path / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")
        (data_path / "pg_hba.conf").write_text(rules)
        roles = _ROLES.format(user=USER, password=PASSWORD, database=DATABASE)
        _run("postgres", "--single", "-j", "-D", str(data_path), "postgres", text=roles, cwd=path, **options)
        yield Cluster(path, options)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TlsAuthority:
    """The one that signed the certificates of the run's servers."""
    return TlsAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def postgres_server(authority: TlsAuthority) -> Iterator[Postgres]:
    """For the whole run, with a certificate for `TLS_NAME`."""
    if not _bin_dir().is_dir():
        pytest.skip("needs postgresql")
    with postgres(tls=authority.certificate(TLS_NAME)) as server:
        yield server


def _tls_settings(path: Path, tls: ServerCertificate, **options: Any) -> list[str]:
    """It wants a key that is its own user's."""
    certificate_path, key_path = path / "server.pem", path / "server.key"
    shutil.copy(tls.certificate_path, certificate_path)
    shutil.copy(tls.key_path, key_path)
    if options:
        shutil.chown(key_path, options["user"], options["group"])
    return ["ssl = on", f"ssl_cert_file = '{certificate_path}'", f"ssl_key_file = '{key_path}'"]


def _bin_dir() -> Path:
    """Debian keeps the programs of each version in a folder of its own."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return versions[-1] if versions else Path("/nowhere")


def _run(name: str, *words: str, text: str = "", **options: Any) -> None:
    command = [str(_bin_dir() / name), *words]
    subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60, **options)
