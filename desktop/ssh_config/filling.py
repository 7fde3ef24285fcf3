"""From what the files say to the answer: defaults, tokens in paths, and the lines that ``ssh -G`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from desktop.core.plan import AddressFamily
from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config import options
from desktop.ssh_config.account import Account
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.forwards import End, Forward
from desktop.ssh_config.lines import ascii_lower
from desktop.ssh_config.match import DEFAULT_PORT
from desktop.ssh_config.reader import invalid
from desktop.ssh_config.resolved import NONE, ResolvedHost, StrictHostKeyChecking, filled_path
from desktop.ssh_config.settings import Place, Said, Settings
from desktop.ssh_config.tokens import Subject, fill_tokens, tokens_of

_DEFAULT = Place("", 0, is_users=True)
# ssh -G leaves these out when they are `none`; it prints others with it.
_LEFT_OUT_WHEN_NONE = ("knownhostscommand", "proxycommand", "revokedhostkeys")
_YES = "yes"


class Filling:
    """For one answer. `host_name` is settled; `settings` are read to the end."""

    def __init__(
        self,
        alias: str,
        host_name: str,
        settings: Settings,
        account: Account,
        environment: Mapping[str, str],
    ) -> None:
        self._alias = alias
        self._host_name = host_name
        self._settings = settings
        self._account = account
        self._environment = environment
        self._user = self._text("user") or account.name
        self._port = int(self._text("port") or DEFAULT_PORT)
        # The alias of a host key is lowered, as names in known_hosts are.
        self._key_alias = ascii_lower(self._text("hostkeyalias"))
        key_alias = self._key_alias or alias
        self._tokens = tokens_of(Subject(alias, host_name, self._port, self._user, key_alias), account)

    def result(self, skipped_commands: tuple[Place, ...] = ()) -> ResolvedHost:
        """Raises `SshConfigInvalid`."""
        self._check_attempts()
        self._check_jump()
        printed = self._printed()
        command = self._text("proxycommand")
        timeout = self._text("connecttimeout")
        agent = printed["identityagent"][0] if "identityagent" in printed else ""
        jumps = self._settings.jumps
        return ResolvedHost(
            alias=self._alias,
            host_name=self._host_name,
            user=self._user,
            port=self._port,
            address_family=AddressFamily(self._or_default("addressfamily")),
            bind_address=self._text("bindaddress"),
            bind_interface=self._text("bindinterface"),
            connect_timeout_s=int(timeout) if timeout else None,
            identity_files=tuple(printed["identityfile"]),
            certificate_files=tuple(printed.get("certificatefile", ())),
            identities_only=self._or_default("identitiesonly") == _YES,
            identity_agent=agent,
            preferred_authentications=tuple(filter(None, self._text("preferredauthentications").split(","))),
            proxy_jumps=jumps[0].hops if jumps is not None else (),
            proxy_command="" if ascii_lower(command) == NONE else command,
            host_key_alias=self._key_alias,
            user_known_hosts_files=self._user_known_hosts(),
            global_known_hosts_files=self._global_known_hosts(),
            strict_host_key_checking=StrictHostKeyChecking(self._or_default("stricthostkeychecking")),
            hash_known_hosts=self._or_default("hashknownhosts") == _YES,
            local_forwards=self._forwards("localforward"),
            dynamic_forwards=self._forwards("dynamicforward"),
            lines=tuple((name, value) for name in options.PRINTED for value in printed.get(name, ())),
            places=self._places(),
            account=self._account,
            environment=self._environment,
            skipped_commands=skipped_commands,
        )

    def _text(self, name: str) -> str:
        return self._settings.value(name) or ""

    def _or_default(self, name: str) -> str:
        return self._text(name) or options.DEFAULTS[name]

    def _check_attempts(self) -> None:
        said = self._settings.single.get("connectionattempts")
        if said is not None and int(said.value) == 0:
            raise invalid(said.place, Fault(SshConfigProblem.BAD_VALUE, said.value))

    def _check_jump(self) -> None:
        """The last jump host is not the host itself."""
        if self._settings.jumps is None or not self._settings.jumps[0].hops:
            return
        jumps, place = self._settings.jumps
        last = jumps.hops[-1]
        hop = (last.host, last.port or DEFAULT_PORT, last.user or self._user)
        if hop == (self._host_name, self._port, self._user):
            raise invalid(place, Fault(SshConfigProblem.JUMP_LOOP, last.host))

    def _printed(self) -> dict[str, list[str]]:
        """By option; what ssh -G does not print is not among them."""
        single = {name: said.value for name, said in self._settings.single.items()}
        texts = dict(options.DEFAULTS) | {"updatehostkeys": self._default_update()} | single
        texts |= {"host": self._alias, "hostname": self._host_name, "user": self._user}
        if self._key_alias:
            texts["hostkeyalias"] = self._key_alias
        for name in _LEFT_OUT_WHEN_NONE:
            if ascii_lower(texts.get(name, "")) == NONE:
                del texts[name]
        agent = self._settings.single.get("identityagent")
        if agent is not None:
            texts["identityagent"] = self._filled(agent)
        self._print_jumps(texts)
        printed = {name: [value] for name, value in texts.items()}
        for name in options.FORWARDS:
            printed[name] = [_forward_line(name, forward) for forward in self._forwards(name)]
        printed["identityfile"] = self._repeated("identityfile") or list(options.DEFAULT_IDENTITY_FILES)
        printed["certificatefile"] = self._repeated("certificatefile")
        printed["userknownhostsfile"] = [" ".join(self._user_known_hosts()) or NONE]
        printed["globalknownhostsfile"] = [" ".join(self._global_known_hosts()) or NONE]
        return printed

    def _print_jumps(self, texts: dict[str, str]) -> None:
        if self._settings.jumps is not None and self._settings.jumps[0].text:
            texts["proxyjump"] = self._settings.jumps[0].text
            texts.pop("proxycommand", None)

    def _default_update(self) -> str:
        """ssh_config(5), UpdateHostkeys: on where host keys are kept in the usual file and come from nowhere else."""
        files = [said.value for said in self._settings.several.get("userknownhostsfile", ())]
        usual = not files or files == list(options.DEFAULT_USER_KNOWN_HOSTS[:1])
        return "true" if usual and self._or_default("verifyhostkeydns") == "false" else "false"

    def _repeated(self, name: str) -> list[str]:
        return [said.value for said in self._settings.repeated.get(name, ())]

    def _user_known_hosts(self) -> tuple[str, ...]:
        usual = [Said(path, _DEFAULT) for path in options.DEFAULT_USER_KNOWN_HOSTS]
        said = self._settings.several.get("userknownhostsfile", usual)
        return () if _is_none(said) else tuple(self._filled(each) for each in said)

    def _global_known_hosts(self) -> tuple[str, ...]:
        folder = self._account.system_dir
        usual = [Said(str(Path(folder) / name), _DEFAULT) for name in options.SYSTEM_KNOWN_HOSTS]
        said = self._settings.several.get("globalknownhostsfile", usual)
        return () if _is_none(said) else tuple(each.value for each in said)

    def _forwards(self, name: str) -> tuple[Forward, ...]:
        if self._text("clearallforwardings") == _YES:
            return ()
        return tuple(
            replace(forward, listen=self._end(forward.listen, place), connect=self._connect(forward, place))
            for forward, place in self._settings.forwards.get(name, ())
        )

    def _connect(self, forward: Forward, place: Place) -> End | None:
        return None if forward.connect is None else self._end(forward.connect, place)

    def _end(self, end: End, place: Place) -> End:
        try:
            return replace(end, path=fill_tokens(end.path, self._tokens))
        except Fault as fault:
            raise invalid(place, fault) from fault

    def _filled(self, said: Said) -> str:
        return filled_path(said, self._tokens, self._account, self._environment)

    def _places(self) -> Mapping[str, tuple[Place, ...]]:
        settings = self._settings
        places: dict[str, tuple[Place, ...]]
        places = {name: (said.place,) for name, said in settings.single.items()}
        for name, saids in (settings.repeated | settings.several).items():
            places[name] = tuple(said.place for said in saids)
        for name, forwards in settings.forwards.items():
            places[name] = tuple(place for _, place in forwards)
        if settings.jumps is not None:
            places["proxyjump"] = (settings.jumps[1],)
        return MappingProxyType({name: each for name, each in places.items() if each})


def _forward_line(name: str, forward: Forward) -> str:
    is_socks = name == "remoteforward" and forward.connect is None
    return f"{forward} [socks]:0" if is_socks else str(forward)


def _is_none(saids: list[Said]) -> bool:
    return len(saids) == 1 and ascii_lower(saids[0].value) == NONE
