"""From an alias to what ssh would connect to: the order in which ssh(1) reads, fills in and checks."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.ssh_config_errors import SshConfigUnreadable
from desktop.ssh_config.account import Account
from desktop.ssh_config.command import nobody_calls_off
from desktop.ssh_config.exec_commands import ExecCommands
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.filling import Filling
from desktop.ssh_config.jumps import Jumps
from desktop.ssh_config.lines import ascii_lower
from desktop.ssh_config.match import Pass
from desktop.ssh_config.reader import Reader, Source, invalid
from desktop.ssh_config.resolved import ResolvedHost
from desktop.ssh_config.settings import Place, Said, Settings
from desktop.ssh_config.sources import Files
from desktop.ssh_config.tokens import fill_tokens

# What ssh takes for no host and no user on its command line, where a shell may come to see them.
_BAD_HOST = re.compile(r"-|.*['`\"$\\;&<>|(){}\s\x00-\x1f\x7f]", re.DOTALL)
_BAD_USER = re.compile(r"-|.*['`\";&<>|(){}]|.*\s-|.*\\\Z", re.DOTALL)
# A `config_path` that reads no file at all, as for ssh -F.
NO_FILE = "none"
_FAMILIES = {"any": socket.AF_UNSPEC, "inet": socket.AF_INET, "inet6": socket.AF_INET6}
_COMMAND_LINE = Place("", 0, is_users=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What ssh's own command line would say beside the name. It goes before all files.

    `port` 0 is for the files to say. `jumps` are ssh's ``-J``, and the place is where they were found. With
    `runs_commands` off, no command of a ``Match exec`` is run, and `ResolvedHost.skipped_commands` tells which. `check`
    as in `core.ports.Planner`.
    """

    port: int = 0
    jumps: tuple[Jumps, Place] | None = None
    runs_commands: bool = True
    check: Callable[[], None] = nobody_calls_off


_NOTHING_ASKED = Asked()


def resolve(
    alias: str,
    asked: Asked = _NOTHING_ASKED,
    *,
    config_path: str = "",
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
) -> ResolvedHost:
    """`alias` may be ``user@alias``. `config_path` is read instead of the person's and the system's files.

    Blocks for files, and for the command of a ``Match exec``. Raises `CommandNotUnderstood` for what can't be a host,
    and every `SshConfigError`.
    """
    account = account or Account.current()
    environment = os.environ if environment is None else environment
    user, _, host = alias.rpartition("@")
    if not host or _BAD_HOST.match(host) or _BAD_USER.match(user) or (not user and alias.startswith("@")):
        raise CommandNotUnderstood(problem=CommandProblem.BAD_HOST, part=alias)
    settings = Settings(environment)
    if user:
        settings.single["user"] = Said(user, _COMMAND_LINE)
    if asked.port:
        settings.single["port"] = Said(str(asked.port), _COMMAND_LINE)
    settings.jumps = asked.jumps
    files = Files(account)
    commands = ExecCommands(files, asked.check, may_run=asked.runs_commands)
    host_name = _Walk(host, config_path, account, settings, files, commands).host_name()
    filling = Filling(host, host_name, settings, account, MappingProxyType(dict(environment)))
    return filling.result(tuple(commands.skipped))


class _Walk:
    """One or two passes over the files."""

    def __init__(
        self,
        alias: str,
        config_path: str,
        account: Account,
        settings: Settings,
        files: Files,
        commands: ExecCommands,
    ) -> None:
        self._alias = alias
        self._config_path = config_path
        self._account = account
        self._settings = settings
        self._files = files
        self._commands = commands

    def host_name(self) -> str:
        """What `settings` name in the end, or the alias itself."""
        wants_final_pass = self._read_all(Pass(self._alias, self._alias, is_final=False))
        named = self._named_host()
        canonicalizes = self._settings.value("canonicalizehostname") not in (None, "false")
        if wants_final_pass or canonicalizes:
            place = self._settings.single.get("hostname", Said("", _COMMAND_LINE)).place
            self._settings.single["hostname"] = Said(named, place)
            self._read_all(Pass(self._alias, named, is_final=True))
        return named

    def _named_host(self) -> str:
        said = self._settings.single.get("hostname")
        try:
            name = self._alias if said is None else fill_tokens(said.value, {"h": self._alias})
        except Fault as fault:
            raise invalid(said.place if said else _COMMAND_LINE, fault) from fault
        address = _canonical_address(name, _FAMILIES[self._settings.value("addressfamily") or "any"])
        if address is not None:
            return address
        # What has one of these can only be meant as an address, and ssh leaves it alone.
        return name if "%" in name or ":" in name else ascii_lower(name)

    def _read_all(self, reading: Pass) -> bool:
        reader = Reader(reading, self._settings, self._account, self._files, self._commands)
        if self._config_path.lower() == NO_FILE:
            return False
        if self._config_path:
            try:
                reader.read(Source(self._config_path, is_users=True, is_checked=False))
            except FileNotFoundError as error:
                raise SshConfigUnreadable(path=self._config_path, reason="there is no such file") from error
            return reader.wants_final_pass
        for source in (
            Source(self._account.user_file, is_users=True, is_checked=True),
            Source(self._account.system_file, is_users=False, is_checked=False),
        ):
            with contextlib.suppress(FileNotFoundError):
                reader.read(source)
        return reader.wants_final_pass


def _canonical_address(name: str, family: int) -> str | None:
    """A numeric address in its usual form, such as 127.0.0.1 for 127.1; None for a name. Asks nobody."""
    try:
        found = socket.getaddrinfo(name, None, family, socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        usual = socket.getnameinfo(found[0][4], socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]
    except (OSError, UnicodeError, ValueError):
        return None
    return name if usual.lower() == name.lower() else usual
