"""What one client hears of the warehouse first: enough to judge the warehouse by, and forgotten then."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop.core import first_bytes
from desktop.core.errors import Cause
from desktop.core.model import Place

Tell = Callable[[Cause | None], None]


class Witness:
    """Of one client. `say` comes before what is said is sent, so that no answer overtakes it.

    `tell` is called once, from the thread that judges: with None where the warehouse does what it should. It comes
    after the program has what was heard, which is kept nowhere else, and is forgotten then.
    """

    def __init__(self, kind: str, place: Place, tell: Tell) -> None:
        self._kind = kind
        self._place = place
        self._tell = tell
        self._said = self._heard = b""
        self._guard = threading.Lock()
        # It has heard enough.
        self.is_done = False
        # Monotonic seconds since when an answer is due, as whoever looks for silent ones has noticed.
        self.due_mono: float | None = None

    @property
    def awaits_first(self) -> bool:
        """The warehouse has to speak now, and has not said a word. Any thread."""
        return not (self.is_done or self._heard) and first_bytes.is_awaited(self._kind, self._said)

    def say(self, data: bytes | memoryview) -> None:
        """The program's. Any thread, one at a time."""
        if not self.is_done and len(self._said) < first_bytes.SAID_BYTES:
            self._said += bytes(data[: first_bytes.SAID_BYTES - len(self._said)])

    def hear(self, data: memoryview) -> None:
        """The warehouse's. Reader thread."""
        if not self.is_done:
            self._heard += bytes(data[: first_bytes.FIRST_BYTES - len(self._heard)])

    def judge(self) -> None:
        """What was heard so far, where that is enough. Any thread."""
        with self._guard:
            if not self.is_done and self._has_enough:
                self._judge(ended=False)

    def end(self) -> None:
        """The warehouse says no more, though the program has not left. Reader thread."""
        with self._guard:
            if not self.is_done:
                self._judge(ended=not self._has_enough)

    def silent(self, for_s: float) -> Cause:
        return first_bytes.silent(self._kind, self._place, for_s)

    @property
    def _has_enough(self) -> bool:
        return first_bytes.is_enough(self._kind, self._said, self._heard)

    def _judge(self, *, ended: bool) -> None:
        """Under the guard."""
        self.is_done = True
        cause = first_bytes.judge(self._kind, self._place, self._said, self._heard, ended=ended)
        if cause is not None or self._heard:
            self._tell(cause)
        self._said = self._heard = b""
