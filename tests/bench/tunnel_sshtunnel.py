"""A local forward by sshtunnel, as its documentation shows one.

usage: python -m tests.bench.tunnel_sshtunnel HOST PORT USER KEY KNOWN_HOSTS TARGET_HOST TARGET_PORT
"""

from __future__ import annotations

import sys

from sshtunnel import SSHTunnelForwarder

from desktop.core.model import LOOPBACK
from tests.bench.children import say, wait_for_end


def main(
    host: str, port: str, user: str, key: str, known_hosts: str, target_host: str, target_port: str
) -> None:
    del known_hosts  # it takes a host key, not a file of them; without one it trusts whoever answers
    with SSHTunnelForwarder(
        (host, int(port)),
        ssh_username=user,
        ssh_pkey=key,
        ssh_config_file=None,
        allow_agent=False,
        host_pkey_directories=[],
        remote_bind_address=(target_host, int(target_port)),
        local_bind_address=(LOOPBACK, 0),
    ) as forwarder:
        say(forwarder.local_bind_port)
        wait_for_end()


if __name__ == "__main__":
    main(*sys.argv[1:])
