"""The whole self-test, as a person runs it: in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from desktop.selftest.logins import LOGIN_CHECKS
from tests.support.house import ROOT
from tests.support.program import run
from tests.support.secret_service import missing_programs, private_secret_service

LOGINS = [check.name for check in LOGIN_CHECKS]


def _verdicts(table: str) -> dict[str, str]:
    lines = (re.match(r"(ok|warning|failed) +(\S+( \S+){0,2}?)  ", line) for line in table.splitlines())
    return {line[2]: line[1] for line in lines if line}


def test_it_passes_here() -> None:
    answer = run("--self-test")
    verdicts = _verdicts(answer.out)
    assert answer.status == 0, answer.out
    assert verdicts["window"] == verdicts["icons"] == verdicts["tunnel"] == verdicts["folders"] == "ok"
    assert {verdicts[name] for name in LOGINS} == {"ok"}
    # Tests are shut out of the person's desktop.
    assert verdicts["keyring"] == verdicts["tray"] == "warning"


@pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}")
def test_a_real_keyring_gives_a_secret_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with private_secret_service() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        answer = run("--self-test")
        assert _verdicts(answer.out)["keyring"] == "ok", answer.out
        service.lock()
        answer = run("--self-test")
    assert answer.status == 0, answer.out
    assert _verdicts(answer.out)["keyring"] == "warning", answer.out


def test_without_a_library_of_the_system_it_says_so_and_goes_on() -> None:
    """As where libGL.so.1 is missing, which Qt's widgets link to."""
    lines = [
        "import sys",
        "sys.modules.update({'PySide6.QtGui': None, 'PySide6.QtWidgets': None})",
        "from desktop.selftest import run_self_test",
        "sys.exit(run_self_test())",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    verdicts = _verdicts(answer.stdout)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert verdicts["window"] == verdicts["icons"] == verdicts["tray"] == "failed"
    assert "or a library of the system, is missing" in answer.stdout
    assert verdicts["tunnel"] == "ok"


def test_a_folder_that_can_not_be_written_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPONIER_HOME", "/proc/caponier")
    answer = run("--self-test")
    assert answer.status == 1
    assert _verdicts(answer.out)["folders"] == "failed"


def _show_logins(*before: str) -> dict[str, str]:
    """The verdicts of the logins' checks, in a process where those lines ran first."""
    lines = [
        *before,
        "from desktop.selftest.logins import LOGIN_CHECKS",
        "from desktop.selftest.run import show",
        "show(LOGIN_CHECKS)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert answer.stderr == ""
    return _verdicts(answer.stdout)


def test_a_library_that_is_missing_fails_the_login_that_wants_it() -> None:
    verdicts = _show_logins("import sys", "sys.modules['pymysql'] = None")
    assert [name for name in LOGINS if verdicts[name] != "ok"] == ["login MySQL"]


def test_a_library_without_its_metadata_fails_the_login_that_wants_it() -> None:
    """As in a bundle that has the modules and nothing beside them."""
    verdicts = _show_logins(
        "from importlib import metadata",
        "def version(name):",
        "    raise metadata.PackageNotFoundError(name)",
        "metadata.version = version",
    )
    assert [name for name in LOGINS if verdicts[name] != "ok"] == ["login PostgreSQL"]
