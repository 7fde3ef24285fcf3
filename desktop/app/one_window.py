"""Each person has one window: further starts bring it forward, and the command line talks to it."""

from __future__ import annotations

import logging
from typing import Self

from desktop.app.control_desk import ControlDesk
from desktop.core.errors import Cause, WindowSilent, WindowUnreachable
from desktop.store.paths import Paths, make_runtime
from desktop.system.control import come_forward
from desktop.system.control_server import ControlServer
from desktop.system.instance import PATIENCE_S, Unanswered, WindowLock

log = logging.getLogger(__name__)


class OneWindow:
    """GUI thread. Use it in a ``with``: lock and socket are gone afterwards.

    `trouble` says why nobody can reach this window, None while they can. A window that can't be reached is better than
    none.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._lock = WindowLock(paths.window_lock_path)
        self._server: ControlServer | None = None
        self.trouble: Cause | None = None

    def claim(self, *, hidden: bool, link: str) -> bool:
        """True where this process is to show the window, False where the one that runs came forward with `link`.

        Blocks while the other one starts. With `hidden` that one stays where it is. Raises `WindowSilent`.
        """
        socket_path = str(self._paths.window_socket_path)
        try:
            make_runtime(self._paths.runtime_dir)
            return self._lock.claim(
                lambda: come_forward(socket_path, hidden=hidden, link=link, within_s=PATIENCE_S)
            )
        except Unanswered as error:
            raise WindowSilent(process=error.pid or "") from error
        except OSError as error:
            self._note(error)
            return True

    def listen(self, desk: ControlDesk) -> None:
        """Answer from now on, as soon as the event loop runs; `desk` outlives this."""
        if self.trouble is None:
            self._server = ControlServer(self._paths.window_socket_path, desk)
            self._server.asked.connect(desk.take)
            try:
                self._server.listen()
            except OSError as error:
                self._lock.release()
                self._note(error)
        if self.trouble is not None:
            log.warning("this window can't be reached: %s", self.trouble.fact("reason"))

    def close(self) -> None:
        """Idempotent. No visitor is answered any more."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _note(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        self.trouble = WindowUnreachable(path=str(self._paths.runtime_dir), reason=reason).cause
