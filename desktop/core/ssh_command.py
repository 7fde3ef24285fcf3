"""An ssh command line, both ways: read from a paste, and given back for a terminal."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from desktop.core import ssh_options
from desktop.core.command_problem import CommandProblem
from desktop.core.errors import CommandNotUnderstood
from desktop.core.forward_spec import forward_spec, parse_forward, parse_port
from desktop.core.model import Auth, AuthMethod, Connection, Forward, Hop
from desktop.core.shell_words import simple_commands

SSH_PORT = 22
_PROGRAMS = frozenset({"ssh", "autossh"})
_WRAPPERS = frozenset({"caffeinate", "command", "env", "exec", "nohup", "setsid", "sshpass", "sudo", "time"})
_ASSIGNMENT = re.compile(r"\w+=")
_OPTION_PAIR = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*", re.DOTALL)
_URI = re.compile(r"ssh://(?:([^@/]*)@)?(\[[^\]]*\]|[^:/]*)(?::([^/]*))?/?", re.IGNORECASE)
_PUBLIC = ".pub"
_HOST_AND_PORT = re.compile(r"\[([^\]]*)\](?::(.*))?|([^:]*):([^:]*)")


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """What a pasted command says.

    `forwards` holds at least one; each becomes a connection over the same `hop`. `hop.user` is empty where
    the command leaves it to the account's name; `hop.auth` is by key file where the command names one, and by SSH agent
    where it names that, or a key's public half: its private one can only be an agent's (ssh(1), -i).
    `ignored` options mean nothing here. `not_taken` options change how the host is reached, or what else
    listens, and are not carried over: the person should know.
    """

    forwards: tuple[Forward, ...]
    hop: Hop
    ignored: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()


def parse_ssh_command(text: str) -> ParsedCommand:
    """The first ssh or autossh command in `text`. Raises `CommandNotUnderstood` with a `CommandProblem`."""
    program, words = _ssh_words(text)
    reading = _Reading()
    for letter, argument in _arguments(words, autossh=program == "autossh"):
        reading.take(letter, argument)
    return reading.result()


def ssh_command(connection: Connection, local_port: int | None = None) -> str:
    """A line for a POSIX shell that does what `connection` does.

    An automatic local port becomes `local_port` or else the target's own. A key appears only as its file's
    name, so a chosen one of an SSH agent whose public half has no file is left for the agent to offer.
    """
    *jumps, bastion = connection.route.hops
    forward = connection.forward
    port = forward.local_port or local_port or forward.target.port
    words = ["ssh", "-N", "-L", forward_spec(forward, port)]
    if jumps:
        words += ["-J", ",".join(_login(hop.user, str(hop.endpoint)) for hop in jumps)]
    if bastion.port != SSH_PORT:
        words += ["-p", str(bastion.port)]
    words += _auth_words(bastion.auth)
    destination = _login(bastion.user, bastion.host)
    words += ["--", destination] if destination.startswith("-") else [destination]
    return shlex.join(words)


def _auth_words(auth: Auth) -> list[str]:
    if auth.method is AuthMethod.KEY_FILE:
        return ["-i", auth.identity_file]
    if auth.method is not AuthMethod.AGENT:
        return []
    agent = ["-o", f"IdentityAgent={_quoted(auth.agent)}"] if auth.agent else []
    return [*agent, "-o", "IdentitiesOnly=yes", "-i", auth.identity_file] if auth.identity_file else agent


def _quoted(value: str) -> str:
    """As ssh_config(5) has it for a value with spaces."""
    return f'"{value}"' if re.search(r"\s", value) else value


def _login(user: str, host: str) -> str:
    return f"{user}@{host}" if user else host


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


def _arguments(words: list[str], *, autossh: bool) -> Iterator[tuple[str, str]]:
    """Options as (letter, argument), the destination as ("", word), a remote command as ("command", program).

    As ssh(1) does it: options may follow the destination, and the second plain word starts the remote
    command. Only the command's first word is kept: what follows may be a secret.
    """
    rest = list(words)
    seen_destination = options_ended = False
    while rest:
        word = rest.pop(0)
        if word == "--" and not options_ended:
            options_ended = True
        elif word.startswith("-") and word != "-" and not options_ended:
            yield from _cluster(word, rest, autossh=autossh)
        elif seen_destination:
            yield "command", word
            return
        else:
            seen_destination = True
            yield "", word


def _cluster(word: str, rest: list[str], *, autossh: bool) -> Iterator[tuple[str, str]]:
    """The options of one word such as ``-NfL``; an argument is what follows in it, or the next of `rest`."""
    for index, letter in enumerate(word[1:], start=2):
        if autossh and letter in ssh_options.AUTOSSH_FLAGS:
            continue
        of_autossh = autossh and letter in ssh_options.AUTOSSH_WITH_ARGUMENT
        if of_autossh or letter in ssh_options.WITH_ARGUMENT:
            if index == len(word) and not rest:
                raise CommandNotUnderstood(problem=CommandProblem.MISSING_ARGUMENT, part=f"-{letter}")
            argument = word[index:] or rest.pop(0)
            if not of_autossh:
                yield letter, argument
            return
        if letter not in ssh_options.FLAGS:
            raise CommandNotUnderstood(problem=CommandProblem.UNKNOWN_OPTION, part=f"-{letter}")
        yield letter, ""


@dataclass(slots=True)
class _Reading:
    """Collects a command's words. As in ssh, the first value given for a setting is the one that counts."""

    forwards: list[Forward] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    not_taken: list[str] = field(default_factory=list)

    def take(self, letter: str, argument: str) -> None:
        match letter:
            case "":
                self._take_destination(argument)
            case "command":
                self.ignored.append(argument)
            case "L":
                self._take_forward(argument, f"-L {argument}")
            case "p":
                self._take_port(argument)
            case "l":
                self.settings.setdefault("user", argument)
            case "i":
                self._take_identity(argument, f"-i {argument}")
            case "o":
                self._take_option(argument)
            case _:
                self._note(letter, f"-{letter} {argument}".strip())

    def result(self) -> ParsedCommand:
        host = self.settings.get("hostname") or self.settings.get("host", "")
        if not host:
            raise CommandNotUnderstood(problem=CommandProblem.NO_HOST, part="")
        if host.startswith("-") or re.search(r"\s", host):
            raise CommandNotUnderstood(problem=CommandProblem.BAD_HOST, part=host)
        if not self.forwards:
            raise CommandNotUnderstood(problem=CommandProblem.NO_FORWARD, part="")
        auth = self._auth()
        port = int(self.settings.get("port", SSH_PORT))
        hop = Hop(host=host, user=self.settings.get("user", ""), port=port, auth=auth)
        return ParsedCommand(tuple(self.forwards), hop, tuple(self.ignored), tuple(self.not_taken))

    def _auth(self) -> Auth:
        identity, agent = self.settings.get("identityfile", ""), self.settings.get("identityagent")
        if identity and not identity.endswith(_PUBLIC):
            # A key file does without the agent.
            self.not_taken += [f"-o IdentityAgent={agent}"] if agent else []
            return Auth(AuthMethod.KEY_FILE, identity)
        if identity or agent is not None:
            return Auth(AuthMethod.AGENT, identity, agent=agent or "")
        return Auth()

    def _take_destination(self, word: str) -> None:
        uri = _URI.fullmatch(word)
        if uri is not None:
            # A URI may carry parameters after ";", and people put passwords after ":": both are dropped.
            user = unquote(re.split("[;:]", uri[1] or "")[0])
            host, port = uri[2].strip("[]"), uri[3] or ""
        else:
            user, _, place = word.rpartition("@")
            host, port = _host_and_port(place)
        self.settings.setdefault("host", host)
        if user:
            self.settings.setdefault("user", user)
        if port:
            self._take_port(port)

    def _take_port(self, text: str) -> None:
        self.settings.setdefault("port", str(parse_port(text)))

    def _take_identity(self, path: str, as_written: str) -> None:
        if self.settings.setdefault("identityfile", path) != path:
            self.not_taken.append(as_written)

    def _take_forward(self, spec: str, as_written: str) -> None:
        forward, bind_kept = parse_forward(spec)
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
            case "user":
                self.settings.setdefault("user", value)
            case "identityfile":
                self._take_identity(value, as_written)
            case "localforward":
                self._take_forward(":".join(value.split()), as_written)
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


def _host_and_port(place: str) -> tuple[str, str]:
    """`place` without brackets, and the port of ``host:port``: ssh does not take it, but people write it."""
    match = _HOST_AND_PORT.fullmatch(place)
    if match is None:
        return place, ""
    return (match[1], match[2] or "") if match[1] is not None else (match[3], match[4])
