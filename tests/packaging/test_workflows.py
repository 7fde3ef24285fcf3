"""What GitHub runs: few rights, fixed actions, and only scripts that are here."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from tests.support.house import ROOT

yaml = pytest.importorskip("yaml", reason="PyYAML comes with pre-commit, of the extra [dev]")

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
pytestmark = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)


def _steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def test_it_may_only_read(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())


def test_it_needs_no_secret(path: Path) -> None:
    assert "secrets." not in path.read_text(encoding="utf-8")


def test_every_action_is_named_by_its_commit(path: Path) -> None:
    named = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert named
    for action, remark in named:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r"  # v\d+\.\d+\.\d+", remark), "the remark says which version that is"


def test_no_checkout_leaves_credentials_behind(path: Path) -> None:
    checkouts = [step for step in _steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_every_job_has_a_time_limit(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    assert all(job["timeout-minutes"] <= 60 for job in jobs.values())


def test_every_script_it_runs_is_here(path: Path) -> None:
    for step in _steps(path):
        program = step.get("run", "").partition(" ")[0]
        if "/" in program and not program.startswith(".venv/"):
            assert (ROOT / PurePosixPath(program)).is_file(), program


def test_no_text_from_outside_ends_up_in_a_command(path: Path) -> None:
    assert not any("${{" in step.get("run", "") for step in _steps(path))
