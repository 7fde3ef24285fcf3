"""The servers that an alias stands for: itself, and those through which ``ProxyJump`` has it reached.

ssh(1) reaches a host with ``ProxyJump a,b`` by starting ``ssh -J a -W host b``, which starts ``ssh -W b a``. So each
jump host is an alias with options of its own, but ``-J`` overrules the ProxyJump and the ProxyCommand of all but the
nearest, `a`. Only the nearest is asked how it is reached itself, and so on, until one needs no jump host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.model import Hop
from desktop.core.ssh_config_errors import SshConfigJumpLoop
from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.account import Account
from desktop.ssh_config.command import nobody_calls_off
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.jumps import Jump, Jumps
from desktop.ssh_config.reader import invalid
from desktop.ssh_config.resolve import Asked, resolve
from desktop.ssh_config.resolved import PROXY_TOKENS, ResolvedHost
from desktop.ssh_config.settings import Place
from desktop.ssh_config.tokens import fill_tokens

# Nobody jumps that often on purpose. `ProxyJump x%h` would find new hosts for ever; ssh starts processes for ever.
MOST_SERVERS = 16
# ssh's ``-J`` of a route that was saved; which servers it names does not matter to the one behind them.
_SAVED_JUMPS = (Jumps(), Place("", 0, is_users=True))


@dataclass(frozen=True, slots=True)
class Chains:
    """Whose files are read, and whether the commands of ``Match exec`` run. Blocks for both, on any thread.

    `check` as in `core.ports.Planner`.
    """

    config_path: str = ""
    account: Account | None = None
    environment: Mapping[str, str] | None = None
    runs_commands: bool = True
    check: Callable[[], None] = nobody_calls_off

    def behind(self, hop: Hop, *, is_nearest: bool = True) -> tuple[ResolvedHost, ...]:
        """What the alias `hop` stands for, nearest first, the alias itself last; user and port of `hop` go before it.

        Where it is not the `is_nearest` of the person's own route, those before it are its jump hosts, whatever the
        files say, as with ``ssh -J``. Raises `SshConfigError`, `CommandNotUnderstood`.
        """
        wanted = Jump(hop.host, hop.port, hop.user)
        return self._chain_to(wanted) if is_nearest else (self._look_up(wanted, _SAVED_JUMPS),)

    def itself(self, hop: Hop) -> ResolvedHost:
        """The last of `behind` alone: with an alias at hand, the servers before it are not looked up."""
        return self._look_up(Jump(hop.host, hop.port, hop.user))

    def _chain_to(self, wanted: Jump) -> tuple[ResolvedHost, ...]:
        servers: tuple[ResolvedHost, ...] = (self._look_up(wanted),)
        asked = [wanted]
        while servers[0].proxy_jumps:
            nearest = servers[0]
            place = nearest.places["proxyjump"][0]
            jumps = tuple(_filled(jump, nearest, place) for jump in nearest.proxy_jumps)
            if jumps[0] in asked or len(servers) + len(jumps) > MOST_SERVERS:
                chain = " → ".join(jump.host for jump in (*asked, jumps[0]))
                raise SshConfigJumpLoop(path=place.path, line=place.line, chain=chain)
            servers = (*self._each_of(jumps, place), *servers)
            asked.append(jumps[0])
        return servers

    def _each_of(self, jumps: tuple[Jump, ...], place: Place) -> list[ResolvedHost]:
        found = []
        for number, jump in enumerate(jumps):
            through = (Jumps(jumps[:number]), place) if number else None
            try:
                found.append(self._look_up(jump, through))
            except CommandNotUnderstood as error:
                raise invalid(place, Fault(SshConfigProblem.BAD_JUMP, str(jump))) from error
        return found

    def _look_up(self, jump: Jump, through: tuple[Jumps, Place] | None = None) -> ResolvedHost:
        return resolve(
            f"{jump.user}@{jump.host}" if jump.user else jump.host,
            Asked(jump.port, through, self.runs_commands, self.check),
            config_path=self.config_path,
            account=self.account,
            environment=self.environment,
        )


def _filled(jump: Jump, by: ResolvedHost, place: Place) -> Jump:
    """ssh_config(5), TOKENS: ProxyJump takes those of ProxyCommand, which stand for the host that has the option."""
    tokens = {letter: text for letter, text in by.tokens.items() if letter in PROXY_TOKENS}
    try:
        return replace(jump, host=fill_tokens(jump.host, tokens), user=fill_tokens(jump.user, tokens))
    except Fault as fault:
        raise invalid(place, fault) from fault
