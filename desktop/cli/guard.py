"""``guard``: remember who the warehouse of a connection is, so that programs get to no other one."""

from __future__ import annotations

import sys
from dataclasses import replace

from desktop.cli.check import TerminalQuestioner
from desktop.compose.backstage import Backstage
from desktop.compose.check_parts import CheckParts
from desktop.core.errors import Cause
from desktop.core.guarded import change_of
from desktop.core.identity import (
    NO_GUARD,
    UNKNOWN,
    Guard,
    WarehouseIdentity,
    can_be_guarded,
)
from desktop.core.model import AnyHost, Connection
from desktop.probe.identify import identify_surely
from desktop.ssh.staged_check import StagedCheck
from desktop.wording import guard as words
from desktop.wording.messages import command_line_advice, title


def stop_guarding(backstage: Backstage, connection: Connection) -> None:
    backstage.library.put(replace(connection, guard=NO_GUARD))
    print(words.unguarded_line(connection.name))


def remember(backstage: Backstage, connection: Connection, *, accept: bool) -> bool:
    """Ask the warehouse over a login of its own. False where nothing is remembered anew, which is said.

    One that differs from what was remembered is taken only with `accept`. Raises a `CaponierError` where nobody could
    find out who is there.
    """
    if isinstance(connection.forward.target, AnyHost):
        print(words.no_guard_text(connection, UNKNOWN), file=sys.stderr)
        return False
    found = _find_out(backstage.check_parts, connection)
    if found is None:
        return False
    if not can_be_guarded(found):
        print(words.no_guard_text(connection, found), file=sys.stderr)
        return False
    if not accept and change_of(connection, found) is not None:
        known = connection.guard.identity
        print(words.other_line(connection.name, known, found), file=sys.stderr)
        print(words.accept_line(connection.name), file=sys.stderr)
        return False
    backstage.library.put(replace(connection, guard=Guard(True, found)))
    print(words.remembered_line(connection.name, found))
    return True


def _find_out(parts: CheckParts, connection: Connection) -> WarehouseIdentity | None:
    """None where the way there fails, which is said."""
    asker = TerminalQuestioner(connection.name) if sys.stdin.isatty() else None
    secrets = parts.secrets_of(connection.id)
    walk = StagedCheck(connection, secrets, parts.known_hosts, parts.planner, asker)
    try:
        for stage in walk.run():
            if stage.cause is not None:
                _explain(stage.cause, connection.name)
                return None
        return identify_surely(connection, walk.connect)
    finally:
        walk.close()


def _explain(cause: Cause, name: str) -> None:
    print(f"caponier: {title(cause)}\n{command_line_advice(cause, name, is_once=True)}", file=sys.stderr)
