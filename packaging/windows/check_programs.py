"""Reads back what PyInstaller wrote into both programs.  usage: check_programs.py FOLDER      on Windows only

Status 1 and a sentence where one has the wrong kind of window, no version, or another manifest than ours.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

# What the field Subsystem of the optional header says (Microsoft, "PE Format").
WINDOWED, CONSOLE = 2, 3
PROGRAMS = {"caponier.exe": CONSOLE, "caponier-gui.exe": WINDOWED}
MANIFEST_SAYS = (b"asInvoker", b"PerMonitorV2", b"longPathAware", b"UTF-8</activeCodePage>")


def subsystem(program: bytes) -> int:
    """Whether Windows opens a console for it. `program` is the file's content."""
    (header,) = struct.unpack_from("<I", program, 0x3C)
    if program[header : header + 4] != b"PE\0\0":
        raise ValueError("not a program for Windows")
    # After the signature and the 20 bytes of the file header; at the same place for 32 and 64 bits.
    (value,) = struct.unpack_from("<H", program, header + 24 + 68)
    return int(value)


def complaints(path: Path, wanted: int, version: str) -> list[str]:
    from PyInstaller.utils.win32.versioninfo import read_version_info_from_executable
    from PyInstaller.utils.win32.winmanifest import read_manifest_from_executable

    found = []
    if subsystem(path.read_bytes()) != wanted:
        found.append(f"{path.name} has the wrong subsystem")
    if f"'ProductVersion', '{version}'" not in str(read_version_info_from_executable(str(path))):
        found.append(f"{path.name} does not say version {version}")
    manifest = read_manifest_from_executable(str(path))
    found += [f"{path.name} lacks {words.decode()}" for words in MANIFEST_SAYS if words not in manifest]
    return found


def main() -> int:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from desktop import __version__

    folder = Path(sys.argv[1])
    found = [each for name, kind in PROGRAMS.items() for each in complaints(folder / name, kind, __version__)]
    print("\n".join(found) or f"{', '.join(PROGRAMS)}: subsystem, version and manifest as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
