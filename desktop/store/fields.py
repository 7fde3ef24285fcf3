"""Typed reading of JSON objects, with a reason a person can act on when a value is not what it should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_QUOTE = 40


class Damaged(ValueError):
    """A saved file can't be understood. `str()` is the reason, short and in plain words."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object. `place` says where in the file it stands. Every reader raises `Damaged`."""

    values: Mapping[str, object]
    place: str

    @classmethod
    def of(cls, value: object, place: str) -> Fields:
        if not isinstance(value, dict):
            raise Damaged(f"{place} should be an object")
        return cls(value, place)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._value(name, default)
        if not isinstance(value, str):
            raise Damaged(f"{self.place} should have text as {name}")
        return value

    def integer(self, name: str, lowest: int, highest: int, default: int | None = None) -> int:
        value = self._value(name, default)
        # A JSON true is an int to Python.
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise Damaged(f"{self.place} should have a whole number from {lowest} to {highest} as {name}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise Damaged(f"{self.place} should have true or false as {name}")
        return value

    def texts(self, name: str) -> list[str]:
        value = self._value(name, None)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise Damaged(f"{self.place} should have a list of texts as {name}")
        return value

    def fields(self, name: str) -> Fields:
        return Fields.of(self._value(name, None), f"{name} of {self.place}")

    def list_of_fields(self, name: str) -> list[Fields]:
        value = self._value(name, None)
        if not isinstance(value, list):
            raise Damaged(f"{self.place} should have a list as {name}")
        return [Fields.of(each, f"{name}[{index}] of {self.place}") for index, each in enumerate(value)]

    def _value(self, name: str, default: object) -> object:
        value = self.values.get(name, default)
        if value is None:
            raise Damaged(f"{self.place} has no {name}")
        return value


def quoted(text: str) -> str:
    """A value from the file for a reason: printable, in quotes, and not too long."""
    return json.dumps(text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "...")
