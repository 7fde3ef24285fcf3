"""A local forward by asyncssh, as its documentation shows one.

usage: python -m tests.bench.tunnel_asyncssh HOST PORT USER KEY KNOWN_HOSTS TARGET_HOST TARGET_PORT
"""

from __future__ import annotations

import asyncio
import logging
import sys

import asyncssh

from desktop.core.model import LOOPBACK
from tests.bench.children import say, wait_for_end


async def main(
    host: str, port: str, user: str, key: str, known_hosts: str, target_host: str, target_port: str
) -> None:
    async with asyncssh.connect(
        host,
        int(port),
        username=user,
        client_keys=[key],
        known_hosts=known_hosts,
        config=None,
        agent_path=None,
    ) as connection:
        listener = await connection.forward_local_port(LOOPBACK, 0, target_host, int(target_port))
        say(listener.get_port())
        await asyncio.to_thread(wait_for_end)


if __name__ == "__main__":
    # It goes on writing to clients that have left, once each, and asyncio remarks on it.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    asyncio.run(main(*sys.argv[1:]))
