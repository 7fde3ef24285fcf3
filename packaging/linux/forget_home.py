"""Takes the builder's home folder out of the programs of a bundle.  usage: forget_home.py FOLDER

A Python that was compiled under a home folder (pyenv does that) names it in its library and in the run path of its
extension modules. PyInstaller's starter sets all of these paths anew, so nothing looks there; but it is a personal
path, and a place where somebody else's computer must not look for libraries.
"""

from __future__ import annotations

import sys
from pathlib import Path


def forget(folder: Path, base: Path, home: Path) -> int:
    """Put a folder that nobody has in the place of `home` in each mention of `base`. How many files had one.

    The rest of the path stays: the linker lets "3.11.7" be the end of ".../versions/3.11.7" (string tail merging).
    Nothing may move either, so the new name has the length of the old.
    """
    if not base.is_relative_to(home):
        return 0
    old = bytes(base)
    new = b"/".ljust(len(bytes(home)), b"_") + old[len(bytes(home)) :]
    changed = 0
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and ".so" in path.suffixes:
            data = path.read_bytes()
            if old in data:
                path.write_bytes(data.replace(old, new))
                changed += 1
    return changed


if __name__ == "__main__":
    forget(Path(sys.argv[1]), Path(sys.base_prefix), Path.home())
