"""Help where the bastion does not lead to the warehouse, or gets no answer of it.

Settings as in sshd_config(5) and sshd(8), AUTHORIZED_KEYS FILE FORMAT.
"""

from __future__ import annotations

from desktop.core.model import Endpoint
from desktop.wording.help import Case, Help, Helper, Setting, sentences

_HTTP_PORTS = frozenset({80, 443, 8443})
_ASLEEP = "It is paused. Serverless ones (Aurora, Redshift, Azure SQL) need up to a minute to wake: check again then."


def wrong_port(case: Case) -> str:
    """A likely cause where the port is not the usual one of the kind, else empty."""
    target, kind = case.connection.forward.target, case.kind
    if not isinstance(target, Endpoint) or not kind.port or target.port in (kind.port, *_HTTP_PORTS):
        return ""
    return f"The port is wrong: {kind.title} usually listens on {kind.port}, and this connection says {target.port}."


def firewall(case: Case) -> Setting:
    """The rule that lets in whoever connects to the warehouse."""
    whose = "this computer's public address" if case.is_direct else "the bastion's address in that network"
    source = "PUBLIC-ADDRESS-OF-THIS-COMPUTER" if case.is_direct else case.near
    return Setting(
        f"In the firewall or security group of the warehouse, with {whose}",
        f"allow TCP from {source} to {case.target}",
    )


def _prohibited(case: Case) -> Help:
    return _socket_prohibited(case) if case.is_socket else _port_prohibited(case)


def _port_prohibited(case: Case) -> Help:
    bastion, target = case.near, case.target
    return sentences(
        f"AllowTcpForwarding in sshd_config on {bastion} is no or remote, or DisableForwarding is yes.",
        f"PermitOpen in sshd_config names other targets than {target}. The name must be written as it is here.",
        "restrict, no-port-forwarding or another permitopen= stands before your key in authorized_keys.",
        settings=(
            Setting(
                f"In sshd_config on {bastion}, beside the targets that PermitOpen names already",
                _for_user(case, "DisableForwarding no", "AllowTcpForwarding yes", f"PermitOpen {target}"),
            ),
            Setting(
                f"Before your key in authorized_keys on {bastion}",
                f'restrict,port-forwarding,permitopen="{target}"',
            ),
        ),
    )


def _socket_prohibited(case: Case) -> Help:
    bastion = case.near
    return sentences(
        f"AllowStreamLocalForwarding in sshd_config on {bastion} is no or remote, or DisableForwarding is yes.",
        "restrict or no-port-forwarding stands before your key in authorized_keys.",
        f"{bastion} is no OpenSSH server, and does not know forwarding to sockets.",
        settings=(
            Setting(
                f"In sshd_config on {bastion}",
                _for_user(case, "DisableForwarding no", "AllowStreamLocalForwarding yes"),
            ),
            Setting(f"Before your key in authorized_keys on {bastion}", "restrict,port-forwarding"),
        ),
    )


def _for_user(case: Case, *lines: str) -> str:
    """The lines in a Match block, so that others keep what they have."""
    if not case.ssh_user:
        return "\n".join(lines)
    return "\n".join((f"Match User {case.ssh_user}", *(f"    {line}" for line in lines)))


def _name_not_found(case: Case) -> Help:
    if case.is_direct:
        return sentences(
            f"{case.target_host} is misspelt.",
            "It is a name of a private network: a VPN is off, or the way leads through a bastion.",
        )
    return sentences(
        f"{case.target_host} is misspelt. The name is looked up on {case.near}, not on this computer.",
        f"It is in a private zone that the network of {case.near} does not see (split DNS).",
        "The warehouse was deleted, or renamed.",
        settings=(Setting(f"To be run on {case.near}", f"getent hosts {case.target_host}"),),
    )


def _refused(case: Case) -> Help:
    if case.is_socket:
        return sentences(
            f"Nothing listens on {case.target}: the warehouse does not run, or its socket is somewhere else.",
            "Your user on the bastion may not use the socket.",
            "Forwarding to sockets is not allowed: OpenSSH gives the same answer then.",
            settings=_socket_prohibited(case).settings,
        )
    return sentences(
        wrong_port(case),
        f"The warehouse is not running on {case.target_host}.",
        "It runs, but listens for clients of its own host only (listen_addresses, bind-address).",
        f"A firewall rejects {case.near}.",
        settings=(firewall(case),),
    )


def _timeout(case: Case) -> Help:
    return sentences(
        f"Its firewall or security group drops what comes from {case.near}.",
        f"Its list of allowed addresses lacks that of {case.near}.",
        _ASLEEP,
        wrong_port(case),
        f"There is no way from {case.near} to the network of {case.target_host}.",
        settings=(firewall(case),),
    )


def hung_up(case: Case) -> Help:
    return sentences(
        "A load balancer stands in front of it, and no server behind that.",
        f"Its list of allowed addresses lacks that of {case.near}.",
        wrong_port(case) or "Something else listens on this port.",
        settings=(firewall(case),),
    )


def silent(case: Case) -> Help:
    return sentences(
        "It is overloaded, or has all its workers busy.",
        _ASLEEP,
        wrong_port(case) or "Something else listens on this port.",
    )


HELP: dict[str, Helper] = {
    "forward_prohibited": _prohibited,
    "warehouse_name_not_found": _name_not_found,
    "warehouse_refused": _refused,
    "warehouse_timeout": _timeout,
}
