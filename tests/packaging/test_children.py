"""A program started by the bundle inherits its LD_LIBRARY_PATH and loads our libraries instead of its own.

So the parts of the program that are bundled start none. Who needs one gives it LD_LIBRARY_PATH_ORIG instead
(PyInstaller manual, "LD_LIBRARY_PATH / LIBPATH considerations") and names the place here.
"""

from __future__ import annotations

import re

from tests.support.house import ROOT

_STARTS_A_PROGRAM = re.compile(
    r"\bsubprocess\.(run|Popen|call|check_\w+|getoutput|getstatusoutput)\b|from subprocess import|\bQProcess\b"
    r"|\bQDesktopServices\b|\bwebbrowser\b|\bmultiprocessing\b|\bos\.(system|popen|startfile|exec\w+|spawn\w+|posix_spawn\w*)"
)
# Its PostgreSQL is not bundled.
_NOT_BUNDLED = {"demo"}
# They run commands of the person's, with the environment that the person has (desktop/core/child_environment.py); on
# Windows there is no such variable.
_GIVES_THEM_THEIR_OWN = {
    "ssh_config/command.py",
    "ssh/proxy_program.py",
    "system/terminal/run.py",
    "system/terminal/windows.py",
}


def test_the_bundled_parts_start_no_program_with_the_bundle_s_libraries() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in sorted((ROOT / "desktop").rglob("*.py"))
        if path.relative_to(ROOT / "desktop").parts[0] not in _NOT_BUNDLED
        and path.relative_to(ROOT / "desktop").as_posix() not in _GIVES_THEM_THEIR_OWN
        for match in _STARTS_A_PROGRAM.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
