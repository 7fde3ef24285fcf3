"""An entry that is a file in a folder the system reads at login."""

from __future__ import annotations

import os
from pathlib import Path

from desktop.core.config_errors import ConfigNotWritable


def read_entry(path: Path) -> bytes | None:
    """None where there is none, or none that can be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def write_entry(path: Path, content: bytes) -> None:
    """As a whole, so that no login ever reads half an entry. Raises `ConfigNotWritable`."""
    if not path.is_absolute():
        raise ConfigNotWritable(path=str(path), reason="this account has no home folder")
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        # The mode that the XDG Base Directory Specification wants for a folder that has to be made.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            temporary.write_bytes(content)
            temporary.replace(os.path.realpath(path))
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error


def remove_entry(path: Path) -> None:
    """Raises `ConfigNotWritable`; removing what is not there is no error."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error


def _not_writable(path: Path, error: OSError) -> ConfigNotWritable:
    return ConfigNotWritable(path=str(path), reason=error.strerror or type(error).__name__)
