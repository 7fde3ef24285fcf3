"""A real ClickHouse for tests: the warehouse that is spoken to by HTTP, and in its native protocol."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from desktop.core.model import LOOPBACK, Endpoint
from tests.support.daemon import folder, free_port, program, running

USER, PASSWORD = "analyst", "a password of ClickHouse"
_PROGRAM = program("clickhouse-server")
_CONFIG = """<yandex>
<logger><level>warning</level><console>1</console></logger>
<listen_host>{host}</listen_host><http_port>{http_port}</http_port><tcp_port>{native_port}</tcp_port>
<mark_cache_size>1048576</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
<path>{path}/data/</path><tmp_path>{path}/data/tmp/</tmp_path><users_config>users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
</yandex>
"""
_USER = """<{name}><password>{password}</password><networks><ip>{address}</ip></networks>
<profile>default</profile><quota>default</quota></{name}>
"""
_USERS = """<yandex><profiles><default><max_threads>1</max_threads></default></profiles>
<quotas><default/></quotas><users>{users}</users></yandex>
"""


@dataclass(frozen=True, slots=True)
class ClickHouse:
    """`analyst` may log in, and ``elsewhere``, with the same password, from another address only."""

    http: Endpoint
    native: Endpoint
    user: str = USER
    password: str = field(default=PASSWORD, repr=False)
    database: str = "default"


@contextlib.contextmanager
def clickhouse() -> Iterator[ClickHouse]:
    with folder("clickhouse") as path:
        server = ClickHouse(Endpoint(LOOPBACK, free_port()), Endpoint(LOOPBACK, free_port()))
        ports = {"http_port": server.http.port, "native_port": server.native.port}
        (path / "config.xml").write_text(_CONFIG.format(host=LOOPBACK, path=path, **ports))
        users = (
            # The server's own, which it can't do without.
            _USER.format(name="default", password="", address=LOOPBACK),
            _USER.format(name=USER, password=PASSWORD, address=LOOPBACK),
            _USER.format(name="elsewhere", password=PASSWORD, address="192.0.2.1"),
        )
        (path / "users.xml").write_text(_USERS.format(users="".join(users)))
        command = [_PROGRAM, f"--config-file={path / 'config.xml'}"]
        with running(command, path / "log", lambda: _answers(server.http), cwd=path):
            yield server


@pytest.fixture(scope="session")
def clickhouse_server() -> Iterator[ClickHouse]:
    """For the whole run."""
    if not _PROGRAM:
        pytest.skip("needs clickhouse-server")
    with clickhouse() as server:
        yield server


def _answers(at: Endpoint) -> bool:
    connection = http.client.HTTPConnection(at.host, at.port, timeout=5.0)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == http.HTTPStatus.OK
        except ConnectionError:
            return False
