"""What a process takes while something happens to it: its threads and its memory, from proc(5)."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

_EVERY_S = 0.01
_KIB_PER_MIB = 1024
_FIELDS = re.compile(r"^(VmRSS|Threads):\s+(\d+)", re.MULTILINE)


def can_watch() -> bool:
    return Path("/proc/self/status").exists()


class Watch:
    """Looks at the process from its making on, and all the time in a ``with``, on a thread of its own.

    Between two looks a process may take more and give it back: what Python frees, it mostly keeps.
    """

    def __init__(self, pid: int) -> None:
        self._path = Path(f"/proc/{pid}/status")
        self._before_mib = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{pid}")
        self.now_mib = self.most_mib = 0.0
        self.most_threads = 0
        self._look()
        self._before_mib = self.now_mib

    @property
    def more_mib(self) -> float:
        """The most that it had at any time beyond what it had at first."""
        return self.most_mib - self._before_mib

    def wait_until_steady(self, within_mib: float, for_s: float, at_most_s: float) -> None:
        """Block until its memory has grown by less than that for so long."""
        deadline_mono = time.monotonic() + at_most_s
        then_mono, then_mib = time.monotonic(), self.now_mib
        while (now_mono := time.monotonic()) < min(deadline_mono, then_mono + for_s):
            if self.now_mib - then_mib >= within_mib:
                then_mono, then_mib = now_mono, self.now_mib
            time.sleep(_EVERY_S)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        # A process that ended has no figures; whoever watches it finds out by other means.
        with contextlib.suppress(OSError, KeyError):
            while not self._over.wait(_EVERY_S):
                self._look()

    def _look(self) -> None:
        found = dict(_FIELDS.findall(self._path.read_text()))
        self.now_mib = int(found["VmRSS"]) / _KIB_PER_MIB
        self.most_mib = max(self.most_mib, self.now_mib)
        self.most_threads = max(self.most_threads, int(found["Threads"]))
