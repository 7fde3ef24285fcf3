"""The criteria of a ``Match`` line, ssh_config(5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.account import Account
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.lines import ascii_lower, next_word
from desktop.ssh_config.patterns import host_list_matches, list_matches
from desktop.ssh_config.settings import Settings
from desktop.ssh_config.tokens import Subject, fill_tokens, tokens_of

DEFAULT_PORT = 22


@dataclass(frozen=True, slots=True)
class Pass:
    """One reading of the files. `host` is what ``Host`` lines are about, `alias` what the person asked for.

    Files are read a second time, with the host name found so far as `host`, where a ``Match final`` wants that.
    """

    alias: str
    host: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    matches: bool
    wants_final_pass: bool


class Criteria:
    """One line, judged by what the files have said so far."""

    def __init__(
        self, reading: Pass, settings: Settings, account: Account, succeeds: Callable[[str], bool]
    ) -> None:
        """`succeeds` runs the command of an ``exec``; it is called only while all criteria before it hold."""
        self._reading = reading
        self._settings = settings
        self._account = account
        self._succeeds = succeeds
        self._host = self._present_host()
        self._holds = True
        self._wants_final_pass = False

    def judge(self, condition: str) -> Verdict:
        """Raises `Fault`, and whatever `succeeds` raises."""
        seen = 0
        rest: str | None = condition
        while True:
            word, rest = next_word(rest)
            if not word:
                break
            if word.startswith("#"):
                rest = None
                break
            negated, name = word.startswith("!"), ascii_lower(word.removeprefix("!"))
            if name == "all":
                rest = self._judge_all(seen, rest, negated=negated)
                return self._verdict(rest)
            seen += 1
            rest = self._judge_one(name, rest, negated=negated)
        if not seen:
            raise Fault(SshConfigProblem.BAD_MATCH, condition)
        return self._verdict(rest)

    def _verdict(self, rest: str | None) -> Verdict:
        if rest:
            raise Fault(SshConfigProblem.BAD_MATCH, rest)
        return Verdict(self._holds, self._wants_final_pass)

    def _judge_all(self, seen: int, rest: str | None, *, negated: bool) -> str | None:
        following, rest = next_word(rest)
        if seen > 1 or (following and not following.startswith("#")):
            raise Fault(SshConfigProblem.BAD_MATCH, "all")
        self._holds = self._holds and not negated
        return None if following else rest

    def _judge_one(self, name: str, rest: str | None, *, negated: bool) -> str | None:
        if name in ("canonical", "final"):
            self._wants_final_pass |= name == "final"
            self._note(self._reading.is_final, negated=negated)
            return rest
        wanted, rest = next_word(rest)
        if not wanted or wanted.startswith("#"):
            raise Fault(SshConfigProblem.BAD_MATCH, name)
        if name == "exec":
            command = fill_tokens(wanted, self._tokens())
            if self._holds:
                self._note(self._succeeds(command), negated=negated)
        else:
            self._note(self._fits(name, wanted), negated=negated)
        return rest

    def _fits(self, name: str, wanted: str) -> bool:
        match name:
            case "host":
                return host_list_matches(self._host, wanted)
            case "originalhost":
                return host_list_matches(self._reading.alias, wanted)
            case "user":
                return list_matches(self._user(), wanted)
            case "localuser":
                return list_matches(self._account.name, wanted)
            case _:
                raise Fault(SshConfigProblem.BAD_MATCH, name)

    def _note(self, holds: bool, *, negated: bool) -> None:
        if holds is negated:
            self._holds = False

    def _present_host(self) -> str:
        named = self._settings.value("hostname")
        if named is None:
            return self._reading.host
        return named if self._reading.is_final else fill_tokens(named, {"h": self._reading.host})

    def _user(self) -> str:
        return self._settings.value("user") or self._account.name

    def _tokens(self) -> dict[str, str]:
        port = int(self._settings.value("port") or DEFAULT_PORT)
        key_alias = self._settings.value("hostkeyalias") or self._host
        return tokens_of(
            Subject(self._reading.alias, self._host, port, self._user(), key_alias), self._account
        )
