"""Files are where the platform, or CAPONIER_HOME, wants them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from desktop.core.config_errors import ConfigNotWritable
from desktop.store.paths import Paths, make_private, make_runtime


def test_caponier_home_holds_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPONIER_HOME", str(tmp_path))
    paths = Paths.from_environment()
    assert paths.connections_path == tmp_path / "config" / "connections.json"
    assert paths.known_hosts_path == tmp_path / "config" / "known_hosts"
    assert paths.state_dir == tmp_path / "state"
    assert paths.log_path == tmp_path / "logs" / "caponier.log"


def test_a_relative_caponier_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAPONIER_HOME", "here")
    assert Paths.from_environment().config_dir == tmp_path / "here" / "config"


@pytest.mark.skipif(sys.platform != "linux", reason="names XDG folders")
def test_without_it_the_platform_decides(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAPONIER_HOME", "")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    paths = Paths.from_environment()
    assert paths.config_dir == home / ".config" / "Caponier"
    assert paths.state_dir == home / ".local" / "state" / "Caponier"
    assert paths.runtime_dir == tmp_path / "Caponier"


@pytest.mark.skipif(sys.platform != "linux", reason="names XDG folders")
def test_without_a_login_session_sockets_are_with_the_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CAPONIER_HOME")
    monkeypatch.setenv("HOME", "/h")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    paths = Paths.from_environment()
    assert paths.runtime_dir == paths.state_dir / "run"


def unknown_user(uid: int) -> object:
    raise KeyError(uid)


@pytest.mark.skipif(sys.platform != "linux", reason="reads Unix accounts")
def test_an_account_without_a_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAPONIER_HOME")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown_user)
    with pytest.raises(ConfigNotWritable) as caught:
        Paths.from_environment()
    assert "CAPONIER_HOME" in caught.value.facts["reason"]


@pytest.mark.parametrize("depth", [1, 30])
def test_the_window_s_socket_fits_into_an_address(tmp_path: Path, depth: int) -> None:
    home = tmp_path / "/".join(["a-long-name"] * depth)
    paths = Paths.under(home)
    assert len(os.fsencode(paths.window_socket_path)) <= 103
    assert paths.runtime_dir == Paths.under(home).runtime_dir
    assert paths.runtime_dir != Paths.under(home / "other").runtime_dir


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_folder_of_ours_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    make_private(folder)
    make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_folder_for_sockets_that_others_can_reach_into_is_refused(tmp_path: Path) -> None:
    make_runtime(tmp_path / "mine")
    make_runtime(tmp_path / "mine")
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "elsewhere").symlink_to(tmp_path / "mine")
    for name in ("open", "elsewhere"):
        with pytest.raises(PermissionError):
            make_runtime(tmp_path / name)
