"""Room for many clients: the soft limit of open files is lifted, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")

_PROGRAM = """
import resource
from desktop.system import limits
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, 512))
limits.MOST_FILES = {cap}
limits.raise_open_files_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "cap", "expected"),
    [
        pytest.param(64, 65_536, 512, id="to the hard one"),
        pytest.param(512, 65_536, 512, id="no further"),
        pytest.param(64, 256, 256, id="to the cap"),
        pytest.param(300, 256, 300, id="never down"),
    ],
)
def test_the_soft_limit_rises(soft: int, cap: int, expected: int) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(soft=soft, cap=cap)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
    )
    assert answer.stdout == f"{expected} 512\n", answer.stderr
