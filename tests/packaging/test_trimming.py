"""What of Qt stays in the bundle."""

from __future__ import annotations

import pytest

from tests.support.scripts import load_script

trimming = load_script("trimming.py")

PLUGINS = "PySide6/Qt/plugins"
Entry = tuple[str, str, str]


def _library(name: str) -> Entry:
    return name, f"/venv/{name}", "BINARY"


def _trimmed(entries: list[Entry], links: dict[str, list[str]]) -> set[str]:
    kept = trimming.trimmed(entries, lambda source: links.get(source.removeprefix("/venv/"), []))
    return {name for name, _, _ in kept}


@pytest.mark.parametrize(
    "name",
    [
        f"{PLUGINS}/platforms/libqxcb.so",
        f"{PLUGINS}/platforms/libqwayland.so",
        f"{PLUGINS}/platforms/libqoffscreen.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        f"{PLUGINS}/platforms/libqcocoa.dylib",
        f"{PLUGINS}/iconengines/libqsvgicon.so",
        f"{PLUGINS}/networkinformation/libqnetworkmanager.so",
        "PySide6\\plugins\\networkinformation\\qnetworklistmanager.dll",
        "PySide6\\plugins\\styles\\qmodernwindowsstyle.dll",
        "PySide6/QtCore.abi3.so",
        "psutil/_psutil_linux.abi3.so",
    ],
)
def test_what_the_window_needs_is_wanted(name: str) -> None:
    assert trimming.is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        f"{PLUGINS}/platforms/libqeglfs.so",
        f"{PLUGINS}/platforms/libqvnc.so",
        f"{PLUGINS}/platformthemes/libqgtk3.so",
        f"{PLUGINS}/generic/libqevdevmouseplugin.so",
        f"{PLUGINS}/imageformats/libqtiff.so",
        f"{PLUGINS}/tls/libqopensslbackend.so",
        f"{PLUGINS}/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "PySide6\\plugins\\platforms\\qdirect2d.dll",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/translations/qtbase_fi.qm",
    ],
)
def test_what_it_never_uses_is_not(name: str) -> None:
    assert not trimming.is_wanted(name)


def test_a_library_goes_with_the_plugin_that_wanted_it() -> None:
    xcb, gtk_theme = f"{PLUGINS}/platforms/libqxcb.so", f"{PLUGINS}/platformthemes/libqgtk3.so"
    entries = [
        _library(name) for name in (xcb, gtk_theme, "libgtk-3.so.0", "libgdk-3.so.0", "libxcb-cursor.so.0")
    ]
    links = {
        xcb: ["libxcb-cursor.so.0", "libc.so.6"],
        gtk_theme: ["libgtk-3.so.0"],
        "libgtk-3.so.0": ["libgdk-3.so.0"],
    }
    assert _trimmed(entries, links) == {xcb, "libxcb-cursor.so.0"}


def test_links_of_links_stay() -> None:
    extension = ("_ssl.so", "/venv/_ssl.so", "EXTENSION")
    entries = [extension, _library("libssl.so.3"), _library("libcrypto.so.3"), _library("libunused.so.1")]
    links = {"_ssl.so": ["libssl.so.3"], "libssl.so.3": ["libcrypto.so.3"], "libcrypto.so.3": ["libssl.so.3"]}
    assert _trimmed(entries, links) == {"_ssl.so", "libssl.so.3", "libcrypto.so.3"}


def test_a_symbolic_link_goes_with_its_library() -> None:
    core, gone = "PySide6/Qt/lib/libQt6Core.so.6", "PySide6/Qt/lib/libQt6Qml.so.6"
    icon = ("desktop/_resources/icons/key.svg", "/checkout/resources/icons/key.svg", "DATA")
    links = [("libQt6Core.so.6", core, "SYMLINK"), ("libQt6Qml.so.6", gone, "SYMLINK")]
    assert trimming.trimmed_data([icon, *links], {gone}) == [icon, links[0]]


def test_pythons_own_library_stays_though_only_the_starter_loads_it() -> None:
    assert _trimmed([_library("libpython3.11.so.1.0")], {}) == {"libpython3.11.so.1.0"}
