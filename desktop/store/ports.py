"""The file of the automatic ports that connections used last."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from desktop.core.config_errors import ConfigNotWritable
from desktop.core.validation import MAX_PORT
from desktop.store.fields import Damaged
from desktop.store.paths import Paths
from desktop.store.small_file import SmallFile

log = logging.getLogger(__name__)

_VERSION = 1
_MOST = 4096


class PortsFile:
    """Implements `desktop.core.ports.PortMemory`, in the state folder.

    Window and command line may both write it: the last one's file stands, and what that costs is a new port number.
    """

    def __init__(self, paths: Paths) -> None:
        self._file = SmallFile(paths.state_dir / "ports.json", _VERSION)

    def load(self) -> Mapping[str, int]:
        try:
            fields = self._file.read()
            if fields is None:
                return {}
            ports = fields.fields("ports")
            names = list(ports.values)[-_MOST:]
            return {name: ports.integer(name, 1, MAX_PORT) for name in names}
        except Damaged as error:
            log.info("%s is ignored: %s", self._file.path, error)
            return {}

    def save(self, ports: Mapping[str, int]) -> None:
        try:
            self._file.write({"ports": dict(ports)})
        except ConfigNotWritable as error:
            log.info("the automatic ports are not remembered: %s", error)
