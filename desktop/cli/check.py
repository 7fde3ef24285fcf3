"""``check``: stage by stage from this computer to the warehouse."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from enum import StrEnum

from desktop.cli.terminal import Terminal, tell
from desktop.compose.check import WholeCheck
from desktop.compose.check_parts import CheckParts
from desktop.core.challenge import Challenge
from desktop.core.challenge_errors import ChallengeUnattended
from desktop.core.check import Stage
from desktop.core.model import Connection
from desktop.wording.check_report import check_report, help_lines
from desktop.wording.messages import command_line_advice, title


class Form(StrEnum):
    """How a check is printed."""

    LINES = "lines"
    JSON = "json"
    # For an administrator, once all is done.
    REPORT = "report"


def check(parts: CheckParts, connection: Connection, *, form: Form, with_login: bool) -> bool:
    """Print each stage as it is done, or a report in the end; True where all went well."""
    asker = TerminalQuestioner(connection.name) if sys.stdin.isatty() else None
    walk = WholeCheck(connection, parts, with_login=with_login, asker=asker)
    stages = []
    try:
        for stage in walk.run():
            stages.append(stage)
            if form is not Form.REPORT:
                _tell(stage, connection, as_json=form is Form.JSON)
    finally:
        walk.close()
    if form is Form.REPORT:
        print(check_report(connection, stages, time.time()), end="")
    return all(stage.cause is None for stage in stages)


def _tell(stage: Stage, connection: Connection, *, as_json: bool) -> None:
    print(json.dumps(_as_object(stage)) if as_json else _line(stage), flush=True)
    if stage.cause is not None:
        advice = command_line_advice(stage.cause, connection.name, is_once=True)
        print("\n".join((advice, *help_lines(stage.cause, connection))), file=sys.stderr, flush=True)


class TerminalQuestioner:
    """Implements `desktop.ssh.questioner.Questioner`, on whatever thread the login runs."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._terminal = Terminal()

    def ask(self, challenge: Challenge, _is_awaited: Callable[[], bool]) -> list[str]:
        """Blocks until there is an answer, also where the server does not wait so long: that is found out then."""
        tell(challenge, self._name)
        answers = self._terminal.answers(challenge)
        if answers is None:
            raise ChallengeUnattended(user=challenge.user, host=challenge.host)
        return answers


def _as_object(stage: Stage) -> dict[str, object]:
    where = {} if stage.hop is None else {"hop": stage.hop}
    note = {"note": stage.note} if stage.note else {}
    return {
        "stage": stage.name,
        **where,
        "ok": stage.cause is None,
        "ms": round(stage.ms, 1),
        "code": stage.cause.code if stage.cause is not None else None,
        "detail": title(stage.cause) if stage.cause is not None else stage.detail,
        **note,
    }


def _line(stage: Stage) -> str:
    verdict = "failed" if stage.cause is not None else "ok"
    detail = title(stage.cause) if stage.cause is not None else stage.detail
    detail = f"{stage.server}: {detail}" if stage.server else detail
    note = f"\n{'':<15} note: {stage.note}" if stage.note else ""
    return f"{stage.name:<15} {verdict:<7} {stage.ms:8.1f} ms  {detail}{note}"
