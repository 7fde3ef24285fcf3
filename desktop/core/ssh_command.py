"""An ssh command line, both ways: read from a paste, and given back for a terminal."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace

from desktop.core import ssh_options
from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.forward_spec import forward_words, parse_dynamic, parse_forward, parse_port
from desktop.core.model import SSH_PORT, Auth, AuthMethod, Connection, Forward, Hop, Proxy, ProxyKind
from desktop.core.shell_words import simple_commands
from desktop.core.ssh_arguments import arguments_of, destination_parts, is_host
from desktop.core.ssh_proxy import proxy_of_command, shell_words
from desktop.core.ssh_way import NO_WAY, hop_words, parse_jumps, way_words
from desktop.core.warehouses import likely_port

_PROGRAMS = frozenset({"ssh", "autossh"})
_WRAPPERS = frozenset({"caffeinate", "command", "env", "exec", "nohup", "setsid", "sshpass", "sudo", "time"})
_ASSIGNMENT = re.compile(r"\w+=")
_OPTION_PAIR = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*", re.DOTALL)
_PUBLIC = ".pub"
_STDIO_FORWARDS = ("%h:%p", "[%h]:%p")
_LONE_TOKEN = re.compile(r"(?<!%)(?:%%)*%(?!%)")
_ORIGINAL_NAME = re.compile(r"(?<!%)((?:%%)*)%n")


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """What a pasted command says.

    Each of `forwards` becomes a connection over the same `hop`. `hop.user` is empty where the command leaves it to the
    account's name, and `names_port` tells whether `hop.port` is the command's or the usual one. `hop.auth` is by key
    file where the command names one, and by SSH agent where it names that, or a key's public half: its private one can
    only be an agent's (ssh(1), -i). `jumps` are the hosts on the way to it, nearest first, and `proxy` is what is in
    front of them. `ignored` options mean nothing here. `not_taken` options change how the host is reached, or what else
    listens, and are not carried over: the person should know.
    """

    forwards: tuple[Forward, ...]
    hop: Hop
    ignored: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    jumps: tuple[Hop, ...] = ()
    proxy: Proxy | None = None
    names_port: bool = False

    @property
    def names_file(self) -> bool:
        """Another ssh_config than the usual ones, which is not read."""
        return any(option.startswith("-F") for option in self.not_taken)


def parse_ssh_command(text: str, *, needs_forward: bool = True) -> ParsedCommand:
    """The first ssh or autossh command in `text`. Raises `CommandNotUnderstood` with a `CommandProblem`.

    A command without a forward will do where `needs_forward` is off: the host may be an alias that has some.
    """
    program, words = _ssh_words(text)
    reading = _Reading()
    for letter, argument in arguments_of(words, autossh=program == "autossh"):
        reading.take(letter, argument)
    parsed = reading.result()
    if needs_forward and not parsed.forwards:
        raise no_forward()
    return parsed


def no_forward() -> CommandNotUnderstood:
    """The command is understood but for a forward, which neither it nor anything else names."""
    return CommandNotUnderstood(problem=CommandProblem.NO_FORWARD, part="")


def ssh_command(connection: Connection, local_port: int | None = None) -> str:
    """A line for a POSIX shell that does what `connection` does.

    An automatic local port becomes `local_port` or else a likely one. A key appears only as its file's name, so a
    chosen one of an SSH agent whose public half has no file is left for the agent to offer. An alias stays one.
    """
    forward = connection.forward
    port = forward.local_port or local_port or likely_port(connection)
    words = ["ssh", "-N", *forward_words(forward, port)]
    return shlex.join([*words, *way_words(connection.route), *hop_words(connection.route.bastion)])


def _ssh_words(text: str) -> tuple[str, list[str]]:
    commands = simple_commands(text)
    if not commands:
        raise CommandNotUnderstood(problem=CommandProblem.EMPTY, part="")
    for command in commands:
        for index, word in enumerate(command):
            program = _program_name(word)
            if program in _PROGRAMS and (index == 0 or _is_wrapped(command[0])):
                return program, command[index + 1 :]
    raise CommandNotUnderstood(problem=CommandProblem.NOT_SSH, part=_printable_program(commands[0][0]))


def _program_name(word: str) -> str:
    return re.split(r"[/\\]", word)[-1].lower().removesuffix(".exe")


def _is_wrapped(first_word: str) -> bool:
    return _program_name(first_word) in _WRAPPERS or _ASSIGNMENT.match(first_word) is not None


def _printable_program(word: str) -> str:
    """The word, unless it is more than a program's name: an assignment or a URL may hold a password."""
    return word if re.fullmatch(r"[\w.+-]{1,40}", word) else ""


