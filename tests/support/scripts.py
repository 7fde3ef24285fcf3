"""Loads a script of `packaging/` as a module. That folder is no package: a library has its name."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from tests.support.house import ROOT


def load_script(name: str) -> ModuleType:
    """`name` is a path inside `packaging/`. Scripts beside it can be imported by it, as when it is run."""
    path = ROOT / "packaging" / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    sys.path.insert(0, str(path.parent))
    # A dataclass looks its own module up by name.
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = before
    return module
