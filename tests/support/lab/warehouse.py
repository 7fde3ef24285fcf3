"""What stands where a warehouse would, reachable from another host."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from desktop.core.model import Endpoint

_START_S = 5.0


class EchoHost:
    """Sends back what it gets, on one thread for all clients.

    Listens at `at` from the start on, in the network namespace of the thread that makes it.
    """

    def __init__(self, at: Endpoint) -> None:
        self.endpoint = at
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._listens = threading.Event()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._run(),), name="echo-host"
        )
        self._thread.start()
        if not self._listens.wait(_START_S):
            raise OSError(f"nothing listens at {at}")

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _run(self) -> None:
        clients: set[asyncio.Task[None]] = set()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            clients.add(task)
            try:
                await _echo(reader, writer)
            finally:
                clients.discard(task)

        server = await asyncio.start_server(serve, self.endpoint.host, self.endpoint.port, backlog=512)
        self._listens.set()
        await self._over.wait()
        server.close()
        for task in clients:
            task.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        # A client that vanishes in the middle is what some stories are about.
        return
    finally:
        writer.transport.abort()
