"""What the files say, line by line: the first value wins, and some options add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config import options
from desktop.ssh_config.fault import Fault
from desktop.ssh_config.forwards import Forward, parse_forward
from desktop.ssh_config.jumps import Jumps, parse_jumps
from desktop.ssh_config.lines import Line, ascii_lower
from desktop.ssh_config.tokens import fill_variables

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; `is_users` where the file is the person's own, not the system's. A command line has line 0."""

    path: str
    line: int
    is_users: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Said:
    """One value as it stands in a file (or as `ssh -G` prints it, where it has several spellings)."""

    value: str
    place: Place


@dataclass(slots=True)
class Settings:
    """Filled by `take`, line after line. `several` has the options whose one line has several values."""

    environment: Mapping[str, str]
    single: dict[str, Said] = field(default_factory=dict)
    repeated: dict[str, list[Said]] = field(default_factory=dict)
    several: dict[str, list[Said]] = field(default_factory=dict)
    forwards: dict[str, list[tuple[Forward, Place]]] = field(default_factory=dict)
    jumps: tuple[Jumps, Place] | None = None

    def value(self, name: str) -> str | None:
        said = self.single.get(name)
        return None if said is None else said.value

    def take(self, line: Line, place: Place, *, is_active: bool) -> None:
        """One option. Where it is not active, only its form is checked. Raises `Fault`."""
        name = options.ALIASES.get(line.keyword, line.keyword)
        if name in options.SINGLE:
            self._take_single(name, line, place, is_active)
        elif name in options.REPEATED:
            self._take_repeated(name, line, place, is_active)
        elif name in options.SEVERAL:
            self._take_several(name, line, place, is_active)
        elif name in options.FORWARDS:
            self._take_forward(name, line, place, is_active)
        elif name in options.COMMANDS:
            self._take_command(name, line, place, is_active)
        else:
            self._take_jump(line, place, is_active)

    def _take_single(self, name: str, line: Line, place: Place, is_active: bool) -> None:
        word = _only_word(line)
        if name == "identityagent":
            _check_agent(word, self.environment)
        value = options.SINGLE[name](word)
        if is_active and value:
            self.single.setdefault(name, Said(value, place))

    def _take_repeated(self, name: str, line: Line, place: Place, is_active: bool) -> None:
        word = _only_word(line)
        if not is_active:
            return
        known = self.repeated.setdefault(name, [])
        if len(known) >= options.REPEATED[name]:
            raise Fault(SshConfigProblem.TOO_MANY, line.keyword)
        if not any(said.value == word and said.place.is_users == place.is_users for said in known):
            known.append(Said(word, place))

    def _take_several(self, name: str, line: Line, place: Place, is_active: bool) -> None:
        if not all(line.words):
            raise Fault(SshConfigProblem.MISSING_VALUE, line.keyword)
        if len(line.words) > 1 and any(ascii_lower(word) == _NONE for word in line.words):
            raise Fault(SshConfigProblem.BAD_VALUE, " ".join(line.words))
        if not is_active or not line.words or name in self.several:
            return
        if len(line.words) > options.SEVERAL[name]:
            raise Fault(SshConfigProblem.TOO_MANY, line.keyword)
        self.several[name] = [Said(word, place) for word in line.words]

    def _take_forward(self, name: str, line: Line, place: Place, is_active: bool) -> None:
        words = line.words
        is_dynamic = name == "dynamicforward" or (name == "remoteforward" and not any(words[1:2]))
        wanted = 1 if is_dynamic else 2
        if len(words) < wanted or not all(words[:wanted]):
            raise Fault(SshConfigProblem.MISSING_VALUE, line.keyword)
        is_remote = name == "remoteforward"
        forward = parse_forward(words[:wanted], self.environment, is_remote=is_remote, is_dynamic=is_dynamic)
        if len(words) > wanted:
            raise Fault(SshConfigProblem.EXTRA_WORDS, line.keyword)
        known = self.forwards.setdefault(name, [])
        if is_active and not any(each == forward for each, _ in known):
            known.append((forward, place))

    def _take_command(self, name: str, line: Line, place: Place, is_active: bool) -> None:
        # A ProxyJump goes before a ProxyCommand that comes later, unless it says `none`.
        jumps = self.jumps is not None and bool(self.jumps[0].hops)
        if is_active and not (name == "proxycommand" and jumps):
            self.single.setdefault(name, Said(line.command, place))

    def _take_jump(self, line: Line, place: Place, is_active: bool) -> None:
        jumps = parse_jumps(line.command)
        if is_active and self.jumps is None and "proxycommand" not in self.single:
            self.jumps = (jumps, place)


def _only_word(line: Line) -> str:
    if not line.words or not line.words[0]:
        raise Fault(SshConfigProblem.MISSING_VALUE, line.keyword)
    if len(line.words) > 1:
        raise Fault(SshConfigProblem.EXTRA_WORDS, line.keyword)
    return line.words[0]


def _check_agent(word: str, environment: Mapping[str, str]) -> None:
    """``$NAME``, the older form of ``${NAME}``, must be a name; and what the newer form names must be set."""
    fill_variables(word, environment)
    name = word[1:]
    if word.startswith("$") and not word.startswith("${") and not _is_variable_name(name):
        raise Fault(SshConfigProblem.BAD_VALUE, word)


def _is_variable_name(name: str) -> bool:
    """Letters, digits and underscores."""
    return name.isascii() and name.replace("_", "a").isalnum()
