"""The file of preferences."""

from __future__ import annotations

import logging

from desktop.core.preferences import Preferences
from desktop.store.fields import Damaged
from desktop.store.paths import Paths
from desktop.store.small_file import SmallFile

log = logging.getLogger(__name__)

_VERSION = 1


class PreferencesFile:
    """Implements `desktop.core.ports.PreferenceStore`."""

    def __init__(self, paths: Paths) -> None:
        self._file = SmallFile(paths.config_dir / "preferences.json", _VERSION)

    def load(self) -> Preferences:
        """A file that can't be understood is moved aside, and said so in the log."""
        try:
            fields = self._file.read()
            if fields is None:
                return Preferences()
            return Preferences(connect_again=fields.flag("connect_again", default=True))
        except Damaged as error:
            log.warning("%s is set aside: %s", self._file.path, error)
            self._file.set_aside()
            return Preferences()

    def save(self, preferences: Preferences) -> None:
        """Raises `ConfigNotWritable`."""
        self._file.write({"connect_again": preferences.connect_again})
