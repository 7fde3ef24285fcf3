"""The kernel's own clocks, in a time namespace where one of them is an hour ahead."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from desktop.system.power.sleep_clock import read_clocks
from tests.support.house import ROOT
from tests.support.system_user import is_root

# The first reading is that of the test outside, the others are its own: so CLOCK_BOOTTIME jumps by what
# time_namespaces(7) puts it ahead.
_SLEEPER = """
import sys
from itertools import chain
from queue import Queue
from desktop.system.power.clock_watch import ClockWatch
from desktop.system.power.sleep_clock import Reading, read_clocks

wakes = Queue()
readings = chain([Reading(*map(float, sys.argv[1:]))], iter(read_clocks, None))
watch = ClockWatch(lambda: next(readings), 0.01)
watch.start(lambda: None, wakes.put)
print(round(wakes.get(timeout=20)))
watch.close()
"""


def _has_time_namespaces() -> bool:
    if not is_root() or shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--time", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not _has_time_namespaces(), reason="needs root on Linux with time namespaces")
def test_an_hour_of_sleep_by_the_kernels_clocks_is_seen() -> None:
    now = read_clocks()
    command = ["unshare", "--time", "--boottime", "3600", sys.executable, "-c", _SLEEPER]
    done = subprocess.run(
        [*command, str(now.total_s), str(now.awake_s)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "3600\n", done.stderr
