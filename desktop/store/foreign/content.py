"""The content of somebody else's file: bounded, and parsed so that a malicious one can do no harm."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from desktop.store.document import parsed_object
from desktop.store.fields import Damaged, Fields
from desktop.store.small_content import small_content


def text_of(path: Path) -> str:
    """Raises `Damaged`, `OSError`."""
    try:
        # utf-8-sig: editors on Windows put a byte order mark in front.
        return small_content(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Damaged("it is not UTF-8 text") from None


def json_of(path: Path) -> Fields:
    """Raises `Damaged`, `OSError`."""
    return parsed_object(small_content(path))


def xml_of(path: Path) -> ET.Element:
    """Raises `Damaged`, `OSError`."""
    return parsed_xml(small_content(path))


def parsed_xml(raw: bytes) -> ET.Element:
    """Raises `Damaged`; also for a document type, which no such file has: it can declare entities without end."""
    try:
        # Without a document type there is nothing to expand and nothing to fetch.
        return ET.fromstring(raw, ET.XMLParser(target=_Builder()))  # noqa: S314 - see `_Builder`
    except (ET.ParseError, ValueError, LookupError) as error:
        if isinstance(error, Damaged):
            raise
        raise Damaged(_xml_reason(error)) from None


class _Builder(ET.TreeBuilder):
    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise Damaged("it declares a document type, which such a file has not")


def _xml_reason(error: Exception) -> str:
    line = error.position[0] if isinstance(error, ET.ParseError) else 0
    return f"it is not XML, line {line}" if line else "it is not XML"
