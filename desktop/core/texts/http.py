"""Warehouses that are asked over HTTP."""

from __future__ import annotations

from desktop.core.copy_escapes import shell_word
from desktop.core.copy_template import Template
from desktop.core.warehouse_kind import Texts

CLICKHOUSE = Texts(
    url=Template("http[{?tls}s]://[{user}@]{address}/[?database={database}]"),
    jdbc=Template("jdbc:clickhouse://{address}/[{database}]"),
)
TRINO = Texts(
    url=Template("http[{?tls}s]://{address}"),
    jdbc=Template("jdbc:trino://{address}[/{database}]"),
    command=Template(
        "trino --server http[{?tls}s]://{address}[ --user {user}][ --catalog {database}]", escape=shell_word
    ),
)