@dataclass(slots=True)
class _Reading:
    """Collects a command's words. As in ssh, the first value given for a setting is the one that counts."""

    forwards: list[Forward] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)
    way: tuple[tuple[Hop, ...], Proxy | None] | None = None

    def take(self, letter: str, argument: str) -> None:
        match letter:
            case "":
                self._take_destination(argument)
            case "command":
                self.ignored.append(argument)
            case "L":
                self._take_forward(parse_forward(argument), f"-L {argument}")
            case "D":
                self._take_forward(parse_dynamic(argument), f"-D {argument}")
            case "p":
                self._take_port(argument)
            case "l":
                self.settings.setdefault("user", argument)
            case "J":
                self._take_jumps(argument, f"-J {argument}")
            case "i":
                self._take_file("identityfile", argument, f"-i {argument}")
            case "o":
                self._take_option(argument)
            case _:
                self._note(letter, f"-{letter} {argument}".strip())

    def result(self) -> ParsedCommand:
        hop = self.hop()
        jumps, proxy = self.way or ((), None)
        if proxy is not None and proxy.kind is ProxyKind.COMMAND:
            name = self.settings.get("host", "").replace("\\", r"\\")
            proxy = replace(proxy, command=_ORIGINAL_NAME.sub(rf"\g<1>{name}", proxy.command))
        return ParsedCommand(
            tuple(self.forwards),
            hop,
            tuple(self.ignored),
            tuple(self.not_taken),
            jumps,
            proxy,
            names_port="port" in self.settings,
        )

    def hop(self) -> Hop:
        host = self.settings.get("hostname") or self.settings.get("host", "")
        if not host:
            raise CommandNotUnderstood(problem=CommandProblem.NO_HOST, part="")
        if not is_host(host):
            raise CommandNotUnderstood(problem=CommandProblem.BAD_HOST, part=host)
        auth = self._auth()
        if auth.method is not AuthMethod.INTERACTIVE:
            auth = replace(auth, certificate_file=self.settings.get("certificatefile", ""))
        port = int(self.settings.get("port", SSH_PORT))
        return Hop(host=host, user=self.settings.get("user", ""), port=port, auth=auth)

    def _auth(self) -> Auth:
        if self.settings.get("preferredauthentications", "").lower().split(",")[0] == "keyboard-interactive":
            return Auth(AuthMethod.INTERACTIVE)
        identity, agent = self.settings.get("identityfile", ""), self.settings.get("identityagent")
        if identity and not identity.endswith(_PUBLIC):
            # A key file does without the agent.
            self.not_taken += [f"-o IdentityAgent={agent}"] if agent else []
            return Auth(AuthMethod.KEY_FILE, identity)
        if identity or agent is not None:
            return Auth(AuthMethod.AGENT, identity, agent=agent or "")
        return Auth()

    def _take_destination(self, word: str) -> None:
        user, host, port = destination_parts(word)
        self.settings.setdefault("host", host)
        if user:
            self.settings.setdefault("user", user)
        if port:
            self._take_port(port)

    def _take_port(self, text: str) -> None:
        self.settings.setdefault("port", str(parse_port(text)))

    def _take_jumps(self, hosts: str, as_written: str) -> None:
        self._take_way(parse_jumps(hosts), None, as_written)

    def _take_way(self, jumps: tuple[Hop, ...], proxy: Proxy | None, as_written: str) -> None:
        """ssh_config(5), ProxyJump: the first of these options counts, whichever it is."""
        if self.way is None:
            self.way = jumps, proxy
        elif self.way != (jumps, proxy):
            self.not_taken.append(as_written)

    def _take_file(self, key: str, path: str, as_written: str) -> None:
        if self.settings.setdefault(key, path) != path:
            self.not_taken.append(as_written)

    def _take_forward(self, parsed: tuple[Forward, bool], as_written: str) -> None:
        forward, bind_kept = parsed
        self.forwards.append(forward)
        if not bind_kept:
            self.not_taken.append(as_written)

    def _take_option(self, argument: str) -> None:
        pair = _OPTION_PAIR.fullmatch(argument)
        if pair is None or not pair[2]:
            raise CommandNotUnderstood(problem=CommandProblem.MISSING_ARGUMENT, part=f"-o {argument}".strip())
        key, value, as_written = pair[1].lower(), pair[2].strip('"'), f"-o {argument}"
        match key:
            case "port":
                self._take_port(value)
            case "user" | "preferredauthentications":
                self.settings.setdefault(key, value)
            case "localforward" | "dynamicforward":
                self._take_forward(_forward_of_option(key, value), as_written)
            case "identityfile" | "certificatefile" if key == "identityfile" or "%" not in value:
                self._take_file(key, value, as_written)
            case "proxyjump":
                self._take_jumps(value, as_written)
            case "proxycommand":
                # All that follows, quotes too: the shell takes it apart.
                self._take_way(*_way_of_command(pair[2]), as_written)
            case "identityagent" if "%" not in value and value.lower() != "none":
                # ssh_config(5): this word stands for the variable, which is looked at anyway.
                self.settings.setdefault("identityagent", "" if value == "SSH_AUTH_SOCK" else value)
            case "hostname" if "%" not in value:
                self.settings.setdefault("hostname", value)
            case _:
                self._note_option(key, value, as_written)

    def _note(self, letter: str, as_written: str) -> None:
        if letter in ssh_options.NOT_TAKEN_LETTERS:
            self.not_taken.append(as_written)
        elif letter not in ssh_options.SILENT_LETTERS:
            self.ignored.append(as_written)

    def _note_option(self, key: str, value: str, as_written: str) -> None:
        if key in ssh_options.SILENT_KEYS or (key in ssh_options.NOT_TAKEN_KEYS and value.lower() == "none"):
            return
        not_taken = key in ssh_options.NOT_TAKEN_KEYS or key == "hostname"
        (self.not_taken if not_taken else self.ignored).append(as_written)


