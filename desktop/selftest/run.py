"""All checks, in order, as a table."""

from __future__ import annotations

import logging
import platform
import sys
from collections.abc import Sequence

from desktop import APP_NAME, __version__
from desktop.selftest.checks import CHECKS
from desktop.selftest.finding import Check, Verdict

DONE, FAILED = 0, 1


def run_self_test() -> int:
    """Print the table. The exit status: 0, also with warnings, or 1 where a check failed. Main thread."""
    # Else Python would print to the terminal what is meant for a log.
    logging.getLogger().addHandler(logging.NullHandler())
    print(f"{APP_NAME} {__version__} ({_kind()}), Python {platform.python_version()}, {platform.platform()}")
    return show(CHECKS)


def show(checks: Sequence[Check]) -> int:
    """One line for each check as it is done, and a last one about them all. The exit status."""
    counts = dict.fromkeys(Verdict, 0)
    for check in checks:
        finding = check.made()
        counts[finding.verdict] += 1
        print(f"{finding.verdict:<8} {check.name:<24} {finding.sentence}", flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()), flush=True)
    return FAILED if counts[Verdict.FAILED] else DONE


def _kind() -> str:
    return "bundle" if getattr(sys, "frozen", False) else "from source"
