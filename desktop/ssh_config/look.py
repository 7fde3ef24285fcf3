"""Looks at ssh_config for somebody who must not wait, such as a window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from desktop.core.aliases import AliasListing, AliasView, ForwardingAliases
from desktop.core.model import Hop
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.view import AliasViews

log = logging.getLogger(__name__)


T = TypeVar("T")


class Look(Generic[T]):
    """Implements `core.aliases.AliasLook`: `find` runs once, on a thread of its own; `tell` gets what it gave."""

    def __init__(self, find: Callable[[Callable[[], bool]], T], tell: Callable[[T], None]) -> None:
        """`find` is handed a question to ask from time to time: whether anybody still wants to know."""
        self._find = find
        self._tell = tell
        self._lock = threading.Lock()
        self._is_wanted = True
        threading.Thread(target=self._run, name="look at ssh_config").start()

    def stop(self) -> None:
        with self._lock:
            self._is_wanted = False

    def _run(self) -> None:
        try:
            found = self._find(lambda: self._is_wanted)
        except Exception:
            log.exception("ssh_config was not looked at")
            return
        # Whoever stopped it may be gone by the time that something is told.
        with self._lock:
            if self._is_wanted:
                self._tell(found)


class ConfigAliases:
    """Implements `core.aliases.Aliases`."""

    def __init__(self, chains: Chains | None = None) -> None:
        self._views = AliasViews(chains or Chains(runs_commands=False))

    def list(self, tell: Callable[[AliasListing], None]) -> Look[AliasListing]:
        return Look(lambda _: self._views.names(), tell)

    def look(
        self, hop: Hop, tell: Callable[[AliasView], None], *, is_nearest: bool = True
    ) -> Look[AliasView]:
        return Look(lambda _: self._views.view(hop, is_nearest=is_nearest), tell)

    def forwarding(self, tell: Callable[[ForwardingAliases], None]) -> Look[ForwardingAliases]:
        return Look(self._views.forwarding, tell)
