"""The whole self-test, as a person runs it: in a process of its own."""

from __future__ import annotations

import re

import pytest

from tests.support.program import run
from tests.support.secret_service import missing_programs, private_secret_service


def _verdicts(table: str) -> dict[str, str]:
    lines = (re.match(r"(ok|warning|failed) +(\S+( \S+){0,2}?)  ", line) for line in table.splitlines())
    return {line[2]: line[1] for line in lines if line}


def test_it_passes_here() -> None:
    answer = run("--self-test")
    verdicts = _verdicts(answer.out)
    assert answer.status == 0, answer.out
    assert verdicts["window"] == verdicts["icons"] == verdicts["tunnel"] == verdicts["folders"] == "ok"
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


def test_a_folder_that_can_not_be_written_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPONIER_HOME", "/proc/caponier")
    answer = run("--self-test")
    assert answer.status == 1
    assert _verdicts(answer.out)["folders"] == "failed"
