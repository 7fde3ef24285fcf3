"""What a program of the person's is to see of our environment."""

from __future__ import annotations

from collections.abc import Mapping

_LIBRARY_PATH = "LD_LIBRARY_PATH"


def for_child(environment: Mapping[str, str], *, frozen: bool) -> dict[str, str]:
    """Without what a bundle (`frozen`) has in it for itself; PyInstaller keeps the person's own value beside that."""
    cleaned = dict(environment)
    if frozen:
        own = cleaned.pop(f"{_LIBRARY_PATH}_ORIG", None)
        cleaned.pop(_LIBRARY_PATH, None)
        if own is not None:
            cleaned[_LIBRARY_PATH] = own
    return cleaned
