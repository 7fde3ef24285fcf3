from __future__ import annotations

import pytest

from desktop.core.errors import DemoUnavailable
from desktop.demo.demo import Demo


def test_a_demo_that_does_not_run_has_no_connection() -> None:
    with pytest.raises(DemoUnavailable, match="not running"):
        _ = Demo().connection


def test_a_demo_that_was_closed_before_its_start_does_not_start() -> None:
    demo = Demo()
    demo.close()
    with pytest.raises(DemoUnavailable, match="closed"):
        demo.start()
    demo.close()
