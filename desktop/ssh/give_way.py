"""How a thread leaves its processor to others for a moment, where the system lets it."""

from __future__ import annotations

import sys

if sys.platform == "linux":
    import os

    def give_way() -> None:
        """To those that are ready to run; where nobody is, it costs nothing (sched_yield(2))."""
        os.sched_yield()

else:

    def give_way() -> None:
        """To those that are ready to run. Where a system makes its own good choice, or none is known to help."""
