"""Kinds of warehouses, and whatever else may answer on a port, by the names that people know."""

from __future__ import annotations

from desktop.core.warehouses import OTHER, warehouse

# What a probe may find besides the kinds of the catalogue.
_OTHER_SPEECH = {"ssh": "SSH", "tls": "TLS", "http": "HTTP"}


def kind_title(key: str) -> str:
    """The catalogue's title, or the key itself where it does not know it; empty for an empty one."""
    return warehouse(key).title if warehouse(key) is not OTHER else _OTHER_SPEECH.get(key, key)


def is_kind(key: str) -> bool:
    """True for what a person can choose as a connection's kind."""
    return warehouse(key) is not OTHER
