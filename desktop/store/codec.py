"""The connections file's bytes, and the connections they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.core.model import Connection
from desktop.store.connection_fields import connection_of, fields_of
from desktop.store.document import read_document, written_document
from desktop.store.fields import Damaged, Fields, quoted


def encode(connections: Sequence[Connection]) -> bytes:
    return written_document({"connections": [{"id": each.id, **fields_of(each)} for each in connections]})


def decode(raw: bytes) -> tuple[Connection, ...]:
    """Raises `Damaged`."""
    connections = tuple(_with_id(each) for each in read_document(raw).list_of_fields("connections"))
    seen: set[str] = set()
    for connection in connections:
        if connection.id in seen:
            raise Damaged(f"two connections have the id {quoted(connection.id)}")
        seen.add(connection.id)
    return connections


def _with_id(fields: Fields) -> Connection:
    connection = connection_of(fields)
    identity = fields.text("id")
    if not identity:
        raise Damaged(f"{fields.place} has an empty id")
    return replace(connection, id=identity)