def _forward_of_option(key: str, value: str) -> tuple[Forward, bool]:
    return parse_dynamic(value) if key == "dynamicforward" else parse_forward(":".join(value.split()))


def _way_of_command(command: str) -> tuple[tuple[Hop, ...], Proxy | None]:
    """The jump hosts that a ProxyCommand of ``ssh -W`` names, and the proxy that it or another command stands for."""
    if command.lower() == NO_WAY:
        return (), None
    return _stdio_forward(shell_words(command)) or ((), proxy_of_command(command))


def _stdio_forward(words: list[str]) -> tuple[tuple[Hop, ...], Proxy | None] | None:
    """What an ssh does whose whole use is to lead to the next one; None where there is more to it."""
    if not words or _program_name(words[0]) != "ssh":
        return None
    reading = _Reading()
    try:
        for letter, argument in arguments_of(words[1:], autossh=False):
            if _LONE_TOKEN.search(argument) and (letter != "W" or argument not in _STDIO_FORWARDS):
                return None
            reading.take(letter, argument.replace("%%", "%"))
        hop = reading.hop()
    except CommandNotUnderstood:
        return None
    if (
        reading.forwards
        or reading.ignored
        or reading.not_taken not in ([f"-W {way}"] for way in _STDIO_FORWARDS)
    ):
        return None
    jumps, proxy = reading.way or ((), None)
    return (*jumps, hop), proxy
