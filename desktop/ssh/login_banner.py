"""What a server says beside a login (RFC 4252 section 5.4), for the person to read while it can be of use."""

from __future__ import annotations

import re
import threading
import time
from types import TracebackType
from typing import Self

from desktop.core.challenge import LONGEST_BANNER, Challenge, shown_text
from desktop.core.plan import PlannedHop
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.questioner import Questioner

# Where a login is still not over by then, somebody may have to open the address that the server named.
TOLD_AFTER_S = 5.0
_LOOK_AGAIN_S = 0.25
_ADDRESS = re.compile(r"https?://\S")


class LoginBanner:
    """Of one login, as long as it is entered. A question takes along what was not told yet, by `news`.

    Where nothing is asked and the login takes long, a thread of its own tells `asker` of a banner that names an
    address. Notices without one are nothing to wait for. Without an `asker` nobody is told.
    """

    def __init__(self, lane: ForwardingLane, hop: PlannedHop, asker: Questioner | None) -> None:
        self._lane = lane
        self._hop = hop
        self._asker = asker
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._told = ""
        self._thread: threading.Thread | None = None
        self.asked_person = False

    def __enter__(self) -> Self:
        if self._asker is not None:
            self._thread = threading.Thread(target=self._watch, name=f"banner {self._hop.endpoint.host}")
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def news(self) -> str:
        """What the server said and nobody was told of, for a question. From then on the question says what to do."""
        with self._lock:
            self._over.set()
            return self._news()

    def _news(self) -> str:
        said = self._lane.login_banner
        if said == self._told:
            return ""
        self._told = said
        return shown_text(said, LONGEST_BANNER, lines=True)

    def _watch(self) -> None:
        heard_mono: float | None = None
        while not self._over.wait(_LOOK_AGAIN_S):
            if not _ADDRESS.search(self._lane.login_banner):
                continue
            heard_mono = heard_mono or time.monotonic()
            if time.monotonic() - heard_mono >= TOLD_AFTER_S:
                self._tell()
                return

    def _tell(self) -> None:
        """Under the lock: a question must not come between, and be taken for answered."""
        hop = self._hop
        with self._lock:
            if self._asker is None or self._over.is_set():
                return
            self.asked_person = True
            self._asker.ask(
                Challenge(0, hop.user, hop.endpoint.host, hop.login, text=self._news()), lambda: True
            )
