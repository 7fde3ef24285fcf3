"""``resolve``: what an alias of ssh_config(5) stands for."""

from __future__ import annotations

import json
import sys

from desktop.core.errors import Cause
from desktop.core.ssh_config_errors import SshConfigError
from desktop.ssh_config.resolve import resolve
from desktop.wording.messages import title


def show(alias: str, config_path: str, *, as_json: bool) -> None:
    """As ``ssh -G`` prints it, or as one JSON object. Raises `SshConfigError`, `CommandNotUnderstood`.

    With `as_json`, an `SshConfigError` is an object as well: its code, its facts, and what it says.
    """
    try:
        lines = resolve(alias, config_path=config_path).lines
    except SshConfigError as error:
        if as_json:
            print(json.dumps(_error_object(error.cause)), flush=True)
        raise
    if as_json:
        print(json.dumps(_as_object(lines)), flush=True)
        return
    # Names in an ssh_config may be of any encoding; like ssh, we hand on the bytes.
    text = "".join(f"{name} {value}\n" for name, value in lines)
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def _as_object(lines: tuple[tuple[str, str], ...]) -> dict[str, str | list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in lines:
        values.setdefault(name, []).append(value)
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def _error_object(cause: Cause) -> dict[str, str]:
    return {"code": cause.code, **dict(cause.facts), "detail": title(cause)}
