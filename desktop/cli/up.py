"""``up``: tunnels in this terminal, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import json
import queue
import signal
import sys
import time
from contextlib import suppress
from datetime import datetime
from types import FrameType

from desktop.cli.guard_watch import GuardWatch
from desktop.cli.questions import TerminalQuestions
from desktop.compose.backstage import Backstage
from desktop.core.copy_text import TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.errors import Cause
from desktop.core.host_keys import HostKeyConsent
from desktop.core.model import Connection, Snapshot, State
from desktop.core.ports import Update
from desktop.core.report import as_event, is_same_step
from desktop.wording.events import change_lines
from desktop.wording.messages import command_line_advice, title

_STOP_WITHIN_S = 5.0
# A line each, of what is wanted most; a SOCKS port's are short, all of them.
_PRINTED = frozenset(TextKey) - {TextKey.ODBC, TextKey.SQLALCHEMY, TextKey.DBT}
# A signal that comes between the interpreter's last look for one and the wait itself does not end the wait; its
# handler runs at the next wake-up. What other processes save is noticed then, too.
_LOOK_UP_S = 0.5


class Up:
    """Main thread. Shows what the engine reports about some connections, and answers it where that is possible."""

    def __init__(
        self, backstage: Backstage, connections: list[Connection], *, as_json: bool, consent: HostKeyConsent
    ) -> None:
        self._backstage = backstage
        self._engine = backstage.engine
        self._names = {connection.id: connection.name for connection in connections}
        self._guards = GuardWatch(backstage.saved, backstage.engine, connections)
        self._questions = TerminalQuestions(backstage.engine, self._names)
        self._as_json = as_json
        self._consent = consent
        self._shown: dict[str, Snapshot] = {}
        self._explained: dict[str, Cause] = {}
        self._failed: set[str] = set()
        # None asks for the end.
        self._updates: queue.SimpleQueue[Update | None] = queue.SimpleQueue()

    def run(self) -> int:
        """The exit status. Returns when every connection has failed, or when it is asked to end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        self._backstage.watch()
        unsubscribe = self._engine.subscribe(self._take)
        for connection_id in self._names:
            self._engine.connect(connection_id)
        while len(self._failed) < len(self._names):
            self._guards.look()
            try:
                update = self._updates.get(timeout=_LOOK_UP_S)
            except queue.Empty:
                continue
            if update is None:
                break
            self._show(update)
        self._wind_up()
        unsubscribe()
        return 1 if self._failed else 0

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._questions.terminal.take_signal():
            # SimpleQueue.put may be called from a signal handler (Python documentation, queue).
            self._updates.put(None)
            self._questions.terminal.interrupt()

    def _take(self, update: Update) -> None:
        """Engine thread."""
        self._updates.put(update)
        self._questions.note(update)

    def _wind_up(self) -> None:
        """Switch off, and show how the rest of it goes."""
        for connection_id in self._names:
            self._engine.disconnect(connection_id)
        deadline = time.monotonic() + _STOP_WITHIN_S
        while any(snapshot.state is not State.OFF for snapshot in self._shown.values()):
            with suppress(queue.Empty):
                update = self._updates.get(timeout=max(deadline - time.monotonic(), 0))
                if update is not None:
                    self._show(update)
                continue
            return

    def _show(self, update: Update) -> None:
        for snapshot in update.changed:
            if snapshot.connection.id in self._names:
                self._show_one(snapshot)
        for notice in update.notices:
            self._complain(notice.cause, self._names.get(notice.connection_id, ""))

    def _show_one(self, snapshot: Snapshot) -> None:
        if self._accepts(snapshot):
            return
        before = self._shown.get(snapshot.connection.id)
        self._shown[snapshot.connection.id] = snapshot
        if before is None and snapshot.state is State.OFF:
            return
        if self._as_json:
            if not is_same_step(before, snapshot):
                print(json.dumps(as_event(snapshot, time.time())), flush=True)
        else:
            self._print(before, snapshot)
        if not is_same_step(before, snapshot):
            self._react(snapshot)
        self._questions.ask(snapshot)

    def _accepts(self, snapshot: Snapshot) -> bool:
        """True where the person answered on the command line already: a script must not take that for a failure."""
        cause = snapshot.cause
        if snapshot.state is not State.FAILED or cause is None:
            return False
        key = self._consent.key_for(cause)
        if key:
            self._engine.accept_host_key(snapshot.connection.id, key)
        return bool(key)

    def _react(self, snapshot: Snapshot) -> None:
        cause, connection_id = snapshot.cause, snapshot.connection.id
        if snapshot.state is State.UP and cause is None:
            self._explained.pop(connection_id, None)
        if cause is None or snapshot.state in (State.OFF, State.CLOSING):
            return
        if snapshot.state is State.FAILED:
            if self._questions.ask_for_secret(snapshot, cause):
                return
            self._failed.add(connection_id)
            self._guards.leave_alone(connection_id)
        # Every further attempt has its line of state; the advice is read once.
        if self._explained.get(connection_id) != cause:
            self._explained[connection_id] = cause
            self._complain(cause, snapshot.connection.name)

    def _print(self, before: Snapshot | None, snapshot: Snapshot) -> None:
        for line in change_lines(before, snapshot):
            print(f"{_clock_time()}  {snapshot.connection.name}: {line.words}", flush=True)
        if snapshot.state is State.UP and snapshot.local is not None and not _was_up(before):
            for text in copy_texts(snapshot.connection, snapshot.local):
                if text.key in _PRINTED:
                    print(f"          {text.label}: {text.text}", flush=True)

    def _complain(self, cause: Cause, name: str) -> None:
        print(f"{name}: {title(cause)}\n{command_line_advice(cause, name)}", file=sys.stderr, flush=True)


def _was_up(snapshot: Snapshot | None) -> bool:
    return snapshot is not None and snapshot.state is State.UP


def _clock_time() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
