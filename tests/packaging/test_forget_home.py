"""The builder's home folder does not leave with the bundle."""

from __future__ import annotations

from pathlib import Path

from tests.support.scripts import load_script

forget_home = load_script("linux/forget_home.py")

HOME = Path("/home/ada")
BASE = HOME / "python" / "3.11"


def test_the_home_is_replaced_in_every_mention_and_nothing_moves(tmp_path: Path) -> None:
    library = tmp_path / "libpython3.11.so.1.0"
    before = b"a\0" + bytes(BASE) + b"/lib\0b" + bytes(BASE) + b"\0"
    library.write_bytes(before)
    assert forget_home.forget(tmp_path, BASE, HOME) == 1
    after = library.read_bytes()
    assert b"ada" not in after
    assert len(after) == len(before)
    assert after.startswith(b"a\0/________/python/3.11/lib\0b")


def test_a_python_of_the_system_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "math.cpython-311-x86_64-linux-gnu.so").write_bytes(b"/usr/lib")
    assert forget_home.forget(tmp_path, Path("/usr"), HOME) == 0


def test_texts_and_links_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "read.me").write_bytes(bytes(BASE))
    (tmp_path / "libx.so").symlink_to("libpython.so")
    assert forget_home.forget(tmp_path, BASE, HOME) == 0
