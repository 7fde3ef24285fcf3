"""The result of a check as plain text, to be sent to an administrator."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from desktop import __version__
from desktop.core.check import Stage
from desktop.core.check_outline import step_of
from desktop.core.errors import Cause
from desktop.core.model import Connection
from desktop.wording.causes import help_for
from desktop.wording.check_stages import step_title
from desktop.wording.messages import advice_once, title
from desktop.wording.quantities import latency_text
from desktop.wording.targets import where_line
from desktop.wording.way import through

_WIDTH = 100


def check_report(connection: Connection, stages: Sequence[Stage], at: float) -> str:
    """`at` is wall-clock seconds. With names of hosts and users, which an administrator needs; never with a secret."""
    failed = next((stage for stage in stages if stage.cause is not None), None)
    when = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
    lines = [
        f"Check of the connection {connection.name}",
        f"{when}, Caponier {__version__}",
        "",
        *_what(connection),
        "",
        *(line for stage in stages for line in _stage_lines(stage, connection)),
    ]
    if failed is not None and failed.cause is not None:
        lines += ["", *_failure_lines(failed.cause, connection)]
    elif not stages:
        lines.append("Nothing was checked.")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _what(connection: Connection) -> Iterator[str]:
    yield f"Warehouse:  {where_line(connection)}"
    if connection.warehouse_user:
        yield f"User:       {connection.warehouse_user}"
    if connection.database:
        yield f"Database:   {connection.database}"
    is_direct = connection.route.is_direct
    yield f"Through:    {'nothing: it is a direct connection' if is_direct else through(connection.route)}"


def _stage_lines(stage: Stage, connection: Connection) -> Iterator[str]:
    verdict = "FAILED" if stage.cause is not None else "ok"
    name = step_title(step_of(stage), connection)
    name = f"{name} ({stage.server})" if stage.server and stage.server not in name else name
    detail = title(stage.cause) if stage.cause is not None else stage.detail
    yield f"{verdict:<6}  {latency_text(stage.ms):>8}  {name}" + (f": {detail}" if detail else "")
    if stage.note:
        yield from _wrapped(f"note: {stage.note}", " " * 18)


def _failure_lines(cause: Cause, connection: Connection) -> Iterator[str]:
    yield f"{title(cause)} ({cause.code})"
    yield from _wrapped(advice_once(cause), "")
    yield from help_lines(cause, connection)


def help_lines(cause: Cause, connection: Connection) -> Iterator[str]:
    """The likely causes in their order, and the settings to ask for; none where there are none."""
    known = help_for(cause, connection)
    if known.causes:
        yield from ("", "Likely causes:")
        for number, each in enumerate(known.causes, 1):
            yield from _wrapped(f"{number}. {each}", "", "   ")
    for setting in known.settings:
        yield from ("", f"{setting.where}:")
        yield from (f"    {line}" for line in setting.text.splitlines())


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    following = first if rest is None else rest
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=following, break_on_hyphens=False
    )
