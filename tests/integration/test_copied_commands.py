"""Copied lines as the real clients understand them."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from desktop.core.copy_text import TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import DIRECT, Connection, Endpoint, Forward
from desktop.core.tls import Tls, TlsMode
from tests.support.redis_server import Redis

ODD = 'it\'s $(a) "b" `c`!'


def copied(connection: Connection, key: TextKey, password: str = "") -> str:
    assert isinstance(connection.forward.target, Endpoint)
    texts = copy_texts(connection, connection.forward.target, password)
    return next(text.text for text in texts if text.key is key)


def shell(line: str) -> str:
    done = subprocess.run(
        ["sh", "-c", line],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=10,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("mariadb") is None, reason="needs mariadb")
@pytest.mark.parametrize("mode", TlsMode)
def test_mariadb_takes_every_option_as_it_is_meant(mode: TlsMode) -> None:
    tls = Tls(mode, "/etc/my ca.pem")
    connection = Connection(
        "n", DIRECT, Forward(Endpoint("127.0.0.1", 15432)), "mariadb", warehouse_user=ODD, tls=tls
    )
    # With --help it prints what it has understood, and connects to nothing.
    said = shell(copied(connection, TextKey.COMMAND) + " --help")
    variables = dict(line.split(maxsplit=1) for line in said.splitlines() if len(line.split(maxsplit=1)) == 2)
    assert (variables["host"], variables["port"], variables["protocol"]) == ("127.0.0.1", "15432", "TCP")
    assert variables["user"] == ODD
    assert (variables["ssl-verify-server-cert"] == "TRUE") == (mode is TlsMode.VERIFY)
    assert (variables["ssl-ca"] == "/etc/my ca.pem") == (mode is TlsMode.VERIFY)


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="needs redis-cli")
def test_redis_cli_uses_the_line_and_the_url(redis_server: Redis) -> None:
    connection = Connection("n", DIRECT, Forward(redis_server.endpoint), "redis", database="3")
    assert shell(copied(connection, TextKey.COMMAND) + " SET place line").strip() == "OK"
    assert shell(f"redis-cli -u {copied(connection, TextKey.URL)} GET place").strip() == "line"
