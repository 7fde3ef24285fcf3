"""The bytes of a file that holds connections, as a JSON object in today's form."""

from __future__ import annotations

import json
from collections.abc import Mapping

from desktop.store.fields import Damaged, Fields
from desktop.store.migrations import CURRENT_VERSION, migrated


def read_document(raw: bytes) -> Fields:
    """Raises `Damaged`."""
    return migrated(parsed_object(raw))


def written_document(values: Mapping[str, object]) -> bytes:
    """ASCII JSON with escapes: a name that came from an argument in a foreign encoding survives it too."""
    return (json.dumps({"version": CURRENT_VERSION, **values}, indent=2) + "\n").encode("ascii")


def parsed_object(raw: bytes) -> Fields:
    """Raises `Damaged`."""
    try:
        # utf-8-sig: editors on Windows put a byte order mark in front.
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Damaged("it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise Damaged(
            f"it is not JSON, line {error.lineno}: {error.msg.removesuffix(' starting at')}"
        ) from None
    except (ValueError, RecursionError):
        # A number of thousands of digits, or brackets nested thousands deep.
        raise Damaged("it is not JSON that a connections file can hold") from None
    return Fields.of(value, "the file")
