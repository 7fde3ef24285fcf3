"""What a run ran on: figures are worth nothing without it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import psutil

_LIBRARIES = ("paramiko", "cryptography", "asyncssh", "sshtunnel")


def about() -> dict[str, str]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "processors": f"{os.cpu_count()} x {_processor()}",
        "load before": f"{psutil.getloadavg()[0]:.1f}",
        "kernel": platform.release(),
        "python": platform.python_version(),
        "openssh": subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr.strip(),
        "libraries": ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)", path.read_text(), re.MULTILINE) if path.exists() else None
    return found[1] if found else platform.machine()


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "(missing)"
