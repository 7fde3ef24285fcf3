"""The command line looks for the window where the window listens."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.store.paths import Paths
from desktop.store.runtime import window_socket_path


@pytest.fixture(params=["home", "relative", "roundabout", "deep", "session", "no-session"])
def circumstances(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    homes = {
        "home": str(tmp_path),
        "relative": "here",
        "roundabout": f"{tmp_path}//a/../b/",
        "deep": str(tmp_path / "/".join(["a-long-name"] * 12)),
    }
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAPONIER_HOME", homes.get(request.param, ""))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path) if request.param == "session" else "")


@pytest.mark.usefixtures("circumstances")
def test_both_name_the_same_socket() -> None:
    assert window_socket_path() == str(Paths.from_environment().window_socket_path)
