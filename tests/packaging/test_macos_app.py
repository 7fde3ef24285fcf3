"""Caponier.app, its signature and its disk image, as far as they can be read without a Mac."""

from __future__ import annotations

import plistlib
import re
import shutil
import struct
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QImageReader

from desktop import APP_ID, __version__
from desktop.core.exchange import MEDIA_TYPE, SUFFIX
from desktop.core.links import SCHEME
from tests.support.house import ROOT
from tests.support.scripts import load_script

app_bundle = load_script("macos/app_bundle.py")
app_icons = load_script("app_icons.py")

MACOS = ROOT / "packaging" / "macos"
SCRIPTS = sorted(MACOS.glob("*.sh"))
QT = "PySide6/Qt/lib"


def test_the_property_list_can_be_written_and_read_back() -> None:
    said = app_bundle.info_plist(__version__)
    assert plistlib.loads(plistlib.dumps(said)) == said


def test_the_version_is_text_or_macos_would_end_the_app_at_the_start() -> None:
    said = app_bundle.info_plist("0.1.0")
    assert (said["CFBundleShortVersionString"], said["CFBundleVersion"]) == ("0.1.0", "0.1.0")


def test_the_oldest_macos_was_looked_up_for_the_qt_that_is_bundled() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert f"\nPySide6_Essentials=={app_bundle.QT_VERSION}." in pins


@pytest.mark.skipif(sys.platform != "darwin", reason="the wheel of another system is installed here")
def test_the_oldest_macos_is_the_one_of_qts_wheel() -> None:
    tag = app_bundle.OLDEST_MACOS.replace(".", "_")
    assert f"macosx_{tag}_" in (metadata.distribution("PySide6_Essentials").read_text("WHEEL") or "")


def test_it_stays_in_the_dock_and_is_sharp() -> None:
    said = app_bundle.info_plist(__version__)
    assert said["LSUIElement"] is False
    assert said["NSHighResolutionCapable"] is True


def test_it_opens_our_links_and_no_others() -> None:
    (links,) = app_bundle.info_plist(__version__)["CFBundleURLTypes"]
    assert links["CFBundleURLSchemes"] == [SCHEME]


def test_it_owns_files_of_connections() -> None:
    said = app_bundle.info_plist(__version__)
    (opened,), (declared,) = said["CFBundleDocumentTypes"], said["UTExportedTypeDeclarations"]
    assert opened["LSItemContentTypes"] == [declared["UTTypeIdentifier"]]
    assert declared["UTTypeTagSpecification"] == {
        "public.filename-extension": [SUFFIX.removeprefix(".")],
        "public.mime-type": [MEDIA_TYPE],
    }


def test_the_entitlements_are_the_one_that_the_readme_explains() -> None:
    entitlements = plistlib.loads((MACOS / "entitlements.plist").read_bytes())
    assert entitlements == {"com.apple.security.cs.allow-unsigned-executable-memory": True}
    explained = (MACOS / "README.md").read_text(encoding="utf-8")
    assert all(name.removeprefix("com.apple.security.cs.") in explained for name in entitlements)


def test_the_entitlements_hold_no_remark() -> None:
    """The kernel's own reader of entitlements (AMFI) understands less XML than others."""
    assert "<!--" not in (MACOS / "entitlements.plist").read_text(encoding="utf-8")


def test_it_is_signed_under_the_identifier_of_its_property_list() -> None:
    assert f"identifier={APP_ID}\n" in (MACOS / "sign-app.sh").read_text(encoding="utf-8")


def test_a_framework_whose_library_was_dropped_leaves_nothing_behind() -> None:
    core, qml = f"{QT}/QtCore.framework", f"{QT}/QtQml.framework"
    binaries = [(f"{core}/Versions/A/QtCore", "/venv/QtCore", "BINARY")]
    kept = [
        (f"{core}/QtCore", "Versions/Current/QtCore", "SYMLINK"),
        (f"{core}/Resources", "Versions/Current/Resources", "SYMLINK"),
        (f"{core}/Versions/A/Resources/Info.plist", "/venv/Info.plist", "DATA"),
        (f"{core}/Versions/Current", "A", "SYMLINK"),
        ("desktop/_resources/icons/key.svg", "/src/key.svg", "DATA"),
    ]
    dropped = [
        (f"{qml}/QtQml", "Versions/Current/QtQml", "SYMLINK"),
        (f"{qml}/Versions/A/Resources/Info.plist", "/venv/Info.plist", "DATA"),
        (f"{qml}/Versions/Current", "A", "SYMLINK"),
    ]
    assert app_bundle.without_orphans([*dropped, *kept], binaries) == kept


