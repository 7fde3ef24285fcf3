"""Connects again what was connected when the program ended, however it ended."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

from PySide6.QtCore import QObject

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.model import Connection, Snapshot
from desktop.core.ports import Tunnels
from desktop.demo.demo import DEMO_NAME
from desktop.gui.connections_model import ConnectionsModel
from desktop.store.wanted import WantedFile

log = logging.getLogger(__name__)

FLUSH_TIMEOUT_S = 1.0


class WantedAgain(QObject):
    """GUI thread; the disk is waited for on a thread named ``wanted``, which ends with `close`.

    Close it before the engine: what the engine switches off at its end stays wanted for the next start.
    """

    def __init__(
        self, file: WantedFile, model: ConnectionsModel, tunnels: Tunnels, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._file = file
        self._model = model
        self._tunnels = tunnels
        self._wanted: frozenset[str] = frozenset()
        self._written: frozenset[str] = frozenset()
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wanted")
        self._open = False

    def begin(self, saved: Iterable[Connection], *, again: bool, on_demand: bool = False) -> None:
        """Take note from now on; with `again`, connect those of `saved` that were wanted last time.

        `on_demand` as in `Tunnels.connect`.

        Once, after the engine was told of `saved`, and before the event loop runs.
        """
        self._open = True
        self._written = self._file.load()
        coming = [each.id for each in saved if again and each.id in self._written]
        for connection_id in coming:
            self._tunnels.connect(connection_id, on_demand=on_demand)
        log.info("connecting %d of %d again", len(coming), len(self._written))
        self._wanted = frozenset(coming)
        if not again:
            self._write_soon()
        self._model.changed.connect(self._on_changed)
        self._model.forgotten.connect(self._on_forgotten)

    def flush(self) -> None:
        """Wait until everything is on the disk, but not for ever."""
        if self._open:
            try:
                self._writer.submit(self._write).result(FLUSH_TIMEOUT_S)
            except FutureTimeout:
                log.warning("the disk is too slow to note what is wanted")

    def close(self) -> None:
        """Take note of nothing any more. Idempotent."""
        if self._open:
            self._open = False
            self._model.changed.disconnect(self._on_changed)
            self._model.forgotten.disconnect(self._on_forgotten)
        self._writer.shutdown()

    def _on_changed(self, before: Snapshot | None, after: Snapshot) -> None:
        """Only a change counts: what is about to connect again was not wanted by the engine at first."""
        connection = after.connection
        if after.wanted and connection.name != DEMO_NAME:
            self._note(self._wanted | {connection.id})
        elif before is not None and before.wanted:
            self._note(self._wanted - {connection.id})

    def _on_forgotten(self, connection_id: str) -> None:
        self._note(self._wanted - {connection_id})

    def _note(self, wanted: frozenset[str]) -> None:
        if wanted != self._wanted:
            self._wanted = wanted
            self._write_soon()

    def _write_soon(self) -> None:
        self._writer.submit(self._write)

    def _write(self) -> None:
        """Writer's thread. Many changes at once are one or two writes: each takes what is wanted by then."""
        wanted = self._wanted
        if wanted == self._written:
            return
        try:
            self._file.save(wanted)
        except ConfigNotWritable as error:
            log.warning("what is wanted can't be noted for the next start: %s", error)
        except Exception:
            log.exception("what is wanted was not noted for the next start")
        else:
            self._written = wanted
