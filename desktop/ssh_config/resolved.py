"""What an alias resolves to: the options that reaching and trusting a host takes, with types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.core.plan import AddressFamily
from desktop.ssh_config.account import Account
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.forwards import Forward
from desktop.ssh_config.jumps import Jump
from desktop.ssh_config.reader import invalid
from desktop.ssh_config.settings import Place, Said
from desktop.ssh_config.tokens import Subject, fill, fill_home, fill_tokens, tokens_of

NONE = "none"
# ssh_config(5), TOKENS: the only ones that ProxyCommand and ProxyJump take.
PROXY_TOKENS = "hknpr"


class StrictHostKeyChecking(StrEnum):
    """The values are those of ``ssh -G``; NO is written as ``off``, too."""

    YES = "true"
    NO = "false"
    ASK = "ask"
    ACCEPT_NEW = "accept-new"


@dataclass(frozen=True, slots=True)
class ResolvedHost:
    """Texts are empty where an option is not set or is ``none``. Nothing was looked up on the network.

    `host_name` is what to connect to. `host_key_alias` replaces it in known_hosts. `identity_files` and
    `certificate_files` are as they were written; `identity_paths` and `certificate_paths` are to be opened.
    `identity_agent` is ``none`` where no agent may be asked. The first of `proxy_jumps` is reached first.
    `connect_timeout_s` 0 means no limit, as None does. `lines` is what ``ssh -G`` prints, in its order. `places` tells
    where the values of an option come from; what nobody set has none. `skipped_commands` are those of ``Match exec``
    that were not run, and counted as if they had failed.
    """

    alias: str
    host_name: str
    user: str
    port: int
    address_family: AddressFamily
    bind_address: str
    bind_interface: str
    connect_timeout_s: int | None
    identity_files: tuple[str, ...]
    certificate_files: tuple[str, ...]
    identities_only: bool
    identity_agent: str
    preferred_authentications: tuple[str, ...]
    proxy_jumps: tuple[Jump, ...]
    proxy_command: str
    host_key_alias: str
    user_known_hosts_files: tuple[str, ...]
    global_known_hosts_files: tuple[str, ...]
    strict_host_key_checking: StrictHostKeyChecking
    hash_known_hosts: bool
    local_forwards: tuple[Forward, ...]
    dynamic_forwards: tuple[Forward, ...]
    lines: tuple[tuple[str, str], ...]
    places: Mapping[str, tuple[Place, ...]]
    account: Account
    environment: Mapping[str, str]
    skipped_commands: tuple[Place, ...] = ()

    def printed(self, name: str) -> tuple[str, ...]:
        """All values that ``ssh -G`` prints for an option, which is named in lower case."""
        return tuple(value for each, value in self.lines if each == name)

    @property
    def tokens(self) -> dict[str, str]:
        """What ``%h`` and the others stand for, now that all is known."""
        key_alias = self.host_key_alias or self.alias
        return tokens_of(Subject(self.alias, self.host_name, self.port, self.user, key_alias), self.account)

    def identity_paths(self) -> tuple[str, ...]:
        """Without ``none``, with home folder, tokens and variables filled in. Raises `SshConfigInvalid`."""
        return self._paths("identityfile", self.identity_files)

    def certificate_paths(self) -> tuple[str, ...]:
        """As `identity_paths`."""
        return self._paths("certificatefile", self.certificate_files)

    def proxy_command_line(self) -> str:
        """For the shell, with its tokens filled in. Raises `SshConfigInvalid`."""
        tokens = {letter: text for letter, text in self.tokens.items() if letter in PROXY_TOKENS}
        try:
            return fill_tokens(self.proxy_command, tokens)
        except Fault as fault:
            raise invalid(self.places["proxycommand"][0], fault) from fault

    def _paths(self, name: str, written: tuple[str, ...]) -> tuple[str, ...]:
        places = self.places.get(name, ())
        paths = []
        for number, text in enumerate(written):
            if text.lower() != NONE:
                place = places[number] if number < len(places) else Place("", 0, is_users=True)
                paths.append(filled_path(Said(text, place), self.tokens, self.account, self.environment))
        return tuple(paths)


def filled_path(
    said: Said, tokens: Mapping[str, str], account: Account, environment: Mapping[str, str]
) -> str:
    """Raises `SshConfigInvalid`."""
    try:
        return fill(fill_home(said.value, account), tokens, environment)
    except Fault as fault:
        raise invalid(said.place, fault) from fault
