"""One sentence for each thing that can be wrong with what a person typed."""

from __future__ import annotations

from desktop.core.command_problem import CommandProblem
from desktop.core.validation import Fault, Field, Problem

_FIELD_NAMES = {
    Field.NAME: "The name",
    Field.BASTION_HOST: "The bastion's host",
    Field.BASTION_PORT: "The bastion's port",
    Field.BASTION_USER: "The bastion's user",
    Field.IDENTITY_FILE: "The key file",
    Field.AGENT_KEY: "The agent's key",
    Field.PROXY_HOST: "The proxy's host",
    Field.PROXY_PORT: "The proxy's port",
    Field.PROXY_USER: "The proxy's user",
    Field.PROXY_COMMAND: "The command",
    Field.TARGET_HOST: "The warehouse's host",
    Field.TARGET_PORT: "The warehouse's port",
    Field.TARGET_SOCKET: "The socket's path",
    Field.CA_FILE: "The CA file's path",
    Field.SERVER_NAME: "The name in the certificate",
    Field.LOCAL_PORT: "The local port",
    Field.LOCAL_HOST: "The local address",
}
_OF_JUMP_HOST = {
    Field.BASTION_HOST: "The host",
    Field.BASTION_PORT: "The port",
    Field.BASTION_USER: "The user",
    Field.IDENTITY_FILE: "The key file",
    Field.AGENT_KEY: "The agent's key",
}
_FAULTS = {
    Fault.EMPTY: "{field} is missing.",
    Fault.DUPLICATE: "{field} is already used by the connection {other}.",
    Fault.OUT_OF_RANGE: "{field} must be a number from 1 to 65535{automatic}.",
    Fault.HAS_SPACES: "{field} can't contain spaces or invisible characters.",
    Fault.NOT_LOOPBACK: "{field} must be 127.0.0.1 or ::1, so that only this computer can use the tunnel.",
    Fault.PORT_TAKEN_BY_OTHER: "{field} is already used by the connection {other}.",
    Fault.HAS_INVISIBLE: "{field} can't contain line ends or invisible characters.",
    Fault.SAME_AS_BEFORE: "{field} and its port are those of the jump host before.",
    Fault.NOT_A_SOCKET_PATH: "{field} must be the whole one on the bastion: it begins with / and has up to 107 bytes.",
    Fault.NOT_A_HOST: "{field} can't begin with a hyphen or have quotes, brackets and the like in it.",
    Fault.KEYS_ARE_CONFIGURED: "{field} is an alias of your ssh configuration, which has the say about keys: put an"
    " IdentityFile line there.",
    Fault.NEEDS_BASTION: "{field} can't be reached without a bastion. A direct connection leads to one host and port.",
    Fault.NOT_A_FINGERPRINT: "{field} must be named by its fingerprint, SHA256:... as ssh-add -l prints it.",
}
_COMMAND_PROBLEMS = {
    CommandProblem.EMPTY: "There is no command. Paste a line such as: {example}",
    CommandProblem.NOT_SSH: "It is not an ssh command{of_part}. Paste a line such as: {example}",
    CommandProblem.UNBALANCED_QUOTES: "A quote is opened and never closed. Add the missing {part}.",
    CommandProblem.UNKNOWN_OPTION: "ssh has no option {part}. Check the line for a typing error.",
    CommandProblem.MISSING_ARGUMENT: "The option {part} needs a value after it.",
    CommandProblem.NO_HOST: "It does not name the bastion. Add it at the end, as in: {example}",
    CommandProblem.BAD_HOST: "{part} can't be the name of a host.",
    CommandProblem.NO_FORWARD: "It forwards no port. Add the warehouse with -L (or -D for any host, by SOCKS), as in:"
    " {example}",
    CommandProblem.BAD_FORWARD: "{part} is not a forward. -L takes LOCAL_PORT:WAREHOUSE_HOST:WAREHOUSE_PORT or"
    " LOCAL_PORT:/PATH/OF/SOCKET, and -D takes LOCAL_PORT.",
    CommandProblem.BAD_PLACE: "{part} does not name a host and a port. Write it as db.example.com:5432.",
    CommandProblem.UNIX_SOCKET: "{part} listens on a Unix socket of this computer. Caponier listens on TCP ports"
    " only: put a port before the first colon, such as 15432.",
    CommandProblem.BAD_PORT: "{part} is not a port. A port is a number from 1 to 65535.",
    CommandProblem.BAD_PROXY: "{part} is not a proxy. Write it as socks5://me@proxy.example.com:1080 or"
    " http://proxy.example.com:3128.",
    CommandProblem.UNSAFE_URL: "The address of the proxy holds a password, which others on this computer could read."
    " Leave it out, as in socks5://me@proxy.example.com:1080; you are asked for it, or store it with: caponier secret"
    " set NAME proxy-password",
}
# What looks like a password is not repeated.
_UNSHOWN = {CommandProblem.BAD_PROXY: "This"}
_EXAMPLE = "ssh -N -L 15432:db.internal:5432 me@bastion.example.com"


def problem_text(problem: Problem) -> str:
    """What is wrong with one field of the form, and what it must be."""
    return field_problem_text(problem.field, problem.fault, problem.detail, str(problem.jump_host or ""))


def field_problem_text(field: str, fault: str, detail: str = "", jump_host: str = "") -> str:
    """As `problem_text`, from the facts of `connection_invalid`; unknown ones get a general sentence."""
    if field not in set(Field) or fault not in set(Fault):
        return "The connection is not complete."
    automatic = Field(field) is Field.LOCAL_PORT
    return _FAULTS[Fault(fault)].format(
        field=_name_of(Field(field), jump_host),
        other=detail or "(no name)",
        automatic=", or automatic" if automatic else "",
    )


def _name_of(field: Field, jump_host: str) -> str:
    if jump_host and field in _OF_JUMP_HOST:
        return f"{_OF_JUMP_HOST[field]} of jump host {jump_host}"
    return _FIELD_NAMES[field]


def command_problem_text(problem: str, part: str) -> str:
    """Why a pasted ssh command was not understood; `problem` is a `CommandProblem` value."""
    if problem not in set(CommandProblem):
        return f"Paste a line such as: {_EXAMPLE}"
    of_part = f", but one of {part}" if part else ""
    shown = part or _UNSHOWN.get(CommandProblem(problem), "(empty)")
    return _COMMAND_PROBLEMS[CommandProblem(problem)].format(part=shown, of_part=of_part, example=_EXAMPLE)
