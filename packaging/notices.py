"""Puts licence notices and a list of components (SBOM) into a bundle.

usage: notices.py CONTENTS.json FOLDER      FOLDER gets NOTICE.txt, licences/ and sbom.cdx.json
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from components import ROOT, Component, components_of

from desktop import APP_NAME, __version__

_HEAD = f"""\
{APP_NAME} {__version__} is licensed under the Apache License 2.0 (licences/caponier/LICENSE).

It comes with the software below, each under its own licence. The folder licences/ has the texts and notices of each;
sbom.cdx.json is the same list for programs (CycloneDX).

Putting other versions in the place of parts under the LGPL
-----------------------------------------------------------
Qt, PySide6 and Shiboken (LGPL 3) and paramiko (LGPL 2.1) are files of their own in the program's folder (_internal; in
an .app: Contents/Frameworks and Contents/Resources). Close {APP_NAME} and replace them:

- Qt:                 the shared libraries and plugins in PySide6/Qt (Linux, macOS) or PySide6 (Windows), by those of
                      another build of Qt 6 with the same or a later minor version
- PySide6, Shiboken:  the folders PySide6 and shiboken6, by those of another build for the same minor version of Qt and
                      for Python's stable ABI
- paramiko:           the folder paramiko, by the folder of that name of another version, with its .py files

Nothing checks what you put there. Debugging such changes, and reverse engineering for that, is permitted. On macOS sign
the changed program for yourself: codesign --force --deep --sign - Caponier.app
The source of each part is where its project publishes it, under the version given here. Libraries whose line begins
with "deb" are unchanged copies from Debian or a relative of it; "apt-get source NAME=VERSION" gets their source.
Qt itself contains code of others: https://doc.qt.io/qt-6/licenses-used-in-qt.html

"""


def write(components: Sequence[Component], folder: Path) -> None:
    """Raise `FileNotFoundError` where a component has no text of its licence."""
    licences_dir = folder / "licences"
    shutil.rmtree(licences_dir, ignore_errors=True)
    _copy((ROOT / "LICENSE",), licences_dir / "caponier")
    for component in components:
        if not component.texts:
            raise FileNotFoundError(f"no licence text of {component.name}")
        _copy(component.texts, licences_dir / component.name)
    (folder / "NOTICE.txt").write_text(_HEAD + _table(components), encoding="utf-8")
    text = json.dumps(sbom(components, _built_at()), indent=2, sort_keys=True)
    (folder / "sbom.cdx.json").write_text(text + "\n", encoding="utf-8")


def sbom(components: Sequence[Component], built_at: datetime) -> dict[str, object]:
    """CycloneDX 1.6. The same components give the same serial number."""
    identity = " ".join(component.purl for component in components)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, identity)}",
        "version": 1,
        "metadata": {
            "timestamp": built_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "application",
                "bom-ref": "caponier",
                "name": APP_NAME,
                "version": __version__,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [_entry(component) for component in components],
        "dependencies": [{"ref": "caponier", "dependsOn": [component.purl for component in components]}],
    }


def _entry(component: Component) -> dict[str, object]:
    return {
        "type": "library",
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
        "licenses": [{"license": {"name": component.licence or "see licences/"}}],
    }


def _table(components: Sequence[Component]) -> str:
    lines = (f"{each.kind:<8}{each.name:<28}{each.version:<28}{each.licence}" for each in components)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _copy(texts: Sequence[Path], target_dir: Path) -> None:
    """Files of one name from different folders are kept apart by their number."""
    target_dir.mkdir(parents=True)
    for text in texts:
        target = target_dir / text.name
        if target.exists():
            target = target_dir / f"{text.stem}-{len(list(target_dir.iterdir()))}{text.suffix}"
        shutil.copyfile(text, target)


def _built_at() -> datetime:
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)


if __name__ == "__main__":
    write(components_of(Path(sys.argv[1])), Path(sys.argv[2]))
