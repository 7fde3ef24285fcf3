"""Start at login on Linux. GLib and systemd, which start such entries on many desktops, read what was written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop import APP_ID
from desktop.core.config_errors import ConfigNotWritable
from desktop.system.autostart.xdg import XdgAutostart, exec_line
from tests.support.waiting import wait_until

GENERATOR = Path("/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator")
# Every character that the specification reserves, and the percent sign of field codes.
AWKWARD = "a folder/with \"quotes\" 'and' \\ $HOME `id` %f ~ * ? # (x) & ; | < >"
TIMEOUT_S = 20.0

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have other ways")


@pytest.fixture
def entry() -> XdgAutostart:
    return XdgAutostart(("/opt/caponier/caponier", "--hidden"))


def test_it_is_off_until_it_is_switched_on(entry: XdgAutostart, home: Path) -> None:
    assert not entry.is_on()
    entry.switch(on=True)
    assert entry.is_on()
    assert entry.path == home / ".config" / "autostart" / f"{APP_ID}.desktop"
    entry.switch(on=False)
    assert not entry.is_on()
    assert list(entry.path.parent.iterdir()) == []
    entry.switch(on=False)


def test_the_config_folder_may_be_elsewhere(
    entry: XdgAutostart, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    entry.switch(on=True)
    assert [path.name for path in (tmp_path / "config" / "autostart").iterdir()] == [f"{APP_ID}.desktop"]
    assert not (home / ".config").exists()


def test_a_relative_config_folder_is_ignored(
    entry: XdgAutostart, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "config")
    assert entry.path.is_relative_to(home)


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", " Hidden = true "])
def test_what_the_desktop_switched_off_is_off_and_can_be_switched_on(entry: XdgAutostart, line: str) -> None:
    entry.switch(on=True)
    with entry.path.open("a") as stream:
        stream.write(f"{line}\n")
    assert not entry.is_on()
    entry.switch(on=True)
    assert entry.is_on()


def test_plain_words_need_no_quotes() -> None:
    assert exec_line(["/opt/caponier/caponier", "--hidden"]) == "/opt/caponier/caponier --hidden"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("a b", '"a b"'),
        ("", '""'),
        ('a"b', r'"a\\"b"'),
        ("a$b", r'"a\\$b"'),
        ("a\\b", r'"a\\\\b"'),
        ("a'b", '"a\'b"'),
        ("100%", "100%%"),
        ("a\tb", r'"a\tb"'),
    ],
)
def test_words_are_quoted_as_the_specification_says(word: str, value: str) -> None:
    assert exec_line([word]) == value


@pytest.mark.skipif(shutil.which("gio") is None, reason="needs GLib's gio")
def test_glib_starts_the_very_command(tmp_path: Path) -> None:
    # GLib looks for the program's file before it undoes a doubled percent sign, and finds none.
    program = tmp_path / AWKWARD.replace("%f", "") / "program"
    heard = tmp_path / "heard"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$0" "$@" > {heard}.part && mv {heard}.part {heard}\n')
    program.chmod(0o700)
    entry = XdgAutostart((str(program), "--hidden", AWKWARD))
    entry.switch(on=True)
    subprocess.run(["gio", "launch", str(entry.path)], check=True, timeout=TIMEOUT_S)
    # gio does not wait for what it starts.
    wait_until(heard.exists)
    assert heard.read_text().splitlines() == [str(program), "--hidden", AWKWARD]


@pytest.mark.skipif(not GENERATOR.exists(), reason="needs systemd's generator")
def test_systemd_makes_a_unit_of_it(tmp_path: Path, home: Path) -> None:
    entry = XdgAutostart((sys.executable, "-c", "a b", "--hidden"))
    entry.switch(on=True)
    made = tmp_path / "units"
    made.mkdir()
    environment = os.environ | {"XDG_CONFIG_DIRS": str(tmp_path), "XDG_CURRENT_DESKTOP": "test"}
    subprocess.run([GENERATOR, made, made, made], check=True, env=environment, timeout=TIMEOUT_S)
    (unit,) = made.glob("app-*@autostart.service")
    (started,) = (line for line in unit.read_text().splitlines() if line.startswith("ExecStart="))
    assert started.endswith(f'{sys.executable} -c "a b" --hidden')


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-validate")
def test_it_is_a_valid_desktop_entry() -> None:
    entry = XdgAutostart(("/opt/a folder/caponier", "--hidden"))
    entry.switch(on=True)
    answer = subprocess.run(
        ["desktop-file-validate", str(entry.path)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (0, "")


def test_an_entry_that_is_a_link_stays_one(entry: XdgAutostart, tmp_path: Path) -> None:
    real = tmp_path / "kept elsewhere"
    real.touch()
    entry.path.parent.mkdir(parents=True)
    entry.path.symlink_to(real)
    entry.switch(on=True)
    assert entry.path.is_symlink()
    assert real.read_text().startswith("[Desktop Entry]\n")


def test_a_folder_made_for_it_is_private(entry: XdgAutostart, home: Path) -> None:
    entry.switch(on=True)
    assert stat.S_IMODE(entry.path.parent.stat().st_mode) == 0o700


def test_what_can_t_be_written_is_said(entry: XdgAutostart, home: Path) -> None:
    (home / ".config").touch()
    assert not entry.is_on()
    with pytest.raises(ConfigNotWritable) as caught:
        entry.switch(on=True)
    assert caught.value.facts == {"path": str(entry.path), "reason": "Not a directory"}


def test_an_account_without_a_home_is_said(
    entry: XdgAutostart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # What Python gives for the home folder of an account that has none.
    monkeypatch.setenv("HOME", "~")
    monkeypatch.chdir(tmp_path)
    assert not entry.is_on()
    with pytest.raises(ConfigNotWritable, match="no home folder"):
        entry.switch(on=True)
    assert list(tmp_path.iterdir()) == []
