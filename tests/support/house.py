"""Reads the repository as its rules see it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50

_SKIPPED_DIRS = {".git", ".venv", "build", "dist", "out", "__pycache__"}
_PUT_OFF = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
# Samples in tests and texts belong to `me`, `ada` or `jo`; any other home folder is somebody's computer.
_SOMEBODYS_HOME = re.compile(
    r"(/home/|/Users/|[A-Z]:\\+Users\\+)(?!(?i:me|ada|jo)\b)[A-Za-z]\w*|(?<![\w.~/])/ro" + r"ot/"
)


def text_files() -> Iterator[Path]:
    """Every file of the repository that is text; what git ignores is not part of it."""
    for path in _all_files():
        if path.is_file() and path.name != "LICENSE" and b"\0" not in path.read_bytes():
            yield path


def python_files() -> Iterator[Path]:
    return (path for path in text_files() if path.suffix == ".py")


def _all_files() -> list[Path]:
    """What git knows or would add; in an unpacked source archive, which has no git, everything there is."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        return [path for path in ROOT.rglob("*") if not _SKIPPED_DIRS.intersection(path.parts)]
    return [ROOT / name for name in listed if name]


def long_file(source: str) -> str:
    """The complaint about a file that is too long, or an empty string."""
    count = len(source.splitlines())
    return f"{count} lines, at most {MAX_FILE_LINES}" if count > MAX_FILE_LINES else ""


def long_functions(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            count = (node.end_lineno or node.lineno) - node.lineno + 1
            if count > MAX_FUNCTION_LINES:
                yield f"{node.name} has {count} lines, at most {MAX_FUNCTION_LINES}"


def words_put_off(source: str) -> Iterator[str]:
    """Marks of work that was left for another day."""
    return (match.group() for match in _PUT_OFF.finditer(source))


def homes(source: str) -> Iterator[str]:
    """Paths into the home folder of somebody's computer, or into this checkout."""
    yield from (match.group() for match in _SOMEBODYS_HOME.finditer(source))
    if f"{ROOT}/" in source:
        yield str(ROOT)
