"""The version resource of an executable: what Explorer's "Details" and the task manager show.

usage: version_info.py --numbers      prints the version as the four numbers that Windows compares
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# 040904B0: texts in English (United States), in Unicode. VOS_NT_WINDOWS32 and VFT_APP, of VS_FIXEDFILEINFO.
TEMPLATE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1),
  kids=[
    StringFileInfo([StringTable('040904B0', [
{strings}
    ])]),
    VarFileInfo([VarStruct('Translation', [0x0409, 0x04B0])]),
  ],
)
"""


def four_numbers(version: str) -> tuple[int, ...]:
    """0.2.0rc1 as (0, 2, 0, 0): Windows compares four numbers and knows no release candidates."""
    release = re.match(r"\d+(\.\d+){0,3}", version)
    if release is None:
        raise ValueError(f"no version: {version}")
    numbers = [int(part) for part in release.group().split(".")]
    return tuple(numbers + [0] * (4 - len(numbers)))


def version_info(version: str, program: str, description: str) -> str:
    """`program` without its ".exe"."""
    texts = {
        "CompanyName": "The Caponier authors",
        "FileDescription": description,
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": "The Caponier authors. Apache License 2.0.",
        "OriginalFilename": f"{program}.exe",
        "ProductName": "Caponier",
        "ProductVersion": version,
    }
    strings = "\n".join(f"      StringStruct({name!r}, {text!r})," for name, text in texts.items())
    return TEMPLATE.format(numbers=four_numbers(version), strings=strings)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from desktop import __version__

    if sys.argv[1:] != ["--numbers"]:
        sys.exit(__doc__)
    print(".".join(map(str, four_numbers(__version__))))


if __name__ == "__main__":
    main()
