"""Single checks, and the table they make."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.cli.arguments import SELF_TEST, parse_arguments
from desktop.selftest.finding import Check, Finding, Verdict, failed, ok, warning
from desktop.selftest.folders import folders
from desktop.selftest.key_types import KEY_CHECKS
from desktop.selftest.keyring import keyring
from desktop.selftest.run import show
from desktop.selftest.tunnel import tunnel
from tests.support.logs import LogGuard


def _check(finding: Finding) -> Check:
    return Check("subject", lambda: finding)


def test_the_option_is_a_command_of_its_own() -> None:
    assert parse_arguments(["--self-test"]).command == SELF_TEST


def test_warnings_do_not_fail_the_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert show([_check(ok("fine")), _check(warning("no tray"))]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "ok       subject                  fine",
        "warning  subject                  no tray",
        "1 ok, 1 warning, 0 failed",
    ]


def test_one_failure_fails_it_and_the_rest_is_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert show([_check(failed("no")), _check(ok("fine"))]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 ok, 0 warning, 1 failed"


def test_a_check_that_breaks_has_failed(log_guard: LogGuard) -> None:
    def breaks() -> Finding:
        raise ValueError("unforeseen")

    log_guard.expect("the check odd broke")
    assert Check("odd", breaks).made() == failed("ValueError: unforeseen")


@pytest.mark.parametrize("check", KEY_CHECKS, ids=lambda check: check.name)
def test_every_kind_of_key_signs_and_verifies(check: Check) -> None:
    assert check.made().verdict is Verdict.OK


def test_folders_that_can_be_made_are_well_and_not_made(home: Path) -> None:
    assert folders().verdict is Verdict.OK
    assert list(home.iterdir()) == []


def test_a_folder_that_can_not_be_made_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").touch()
    monkeypatch.setenv("CAPONIER_HOME", str(home / "file" / "inside"))
    found = folders()
    assert found.verdict is Verdict.FAILED
    assert str(home / "file") in found.sentence


def test_a_missing_keyring_is_a_warning() -> None:
    found = keyring()
    assert found.verdict is Verdict.WARNING
    assert "asked for each time" in found.sentence


def test_bytes_come_back_through_a_bastion_and_no_folder_is_used(home: Path) -> None:
    before = os.environ["CAPONIER_HOME"]
    found = tunnel()
    assert found.verdict is Verdict.OK, found.sentence
    assert os.environ["CAPONIER_HOME"] == before
    assert list(home.iterdir()) == []
