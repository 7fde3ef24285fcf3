"""No secret and no personal path leaves with a bundle, and it is not too large."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.keys import make_key
from tests.support.puttygen import make_putty_key, needs_puttygen
from tests.support.scripts import load_script

check_bundle = load_script("check_bundle.py")


def _complaints(folder: Path) -> list[str]:
    return list(check_bundle.complaints(folder))


def test_a_clean_bundle_passes(tmp_path: Path) -> None:
    (tmp_path / "NOTICE.txt").write_text("-----BEGIN OPENSSH PRIVATE KEY----- is what a key begins with")
    assert _complaints(tmp_path) == []


def test_a_private_key_is_found(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    names = [line.partition(" ")[0] for line in _complaints(tmp_path) if "private key" in line]
    assert names == [key.path.name]


@needs_puttygen
def test_a_putty_key_is_found(tmp_path: Path) -> None:
    key = make_putty_key(tmp_path)
    assert f"{key.path.name} holds a private key" in _complaints(tmp_path)


def test_a_path_of_whoever_built_it_is_found(tmp_path: Path) -> None:
    (tmp_path / "module.pyc").write_bytes(b"\0" + check_bundle.personal_paths()[0].encode() + b"x.py\0")
    (complaint,) = _complaints(tmp_path)
    assert complaint.startswith("module.pyc names ")


def test_a_bundle_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_bundle, "MOST_BYTES", 10)
    (tmp_path / "large").write_bytes(bytes(11))
    assert _complaints(tmp_path) == ["11 bytes, at most 10"]
