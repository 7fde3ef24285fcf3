"""The file of preferences."""

from __future__ import annotations

import logging

from desktop.core.preferences import DEFAULT_LANES, FEWEST_LANES, MOST_LANES, Preferences
from desktop.store.fields import Damaged, Fields
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
            connect_again = fields.flag("connect_again", default=True)
            on_demand = fields.flag("on_demand", default=False)
            return Preferences(connect_again, self._max_lanes(fields), on_demand)
        except Damaged as error:
            log.warning("%s is set aside: %s", self._file.path, error)
            self._file.set_aside()
            return Preferences()

    def save(self, preferences: Preferences) -> None:
        """Raises `ConfigNotWritable`."""
        self._file.write(
            {
                "connect_again": preferences.connect_again,
                "max_lanes": preferences.max_lanes,
                "on_demand": preferences.on_demand,
            }
        )

    def _max_lanes(self, fields: Fields) -> int:
        """A number that can't be must not cost the other preferences: what was to stay off would connect again."""
        try:
            return fields.integer("max_lanes", FEWEST_LANES, MOST_LANES, DEFAULT_LANES)
        except Damaged as error:
            log.warning("%s: %s; it is taken to be %d", self._file.path, error, DEFAULT_LANES)
            return DEFAULT_LANES
