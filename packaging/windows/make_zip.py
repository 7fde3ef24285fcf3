"""Packs a folder, the same way each time.  usage: make_zip.py FOLDER FILE.zip

Names are sorted and dates are one date, so that two builds of the same files give the same bytes.
"""

from __future__ import annotations

import os
import sys
import time
import zipfile
from pathlib import Path

# The first second that a zip file can say.
FIRST_DATE_S = 315_532_800


def make_zip(folder: Path, target: Path, *, at_s: int = FIRST_DATE_S) -> None:
    """Everything under `folder`, below its name, dated `at_s` (seconds since 1970, UTC)."""
    date = time.gmtime(max(at_s, FIRST_DATE_S))[:6]
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).as_posix()):
            if path.is_file():
                name = (Path(folder.name) / path.relative_to(folder)).as_posix()
                entry = zipfile.ZipInfo(name, date)
                entry.create_system = 0  # MS-DOS, whichever system packs
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), compresslevel=9)


def main() -> None:
    at_s = int(os.environ.get("SOURCE_DATE_EPOCH", FIRST_DATE_S))
    make_zip(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), at_s=at_s)


if __name__ == "__main__":
    main()
