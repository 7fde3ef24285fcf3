"""Where the files that come with the program are: icons, translations, templates."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_PACKAGED = _HERE / "_resources"
_CHECKOUT = _HERE.parent / "resources"


def resource_path(name: str) -> Path:
    """The file `name` (with forward slashes, as in ``icons/app.svg``) of the folder `resources/`.

    A wheel and a frozen bundle carry that folder inside the package, a source checkout beside it. PyInstaller sets
    `__file__` inside its bundle folder, so both need the same rule. Does not look whether the file exists.
    """
    root = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    return root / name
