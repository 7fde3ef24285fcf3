"""A real PostgreSQL for tests, the one that the demo starts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.demo.warehouse import DemoWarehouse


@pytest.fixture(scope="session")
def warehouse() -> Iterator[DemoWarehouse]:
    """One server for the whole run. Tests read its sample tables and leave them as they are."""
    with DemoWarehouse() as running:
        yield running
