"""Sentences about forwards, local ports, saved data and the program itself."""

from __future__ import annotations

from desktop.core.command_problem import CommandProblem
from desktop.core.errors import Cause
from desktop.wording.problems import command_problem_text, field_problem_text
from desktop.wording.sentences import Sentence, Template, literal, picked


def _invalid_title(cause: Cause) -> str:
    text = field_problem_text(
        cause.fact("field"), cause.fact("problem"), cause.fact("detail"), cause.fact("jump_host")
    )
    return literal(text.removesuffix("."))


def _command_title(cause: Cause) -> str:
    if cause.fact("problem") == CommandProblem.BAD_PLACE:
        return "This address was not understood"
    of_proxy = cause.fact("problem") in (CommandProblem.BAD_PROXY, CommandProblem.UNSAFE_URL)
    return "This proxy was not understood" if of_proxy else "This ssh command was not understood"


def _command_advice(cause: Cause) -> str:
    return literal(command_problem_text(cause.fact("problem"), cause.fact("part")))


def _kept_advice(cause: Cause) -> str:
    empty = "Reason: {reason}. Caponier starts with an empty list."
    kept = cause.fact("kept_as")
    if not kept or kept == cause.fact("path"):
        return f"{empty} The damaged file was left where it is: {{path}}."
    cure = "put the previous version, {previous}," if cause.fact("previous") else "repair it and put it"
    return (
        f"{empty} The damaged file is kept as {{kept_as}}. To get your connections back, {cure} in place of"
        " {path} while Caponier is not running."
    )


def _by_target(to_host: Template, to_socket: Template) -> Template:
    """A bastion's answers mean something else where the target is a Unix socket."""
    return lambda cause: picked(to_socket if cause.fact("target").startswith("/") else to_host, cause)


def _with_free(text: str) -> Template:
    """Where a port near the wish is free, it is named."""

    def template(cause: Cause) -> str:
        free = cause.fact("free")
        return text.replace(
            "{free}", f"use port {free}, which is free, " if free else "choose another local port, "
        )

    return template


def _from_where(from_bastion: Template, from_here: Template) -> Template:
    """A direct connection has no bastion that could be named."""
    return lambda cause: picked(from_bastion if cause.fact("bastion") else from_here, cause)


SENTENCES = {
    "forward_prohibited": Sentence(
        "{bastion} does not allow forwarding to {target}",
        _by_target(
            "The login worked. Ask the administrator of {bastion} to allow TCP forwarding to {target}. The"
            " settings that can forbid it are AllowTcpForwarding and PermitOpen in sshd_config, and permitopen="
            " and restrict before your key in authorized_keys.",
            "The login worked. Ask the administrator of {bastion} to allow forwarding to Unix sockets. The"
            " settings that can forbid it are AllowStreamLocalForwarding and DisableForwarding in sshd_config,"
            " and restrict before your key in authorized_keys. A server other than OpenSSH may not know it at all.",
        ),
    ),
    "warehouse_name_not_found": Sentence(
        _from_where(
            "{bastion} can't find the warehouse {target}",
            "The name of the warehouse {target} was not found",
        ),
        _from_where(
            "The name is looked up on the bastion, not on this computer. Check its spelling as {bastion} knows it.",
            "Check its spelling. If only your company's network knows it, connect to the VPN first, or go through a"
            " bastion.",
        ),
    ),
    "warehouse_refused": Sentence(
        _by_target(
            "The warehouse {target} refused the connection",
            "{bastion} can't connect to the socket {target}",
        ),
        _by_target(
            _from_where(
                "The bastion {bastion} works, but nothing listens on {target}, or a firewall between them rejects"
                " it. Check the warehouse's host and port, and whether it is running.",
                "Nothing listens on {target}, or a firewall rejects you. Check the warehouse's host and port, and"
                " whether it is running.",
            ),
            "The login worked, but OpenSSH does not say why this failed. Check on {bastion} that {target} is there,"
            " that a server listens on it, and that your user may use it; if so, ask its administrator whether"
            " AllowStreamLocalForwarding in sshd_config, or restrict before your key in authorized_keys, forbids it.",
        ),
    ),
    "warehouse_timeout": Sentence(
        "The warehouse {target} did not answer",
        _from_where(
            "The bastion {bastion} works, but got no answer from {target}. Check the warehouse's host and port,"
            " and whether its firewall lets {bastion} in. A paused warehouse may need a minute to wake up.",
            "Check its host and port, and whether its firewall lets this computer in. A VPN may be needed, and a"
            " paused warehouse may need a minute to wake up.",
        ),
    ),
    "port_in_use": Sentence(
        "Local port {port} is taken by {holder}",
        _with_free("End that program, {free}or set the port to automatic."),
    ),
    "port_reserved": Sentence(
        "Local port {port} belongs to the connection {name}",
        _with_free(
            "It keeps the port even while it is off, so that no program reaches the wrong warehouse. Here, {free}or set"
            " the port to automatic."
        ),
    ),
    "port_not_allowed": Sentence(
        "This computer does not let Caponier use local port {port}",
        _with_free(
            "Reason: {reason}. Ports below 1024 are often reserved: {free}or set the port to automatic.",
        ),
    ),
    "config_unreadable": Sentence("The saved connections can't be read", _kept_advice),
    "config_not_writable": Sentence(
        "Your changes can't be saved",
        "Reason: {path} can't be written ({reason}). Check the folder's permissions and the free space on"
        " the disk. Nothing was changed.",
    ),
    "connection_invalid": Sentence(_invalid_title, "Correct it and save again. Nothing was changed."),
    "connection_not_found": Sentence(
        "There is no connection named {name}",
        'Check the spelling; "caponier list" shows all names.',
    ),
    "jump_host_not_found": Sentence(
        "{name} has no jump host {jump_host}",
        'Check the spelling; "caponier list" shows the jump hosts of each connection.',
    ),
    "command_not_understood": Sentence(_command_title, _command_advice),
    "import_unreadable": Sentence(
        "This is no file of connections that Caponier can read",
        "Reason: {path}: {reason}. Check the path, or ask whoever gave it to you to export it once more. Nothing was"
        " changed.",
    ),
    "export_not_writable": Sentence(
        "The connections can't be exported",
        "Reason: {path} can't be written ({reason}). Check the folder's permissions and the free space on the disk, or"
        " choose another folder.",
    ),
    "window_unreachable": Sentence(
        "The command line can't reach this window",
        "Reason: {path} can't be used ({reason}). Everything else works, but a second start of Caponier would open a"
        " second window.",
    ),
    "window_silent": Sentence(
        "Caponier is running already, but does not answer",
        "Wait a moment and try again. If that does not help, end its process (number {process}) and start Caponier"
        " anew.",
    ),
    "demo_unavailable": Sentence(
        "The demo can't start",
        "Reason: {reason}. Missing packages come with Caponier's demo extra: caponier[demo].",
    ),
    "unexpected": Sentence(
        "Something went wrong inside Caponier",
        "Sorry, this is our fault, not yours ({detail}). Caponier tries again by itself. If it comes back,"
        " please report it with the newest file of the log folder.",
    ),
}
