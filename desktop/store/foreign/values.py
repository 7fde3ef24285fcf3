"""Values of JSON that other programs write as text here and as numbers there."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.store.fields import Damaged


def text_in(values: Mapping[str, object], name: str) -> str:
    """Empty for what is not there. Raises `Damaged` for a list or an object."""
    value = values.get(name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise Damaged(f"{name} should be a text")


def flag_in(values: Mapping[str, object], name: str) -> bool:
    return text_in(values, name).casefold() in ("true", "1")


def object_in(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Empty for what is not there. Raises `Damaged` for anything but an object."""
    value = values.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Damaged(f"{name} should be an object")
    return value


def texts_in(values: Mapping[str, object]) -> dict[str, str]:
    """The plain ones, under names in lower case."""
    plain = {name: value for name, value in values.items() if isinstance(value, str | int | float)}
    return {name.casefold(): text_in(plain, name) for name in plain}
