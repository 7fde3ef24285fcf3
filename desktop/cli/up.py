"""``up``: tunnels in this terminal, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import getpass
import json
import queue
import signal
import sys
import time
from contextlib import suppress
from datetime import datetime
from types import FrameType

from desktop.compose import Backstage
from desktop.core.errors import Cause
from desktop.core.host_keys import HostKeyConsent
from desktop.core.model import AuthMethod, Connection, SecretKind, Snapshot, State
from desktop.core.ports import Update
from desktop.core.report import as_event, is_same_step
from desktop.core.warehouses import copy_texts
from desktop.wording.events import change_lines
from desktop.wording.hop_names import account_of
from desktop.wording.messages import command_line_advice, title

_ASKED_FOR = {
    "password_needed": SecretKind.SSH_PASSWORD,
    "proxy_password_needed": SecretKind.PROXY_PASSWORD,
    "passphrase_needed": SecretKind.KEY_PASSPHRASE,
    "passphrase_wrong": SecretKind.KEY_PASSPHRASE,
}
_STOP_WITHIN_S = 5.0
# A signal that comes between the interpreter's last look for one and the wait itself does not end the wait; its
# handler runs at the next wake-up.
_LOOK_UP_S = 0.5


class Up:
    """Main thread. Shows what the engine reports about some connections, and answers it where that is possible."""

    def __init__(
        self, backstage: Backstage, connections: list[Connection], *, as_json: bool, consent: HostKeyConsent
    ) -> None:
        self._backstage = backstage
        self._engine = backstage.engine
        self._names = {connection.id: connection.name for connection in connections}
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
        unsubscribe = self._engine.subscribe(self._updates.put)
        for connection_id in self._names:
            self._engine.connect(connection_id)
        while len(self._failed) < len(self._names):
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
        # SimpleQueue.put may be called from a signal handler (Python documentation, queue).
        self._updates.put(None)

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
            if self._answer(snapshot, cause):
                return
            self._failed.add(connection_id)
        # Every further attempt has its line of state; the advice is read once.
        if self._explained.get(connection_id) != cause:
            self._explained[connection_id] = cause
            self._complain(cause, snapshot.connection.name)

    def _answer(self, snapshot: Snapshot, cause: Cause) -> bool:
        """True where the attempt goes on with what was asked for."""
        connection_id = snapshot.connection.id
        kind = _ASKED_FOR.get(cause.code)
        if kind is None or not sys.stdin.isatty():
            return False
        print(title(cause), file=sys.stderr)
        try:
            value = getpass.getpass(f"{_prompt(kind, snapshot.connection)}: ")
        except (EOFError, KeyboardInterrupt):
            return False
        login = cause.fact("login")
        self._engine.provide_secret(connection_id, kind, value, remember=False, login=login)
        return True

    def _print(self, before: Snapshot | None, snapshot: Snapshot) -> None:
        for line in change_lines(before, snapshot):
            print(f"{_clock_time()}  {snapshot.connection.name}: {line.words}", flush=True)
        if snapshot.state is State.UP and snapshot.local is not None and not _was_up(before):
            for text in copy_texts(snapshot.connection, snapshot.local):
                print(f"          {text.label}: {text.text}", flush=True)

    def _complain(self, cause: Cause, name: str) -> None:
        print(f"{name}: {title(cause)}\n{command_line_advice(cause, name)}", file=sys.stderr, flush=True)


def _was_up(snapshot: Snapshot | None) -> bool:
    return snapshot is not None and snapshot.state is State.UP


def _prompt(kind: SecretKind, connection: Connection) -> str:
    bastion, proxy = connection.route.bastion, connection.route.proxy
    if kind is SecretKind.PROXY_PASSWORD and proxy is not None:
        return f"Password of {proxy.user} for the proxy {proxy.endpoint}"
    if kind is SecretKind.SSH_PASSWORD:
        return f"Password of {account_of(bastion)}"
    pasted = bastion.auth.method is AuthMethod.PASTED_KEY
    return f"Passphrase of {'the pasted key' if pasted else bastion.auth.identity_file}"


def _clock_time() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")
