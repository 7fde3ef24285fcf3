"""Reads ODBC connection strings by the grammar of SQLDriverConnect."""

from __future__ import annotations

import re

_ATTRIBUTE = re.compile(
    r"(?P<key>[^={}\[\](),;?*!@\\]+)=(?P<value>\{(?:[^}]|\}\})*\}|[^{};]*)(?:;|$)", re.DOTALL
)
# ODBC Programmer's Reference: a value with one of these has to stand in braces.
_SPECIAL = set("[]{}(),;?*=!@ ")


def read_odbc(text: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    position = 0
    while position < len(text):
        found = _ATTRIBUTE.match(text, position)
        assert found is not None, text[position:]
        value = found["value"]
        is_braced = value.startswith("{")
        assert is_braced or found["key"] == "Server" or not _SPECIAL & set(value), value
        assert found["key"] not in attributes, found["key"]
        attributes[found["key"]] = value[1:-1].replace("}}", "}") if is_braced else value
        position = found.end()
    return attributes
