"""The house rules that a machine can check. CONTRIBUTING.md has them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tests.support.house import (
    ROOT,
    homes,
    long_file,
    long_functions,
    python_files,
    text_files,
    words_put_off,
)


def _complaints(paths: Iterable[object], rule: Callable[[str], Iterable[str]]) -> list[str]:
    return [
        f"{path}: {complaint}"
        for path in map(str, paths)
        for complaint in rule((ROOT / path).read_text(encoding="utf-8"))
    ]


def test_no_python_file_is_too_long() -> None:
    assert _complaints(python_files(), lambda source: filter(None, [long_file(source)])) == []


def test_no_function_is_too_long() -> None:
    assert _complaints(python_files(), long_functions) == []


def test_nothing_is_put_off_in_a_remark() -> None:
    assert _complaints(text_files(), words_put_off) == []


def test_no_file_names_somebodys_home() -> None:
    assert _complaints(text_files(), homes) == []


def test_the_rules_see_files() -> None:
    assert ROOT / "desktop" / "core" / "machine.py" in set(python_files())


@pytest.mark.parametrize(
    "text", ["/home/" + "anna/.ssh/id", "/Users/" + "anna/x", "C:\\Users\\" + "anna", " /ro" + "ot/x"]
)
def test_a_home_folder_is_seen(text: str) -> None:
    assert list(homes(text))


@pytest.mark.parametrize("text", ["/home/me/.ssh/id", "~/.ssh/id", "/var/empty", "https://example.org/home/"])
def test_a_sample_path_is_no_home_folder(text: str) -> None:
    assert not list(homes(text))


def test_a_long_function_is_seen() -> None:
    source = "def long():\n" + "    pass\n" * 50
    assert list(long_functions(source)) == ["long has 51 lines, at most 50"]


def test_a_long_file_is_seen() -> None:
    assert long_file("pass\n" * 401)
