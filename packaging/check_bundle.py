"""Looks into a finished bundle for what must not be in it.  usage: check_bundle.py FOLDER"""

from __future__ import annotations

import marshal
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 150_000_000

# An OpenSSH key after its first line (PROTOCOL.key: "openssh-key-v1"), and a PEM or PuTTY key with something in it.
_PRIVATE_KEY = re.compile(
    rb"b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=\s]{200}|BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}"
    rb"|Private-Lines: \d+\s+[A-Za-z0-9+/]{40}"
)
# Where the interpreter was compiled and installed; on Linux linux/forget_home.py takes it out.
_INTERPRETER = re.compile(r"libpython[\d.]*\.(so|dylib)[\d.]*|Python$|_sysconfigdata\w*|_sysconfig_vars\w*")


def complaints(folder: Path) -> Iterator[str]:
    """One line for each thing that must not be there."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if size > MOST_BYTES:
        yield f"{size} bytes, at most {MOST_BYTES}"
    for name, data in _files(folder):
        if _PRIVATE_KEY.search(data):
            yield f"{name} holds a private key"
        if sys.platform == "linux" or not _INTERPRETER.match(Path(name).name):
            yield from (f"{name} names {path}" for path in personal_paths() if path.encode() in data)


def personal_paths() -> list[str]:
    """This checkout and the home folder of whoever builds."""
    return [f"{ROOT}/", f"{Path.home()}/"]


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield str(path.relative_to(folder)), path.read_bytes()
    yield from _modules(folder)


def _modules(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The modules that are compressed inside the starter."""
    starters = [path for path in folder.iterdir() if path.stem.startswith("caponier") and path.is_file()]
    if not starters:
        return
    from PyInstaller.archive.readers import CArchiveReader

    for starter in starters:
        archive = CArchiveReader(str(starter)).open_embedded_archive("PYZ.pyz")
        for name in archive.toc:
            code = archive.extract(name)
            if code is not None:
                yield name, marshal.dumps(code)


def main() -> int:
    found = list(complaints(Path(sys.argv[1])))
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
