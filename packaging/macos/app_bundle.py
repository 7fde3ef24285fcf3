"""Caponier.app: what its Info.plist says, and what a trimmed bundle must lose besides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

# (name in the bundle, file it is copied from, PyInstaller's code for its kind)
Entry = tuple[str, str, str]

# The oldest macOS that the wheels of this Qt are built for: PySide6 6.11 has the tag macosx_13_0_universal2.
QT_VERSION = "6.11"
OLDEST_MACOS = "13.0"
# Apple's own kind of name for a file of connections.
FILE_TYPE = "io.github.caponier.connections"


def info_plist(version: str) -> dict[str, object]:
    """Beside what PyInstaller writes itself: names, identifier, icon, CFBundlePackageType.

    Not LSUIElement, though the program lives in the menu bar: behind other windows its own could then be reached
    neither by the Dock nor by Cmd-Tab, and the icon alone may be hidden by the camera's notch.
    """
    return {
        "CFBundleDisplayName": "Caponier",
        "CFBundleShortVersionString": version,
        "CFBundleVersion": version,
        "CFBundleURLTypes": [
            {
                "CFBundleURLName": "Caponier connection",
                "CFBundleURLSchemes": ["caponier"],
                "CFBundleTypeRole": "Viewer",
            }
        ],
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "Caponier connections",
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [FILE_TYPE],
            }
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": FILE_TYPE,
                "UTTypeDescription": "Caponier connections",
                "UTTypeConformsTo": ["public.json"],
                "UTTypeTagSpecification": {
                    "public.filename-extension": ["caponier"],
                    "public.mime-type": ["application/vnd.caponier+json"],
                },
            }
        ],
        "LSApplicationCategoryType": "public.app-category.developer-tools",
        "LSMinimumSystemVersion": OLDEST_MACOS,
        "LSUIElement": False,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "The Caponier authors. Apache License 2.0.",
        # Light and dark: the theme follows the system's.
        "NSRequiresAquaSystemAppearance": False,
    }


def without_orphans(datas: Sequence[Entry], binaries: Sequence[Entry]) -> list[Entry]:
    """`datas` without Info.plist and links of frameworks whose library was trimmed away.

    codesign refuses an app with a framework that has no library ("bundle format unrecognized").
    """
    alive = {framework_of(name) for name, _, _ in binaries}
    return [entry for entry in datas if framework_of(entry[0]) in alive | {""}]


def framework_of(name: str) -> str:
    """The folder ``.../Name.framework`` that the file is in, or an empty string."""
    for parent in PurePath(name).parents:
        if parent.suffix == ".framework":
            return str(parent)
    return ""
