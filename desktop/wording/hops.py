"""Sentences about what stands between this computer and the bastion: jump hosts and proxies."""

from __future__ import annotations

from desktop.core.errors import Cause
from desktop.wording.sentences import Sentence

_JUMP_TITLES = {
    "refused": "{jump} could not connect to {host} on port {port}",
    "name": "{jump} does not find the name {host}",
    "timeout": "{jump} got no answer from {host} on port {port}",
}
_JUMP_ADVICE = {
    "refused": "Seen from {jump}, nothing listens there, or a firewall rejects it. Check host and port of {host}.",
    "name": "The name is looked up on the jump host {jump}. Use the name or the address that {host} has there.",
    "timeout": "A firewall between {jump} and {host} may drop the connection, or {host} is switched off.",
}


def _jump_title(cause: Cause) -> str:
    return _JUMP_TITLES.get(cause.fact("trouble"), _JUMP_TITLES["refused"])


def _jump_advice(cause: Cause) -> str:
    advice = _JUMP_ADVICE.get(cause.fact("trouble"), _JUMP_ADVICE["refused"])
    return f"{advice} Caponier keeps trying."


SENTENCES = {
    "jump_refused": Sentence(
        "{jump} does not let you go on to {host}",
        "The login at {jump} worked, but its administrator does not allow connections from there to port {port}"
        " of {host}. Ask for AllowTcpForwarding and PermitOpen in sshd_config, and for permitopen= or restrict in"
        " your line of authorized_keys. Then connect again.",
    ),
    "jump_unreachable": Sentence(_jump_title, _jump_advice),
}
