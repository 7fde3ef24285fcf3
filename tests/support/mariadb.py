"""A real MariaDB for tests, with accounts that can and can't log in."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
import pytest

from desktop.core.model import LOOPBACK, Endpoint
from tests.support.authority import ServerCertificate
from tests.support.daemon import START_TIMEOUT_S, folder, free_port, program, running
from tests.support.system_user import is_root

USER, PASSWORD, DATABASE = "analyst", "a password of MariaDB", "shop"
_PROGRAM = program("mariadbd")
# Little memory, nothing durable, no binary log.
_SETTINGS = (
    "--innodb-buffer-pool-size=8M",
    "--innodb-log-file-size=4M",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-innodb-doublewrite",
    "--key-buffer-size=1M",
    "--performance-schema=OFF",
)
# Accounts: one for any address, one whose only connection is soon taken, one for TLS alone.
_ACCOUNTS = f"""
CREATE DATABASE {DATABASE};
CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON {DATABASE}.* TO {USER}@'%';
CREATE USER busy@'%' IDENTIFIED BY '{PASSWORD}' WITH MAX_USER_CONNECTIONS 1;
CREATE USER tls_only@'%' IDENTIFIED BY '{PASSWORD}' REQUIRE SSL;
"""


@dataclass(frozen=True, slots=True)
class MariaDb:
    """`analyst` owns `shop`; ``busy`` may be connected once, ``tls_only`` not in clear; one password for all."""

    endpoint: Endpoint
    socket_path: Path
    user: str = USER
    password: str = field(default=PASSWORD, repr=False)
    database: str = DATABASE

    def admin(self, statement: str) -> tuple[tuple[object, ...], ...]:
        """Run one statement as root, over the server's Unix socket."""
        connection = pymysql.connect(
            user="root", unix_socket=str(self.socket_path), connect_timeout=START_TIMEOUT_S
        )
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            return tuple(cursor.fetchall())


@contextlib.contextmanager
def mariadb(
    *settings: str,
    tls: ServerCertificate | None = None,
    host: str = LOOPBACK,
    run_by: Sequence[str] = (),
) -> Iterator[MariaDb]:
    """`settings` are options of mariadbd(8). It listens in the network namespace of the thread that starts it.

    `run_by` is a command that becomes the one behind it.
    """
    with folder("mariadb") as path:
        data_path, log_path = path / "data", path / "log"
        own = ["--no-defaults", f"--datadir={data_path}", *(["--user=root"] if is_root() else [])]
        making = ["mariadb-install-db", *own, "--skip-name-resolve", "--skip-test-db"]
        making.append("--auth-root-authentication-method=normal")
        subprocess.run(making, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
        (path / "accounts.sql").write_text(_ACCOUNTS)
        server = MariaDb(Endpoint(host, free_port()), path / "mariadb.sock")
        command = [
            *(*run_by, _PROGRAM, *own, *_SETTINGS),
            f"--socket={server.socket_path}",
            f"--bind-address={host}",
            f"--port={server.endpoint.port}",
            f"--pid-file={path / 'pid'}",
            f"--init-file={path / 'accounts.sql'}",
            *([f"--ssl-cert={tls.certificate_path}", f"--ssl-key={tls.key_path}"] if tls else []),
            *settings,
        ]
        # A connection that only looks whether it is there would be one of its broken handshakes.
        with running(
            command, log_path, lambda: "ready for connections" in log_path.read_text(errors="replace")
        ):
            yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDb]:
    """Without TLS, for the whole run: what a test changes in it, it changes back."""
    if not _PROGRAM:
        pytest.skip("needs mariadb-server-core")
    with mariadb() as server:
        yield server
