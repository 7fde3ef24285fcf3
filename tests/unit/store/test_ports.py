"""The file of automatic ports."""

from __future__ import annotations

import pytest

from desktop.store.paths import Paths
from desktop.store.ports import PortsFile


def test_what_is_saved_is_loaded(paths: Paths) -> None:
    assert PortsFile(paths).load() == {}
    PortsFile(paths).save({"sales": 40001, "stock": 40002})
    assert PortsFile(paths).load() == {"sales": 40001, "stock": 40002}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"version": 2, "ports": {}}',
        b'{"version": 1, "ports": {"a": 0}}',
        b"\xff",
        b'{"version": 1}',
    ],
)
def test_a_file_that_can_not_be_understood_is_as_good_as_none_and_replaced(paths: Paths, raw: bytes) -> None:
    paths.state_dir.mkdir(parents=True)
    (paths.state_dir / "ports.json").write_bytes(raw)
    assert PortsFile(paths).load() == {}
    PortsFile(paths).save({"sales": 40001})
    assert PortsFile(paths).load() == {"sales": 40001}


def test_a_folder_that_can_not_be_made_costs_nothing_but_the_memory(paths: Paths) -> None:
    paths.state_dir.parent.mkdir(parents=True, exist_ok=True)
    paths.state_dir.write_bytes(b"a file")
    PortsFile(paths).save({"sales": 40001})
    assert PortsFile(paths).load() == {}
