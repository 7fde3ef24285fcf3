"""What connections that run in this terminal ask the person, and who answers."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from desktop.cli.terminal import Terminal, Withdrawn, tell
from desktop.core.errors import Cause
from desktop.core.model import AuthMethod, Connection, SecretKind, Snapshot
from desktop.core.ports import Tunnels, Update
from desktop.wording.hop_names import account_of
from desktop.wording.messages import title

_ASKED_FOR = {
    "password_needed": SecretKind.SSH_PASSWORD,
    "proxy_password_needed": SecretKind.PROXY_PASSWORD,
    "passphrase_needed": SecretKind.KEY_PASSPHRASE,
    "passphrase_wrong": SecretKind.KEY_PASSPHRASE,
}


class TerminalQuestions:
    """Main thread, except for `note`. `names` are those of the connections, by id."""

    def __init__(self, tunnels: Tunnels, names: Mapping[str, str]) -> None:
        self._tunnels = tunnels
        self._names = names
        self.terminal = Terminal()
        self._latest = 0
        # Whose challenge is being answered, and its number.
        self._standing: tuple[str, int] | None = None

    def note(self, update: Update) -> None:
        """Engine thread: a challenge that is past by now is not to keep the terminal."""
        standing = self._standing
        if standing is not None and any(_is_past(snapshot, *standing) for snapshot in update.changed):
            self.terminal.withdraw()

    def ask(self, snapshot: Snapshot) -> None:
        """Once for each challenge. Without a terminal it is said that nobody answers."""
        challenge, connection_id = snapshot.challenge, snapshot.connection.id
        if challenge is None or challenge.is_answered or challenge.number <= self._latest:
            return
        if challenge.asker in self._names and challenge.asker != connection_id:
            return
        self._latest = challenge.number
        tell(challenge, snapshot.connection.name)
        if not challenge.prompts:
            return
        answers = None
        if self.terminal.is_there:
            self._standing = (connection_id, challenge.number)
            try:
                answers = self.terminal.answers(challenge)
            except Withdrawn:
                return
            finally:
                self._standing = None
        self._tunnels.answer_challenge(connection_id, challenge.number, answers)

    def ask_for_secret(self, snapshot: Snapshot, cause: Cause) -> bool:
        """True where the attempt goes on with what was asked for."""
        kind = _ASKED_FOR.get(cause.code)
        if kind is None or not self.terminal.is_there:
            return False
        print(title(cause), file=sys.stderr)
        login = cause.fact("login")
        try:
            value = self.terminal.secret(f"{_prompt(kind, snapshot.connection, login)}:")
        except Withdrawn:
            return False
        if value is None:
            return False
        self._tunnels.provide_secret(snapshot.connection.id, kind, value, remember=False, login=login)
        return True


def _is_past(snapshot: Snapshot, connection_id: str, number: int) -> bool:
    challenge = snapshot.challenge
    is_same = challenge is not None and challenge.number == number and not challenge.is_answered
    return snapshot.connection.id == connection_id and not is_same


def _prompt(kind: SecretKind, connection: Connection, login: str) -> str:
    """`login` is a jump host's or the proxy's, or empty."""
    bastion, proxy = connection.route.bastion, connection.route.proxy
    if kind is SecretKind.PROXY_PASSWORD and proxy is not None:
        return f"Password of {proxy.user} for the proxy {proxy.endpoint}"
    if kind is SecretKind.SSH_PASSWORD:
        return f"Password of {login or account_of(bastion)}"
    if login:
        return f"Passphrase of the key for {login}"
    pasted = bastion.auth.method is AuthMethod.PASTED_KEY
    return f"Passphrase of {'the pasted key' if pasted else bastion.auth.identity_file}"
