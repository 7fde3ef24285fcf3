"""Who made what is in the bundle: each bundled file is traced to a Python package, Python itself, or a system package.

Runs with the Python that built the bundle, so that its packages are the ones installed here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
LICENCES = ROOT / "packaging" / "licences"
COMMON_LICENCES = Path("/usr/share/common-licenses")
_LICENCE_FILE = re.compile(r"licen[cs]e|copying|notice|authors|copyright", re.IGNORECASE)
_OWN = "caponier"

# Qt's wheels come without the texts of the licences that they name.
_TEXTS = dict.fromkeys(("pyside6-essentials", "shiboken6"), ("LGPL-3.txt", "GPL-3.txt"))
# PyInstaller's starter and start-up code are in every bundle; no file of the bundle is traced to them by its name.
_STARTER = "pyinstaller"


@dataclass(frozen=True, slots=True)
class Component:
    """`texts` are the files with its licence and copyright notices. `kind` is a type of package URL."""

    kind: str
    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]

    @property
    def purl(self) -> str:
        """A package URL (github.com/package-url/purl-spec)."""
        space = "debian/" if self.kind == "deb" else ""
        return f"pkg:{self.kind}/{space}{self.name}@{quote(self.version, safe='')}"


class UnknownOriginError(Exception):
    """A bundled file that belongs to nobody we know: its licence is not known either."""


def components_of(contents: Path) -> list[Component]:
    """Of what PyInstaller bundled, by the list that caponier.spec writes. Raises `UnknownOriginError`."""
    sources = {source for _, source, _ in json.loads(contents.read_text(encoding="utf-8")) if source != "-"}
    owners = _owners_by_file()
    found = {_python_package(_STARTER), _interpreter()}
    foreign: set[Path] = set()
    for source in sources:
        path = Path(source)
        # A link's source is its target, relative and bundled as well. Namespace packages are folders.
        if not path.is_absolute() or path.is_dir() or path.is_relative_to(ROOT / "desktop"):
            continue
        owner = owners.get(str(path.resolve()))
        if owner is not None:
            found.add(_python_package(owner))
        elif not _is_ours_or_pythons(path.resolve()):
            foreign.add(path)
    found.update(_system_packages(foreign))
    return sorted(found, key=lambda each: (each.kind, each.name))


def _owners_by_file() -> dict[str, str]:
    """Of every file of every installed package."""
    owners = {}
    for package in metadata.distributions():
        # The name is read from the package's metadata each time it is asked for.
        name, folder = package.name, os.path.realpath(str(package.locate_file("")))
        if name != _OWN:
            owners |= {os.path.normpath(f"{folder}/{file}"): name for file in package.files or ()}
    return owners


def _is_ours_or_pythons(path: Path) -> bool:
    if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / ".venv"):
        return True
    base = Path(sys.base_prefix).resolve()
    # On Windows and macOS everything in Python's own folder is Python's; on Linux that folder may be /usr.
    if sys.platform != "linux":
        return path.is_relative_to(base)
    return path.is_relative_to(base / "lib" / _python_folder()) or (
        path.is_relative_to(base) and path.name.startswith("libpython")
    )


def _python_folder() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _python_package(name: str) -> Component:
    package = metadata.distribution(name)
    plain = re.sub(r"[-_.]+", "-", name).lower()
    texts = [LICENCES / text for text in _TEXTS.get(plain, ())]
    texts += [
        Path(str(package.locate_file(file))) for file in package.files or () if _holds_a_licence(file.parts)
    ]
    return Component("pypi", plain, package.version, _licence_of(package), tuple(sorted(texts)))


def _holds_a_licence(parts: tuple[str, ...]) -> bool:
    return parts[0].endswith(".dist-info") and bool(_LICENCE_FILE.search("/".join(parts[1:])))


def _licence_of(package: metadata.Distribution) -> str:
    named = package.metadata.get("License-Expression") or package.metadata.get("License")
    if named:
        return named.splitlines()[0].strip()
    classes = package.metadata.get_all("Classifier") or []
    return "; ".join(each.rpartition(" :: ")[2] for each in classes if each.startswith("License ::"))


def _interpreter() -> Component:
    places = (Path(sys.base_prefix, "lib", _python_folder()), Path(sys.base_prefix))
    text = next(place / "LICENSE.txt" for place in places if (place / "LICENSE.txt").is_file())
    version = ".".join(str(number) for number in sys.version_info[:3])
    return Component("generic", "python", version, "PSF-2.0", (text,))


def _system_packages(paths: Iterable[Path]) -> set[Component]:
    """The Debian packages of libraries that were copied from this computer."""
    return {_debian_package(name) for name in {_debian_owner(path) for path in paths}}


def _debian_owner(path: Path) -> str:
    # With /lib being a link to /usr/lib, dpkg knows a file by either name.
    names = {path, path.resolve(), Path("/", *path.resolve().parts[2:])}
    for name in sorted(names):
        answer = _output("dpkg-query", "-S", str(name))
        if answer:
            return answer.splitlines()[0].rpartition(": ")[0]
    raise UnknownOriginError(path)


def _debian_package(name: str) -> Component:
    version = _output("dpkg-query", "-W", "-f", "${Version}", name)
    plain = name.partition(":")[0]
    copyright_path = Path("/usr/share/doc", plain, "copyright")
    texts = (copyright_path, *_common_texts(copyright_path))
    return Component("deb", plain, version, "see its copyright file", texts)


def _common_texts(copyright_path: Path) -> list[Path]:
    """The texts that a Debian copyright file only refers to."""
    words = copyright_path.read_text(encoding="utf-8", errors="replace")
    named = {match.rstrip(".") for match in re.findall(rf"{COMMON_LICENCES}/([A-Za-z0-9.-]+)", words)}
    return sorted(COMMON_LICENCES / name for name in named if (COMMON_LICENCES / name).is_file())


def _output(*command: str) -> str:
    """Empty where the command fails, or is not there."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