def _pictures(content: bytes) -> dict[bytes, bytes]:
    assert content[:4] == b"icns"
    assert struct.unpack_from(">I", content, 4) == (len(content),)
    found, at = {}, 8
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at + 4)
        found[content[at : at + 4]] = content[at + 8 : at + length]
        at += length
    return found


def test_the_icon_has_every_size_as_a_png() -> None:
    wanted = dict(app_icons.ICNS_TYPES + app_icons.ICNS_LARGE)
    pictures = _pictures(app_icons.icns())
    sizes = {name: QImage.fromData(picture).width() for name, picture in pictures.items()}
    assert sizes == wanted


def test_qt_reads_the_icon(tmp_path: Path) -> None:
    path = tmp_path / "caponier.icns"
    path.write_bytes(app_icons.icns())
    assert not QImageReader(str(path)).read().isNull()


def test_the_icon_keeps_the_margin_of_apples_grid() -> None:
    image = app_icons.drawn(1024, app_icons.ICNS_SCALE)
    seen = [x for x in range(1024) if image.pixelColor(x, 512).alpha() == 255]
    assert abs(min(seen) - 100) <= 1
    assert abs(max(seen) - 923) <= 1


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_shell_script_ends_at_the_first_failure(script: Path) -> None:
    text = script.read_text(encoding="ascii")
    assert text.startswith("#!/bin/sh\n")
    assert re.search(r"^set -eu$", text, re.MULTILINE)
    assert script.stat().st_mode & 0o111, "it can be started"
    subprocess.run(["sh", "-n", script], check=True, timeout=20)
    named = re.findall(r"packaging/[\w/.-]+\.(?:py|plist|spec|sh)", text)
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed here")
    done = subprocess.run(["shellcheck", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == ""


@pytest.fixture
def fake_mac(tmp_path: Path) -> Path:
    """A folder with sign-app.sh, an unsigned app, and a codesign that notes what it is asked to sign."""
    folder = tmp_path / "mac"
    frameworks = folder / "dist/Caponier.app/Contents/Frameworks"
    core = frameworks / "PySide6/Qt/lib/QtCore.framework/Versions/A"
    core.mkdir(parents=True)
    for library in (
        core / "QtCore",
        core / "inner.dylib",
        frameworks / "libffi.dylib",
        frameworks / "a b.so",
    ):
        library.write_bytes(b"")
    (folder / "packaging/macos").mkdir(parents=True)
    shutil.copy(MACOS / "sign-app.sh", folder / "packaging/macos")
    tools = folder / "tools"
    tools.mkdir()
    (tools / "codesign").write_text(f'#!/bin/sh\necho "$@" >>"{folder}/asked"\n', encoding="utf-8")
    (tools / "codesign").chmod(0o755)
    return folder


def _signed(folder: Path, **environment: str) -> list[str]:
    command = [folder / "packaging/macos/sign-app.sh"]
    path = f"{folder / 'tools'}:/usr/bin:/bin"
    subprocess.run(command, env={"PATH": path, **environment}, check=True, timeout=30)
    return (folder / "asked").read_text(encoding="utf-8").splitlines()


def test_signing_goes_from_the_inside_to_the_outside(fake_mac: Path) -> None:
    *libraries, framework, app, verified, _shown = _signed(fake_mac)
    assert {line.rpartition("/")[2] for line in libraries} == {"libffi.dylib", "a b.so"}
    assert framework.endswith("QtCore.framework")
    assert app.endswith("dist/Caponier.app")
    assert verified.startswith("--verify --deep --strict")


def test_without_an_identity_the_signature_is_ad_hoc_and_not_hardened(fake_mac: Path) -> None:
    asked = [line for line in _signed(fake_mac) if "--sign" in line]
    assert all(line.startswith("--force --sign - ") for line in asked)
    assert not any("runtime" in line for line in asked)


def test_with_an_identity_everything_is_hardened_and_stamped(fake_mac: Path) -> None:
    asked = [
        line for line in _signed(fake_mac, CODESIGN_IDENTITY="Developer ID: Ada (T)") if "--sign" in line
    ]
    hardened = "--force --sign Developer ID: Ada (T) --options runtime --timestamp "
    assert len(asked) == 4
    assert all(line.startswith(hardened) for line in asked)
    assert [line for line in asked if "--entitlements" in line] == [asked[-1]]
