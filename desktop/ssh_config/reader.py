"""Reads the files line by line, into blocks and includes: what OpenSSH's read_config_file does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

from desktop.core.ssh_config_errors import SshConfigInvalid, SshConfigLoop, SshConfigUnreadable
from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config import options
from desktop.ssh_config.account import Account
from desktop.ssh_config.exec_commands import ExecCommands
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.lines import Line, parse_line
from desktop.ssh_config.match import Criteria, Pass
from desktop.ssh_config.patterns import host_block_matches, host_list_matches
from desktop.ssh_config.settings import Place, Settings
from desktop.ssh_config.sources import Files

# ssh gives up on a file that is included from deeper than that.
MAX_DEPTH = 16
# What a person is shown of a word that can't be used; it may have millions of letters.
_LONGEST_PART = 80
_HOST, _MATCH, _INCLUDE = "host", "match", "include"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `never_matches`: an ``Include`` stood in a block that is not about this host."""

    path: str
    is_users: bool
    is_checked: bool
    never_matches: bool = False
    depth: int = 0


class Reader:
    """One pass over the files, in which `settings` are filled."""

    def __init__(
        self, reading: Pass, settings: Settings, account: Account, files: Files, commands: ExecCommands
    ) -> None:
        self.wants_final_pass = False
        self._reading = reading
        self._settings = settings
        self._account = account
        self._files = files
        self._commands = commands

    def read(self, source: Source, *, is_active: bool = True) -> None:
        """Raises `FileNotFoundError` and every `SshConfigError`."""
        if source.depth > MAX_DEPTH:
            raise SshConfigLoop(path=source.path, depth=MAX_DEPTH)
        number = 0
        try:
            for number, text in enumerate(self._files.lines(source.path, is_checked=source.is_checked), 1):
                line = parse_line(text)
                if line is not None:
                    place = Place(source.path, number, source.is_users)
                    is_active = self._take(line, place, source, is_active=is_active)
        except Fault as fault:
            raise invalid(Place(source.path, number, source.is_users), fault) from fault

    def _take(self, line: Line, place: Place, source: Source, *, is_active: bool) -> bool:
        """Whether what follows is about this host."""
        if line.keyword == _HOST:
            if not all(line.words):
                raise Fault(SshConfigProblem.MISSING_VALUE, line.keyword)
            return not source.never_matches and host_block_matches(self._reading.host, line.words)
        if line.keyword == _MATCH:
            return self._matches(line, place, source)
        if line.keyword == _INCLUDE:
            self._include(line, source, is_active=is_active)
        elif self._is_ours(line):
            self._settings.take(line, place, is_active=is_active)
        return is_active

    def _matches(self, line: Line, place: Place, source: Source) -> bool:
        def run(command: str) -> bool:
            # A command can't make a block count that never does.
            return not source.never_matches and self._commands.succeeds(command, place)

        verdict = Criteria(self._reading, self._settings, self._account, run).judge(line.rest)
        self.wants_final_pass |= verdict.wants_final_pass
        return verdict.matches and not source.never_matches

    def _include(self, line: Line, source: Source, *, is_active: bool) -> None:
        for included in self._included(line, source, is_active=is_active):
            try:
                self.read(included, is_active=is_active)
            except FileNotFoundError as error:
                # It was there a moment ago, or it is a symbolic link to nothing.
                raise SshConfigUnreadable(path=included.path, reason="there is no such file") from error

    def _included(self, line: Line, source: Source, *, is_active: bool) -> Iterator[Source]:
        inner = replace(source, is_checked=True, never_matches=not is_active, depth=source.depth + 1)
        for word in line.words:
            if not word:
                raise Fault(SshConfigProblem.MISSING_VALUE, line.keyword)
            for path in self._files.included(word, is_users=source.is_users):
                yield replace(inner, path=path)

    def _is_ours(self, line: Line) -> bool:
        """Whether the option matters here. Raises `Fault` where there is no such option."""
        name = options.ALIASES.get(line.keyword, line.keyword)
        if name in options.TAKEN:
            return True
        known = name in options.PASSED_OVER or name in options.IGNORED_BY_SSH
        if not known and not (sys.platform == "darwin" and name in options.ONLY_MACOS):
            ignored = self._settings.value("ignoreunknown")
            if ignored is None or not host_list_matches(name, ignored):
                raise Fault(SshConfigProblem.UNKNOWN_OPTION, line.keyword)
        return False


def invalid(place: Place, fault: Fault) -> SshConfigInvalid:
    part = fault.part if len(fault.part) <= _LONGEST_PART else f"{fault.part[:_LONGEST_PART]}…"
    return SshConfigInvalid(path=place.path, line=place.line, problem=fault.problem, part=part)
