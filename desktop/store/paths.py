"""Where Caponier keeps its files on each system."""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from desktop import APP_NAME
from desktop.core.config_errors import ConfigNotWritable
from desktop.store.runtime import (
    HOME_VARIABLE,
    RUNTIME_FOLDER,
    SOCKET_NAME,
    of_session,
    short_enough_for_a_socket,
)

__all__ = ["HOME_VARIABLE", "PRIVATE_FOLDER_MODE", "Paths", "make_private", "make_runtime"]

PRIVATE_FOLDER_MODE = 0o700


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one person. None exists before something is written to it; see `make_private`."""

    config_dir: Path
    state_dir: Path
    log_dir: Path
    runtime_dir: Path

    @classmethod
    def from_environment(cls) -> Paths:
        """Folders under ``CAPONIER_HOME`` where that is set, else the platform's own.

        Raises `ConfigNotWritable` for an account that has no home folder.
        """
        home = os.environ.get(HOME_VARIABLE, "")
        return cls.under(Path(home).expanduser().absolute()) if home else cls._of_platform()

    @classmethod
    def under(cls, home: Path) -> Paths:
        """Everything inside one folder."""
        return cls(
            config_dir=home / "config",
            state_dir=home / "state",
            log_dir=home / "logs",
            runtime_dir=Path(short_enough_for_a_socket(str(home / RUNTIME_FOLDER))),
        )

    @classmethod
    def _of_platform(cls) -> Paths:
        folders = platformdirs.PlatformDirs(APP_NAME, appauthor=False)
        try:
            config_dir = folders.user_config_path
        except RuntimeError:
            config_dir = Path(APP_NAME)
        # Older platformdirs answer with a folder named "~", here.
        if not config_dir.is_absolute():
            raise ConfigNotWritable(path=str(config_dir), reason=f"no home folder; set {HOME_VARIABLE}")
        return cls(
            config_dir=config_dir,
            state_dir=folders.user_state_path,
            log_dir=folders.user_log_path,
            runtime_dir=Path(
                short_enough_for_a_socket(of_session() or str(folders.user_state_path / RUNTIME_FOLDER))
            ),
        )

    @property
    def connections_path(self) -> Path:
        return self.config_dir / "connections.json"

    @property
    def known_hosts_path(self) -> Path:
        """Host keys the person accepted in Caponier; OpenSSH's own file is only read."""
        return self.config_dir / "known_hosts"

    @property
    def known_hosts_lock_path(self) -> Path:
        """Held by the process that changes `known_hosts_path`."""
        return self.config_dir / ".known_hosts.lock"

    @property
    def log_path(self) -> Path:
        return self.log_dir / "caponier.log"

    @property
    def window_lock_path(self) -> Path:
        """Held by the one window that runs."""
        return self.runtime_dir / "window.lock"

    @property
    def window_socket_path(self) -> Path:
        """Where the window listens for the command line. Short enough for a Unix socket."""
        return self.runtime_dir / SOCKET_NAME


def home_folder() -> Path | None:
    """None where the account has none."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def make_private(folder: Path) -> None:
    """Create `folder` for its owner alone, and its parents. An existing one is left as it is. Raises `OSError`."""
    folder.mkdir(mode=PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)


def make_runtime(folder: Path) -> None:
    """As `make_private`, for `Paths.runtime_dir`: raises `PermissionError` where somebody else can reach into it.

    It may be in the temporary folder, where anybody can be there first.
    """
    make_private(folder)
    if sys.platform != "win32":
        found = folder.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if not ours or stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError(errno.EACCES, "somebody else can reach into this folder", str(folder))
