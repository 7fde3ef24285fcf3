"""Help where an SSH server was not reached, or nobody could be sure that it is the right one."""

from __future__ import annotations

from desktop.core.model import SSH_PORT
from desktop.wording.help import Case, Help, Helper, Setting, sentences

_PUBLIC_ADDRESS = "PUBLIC-ADDRESS-OF-THIS-COMPUTER"


def _server(case: Case) -> str:
    return f"{case.fact('host', 'the bastion')}:{case.fact('port', str(SSH_PORT))}"


def _unusual_port(case: Case) -> str:
    port = case.fact("port", str(SSH_PORT))
    return (
        f"The port is wrong: SSH servers usually listen on 22, and {port} was tried." if port != "22" else ""
    )


def _let_us_in(case: Case) -> Setting:
    return Setting(
        "In the firewall or security group in front of it; a web search for “my ip” tells the public address",
        f"allow TCP from {_PUBLIC_ADDRESS} to {_server(case)}",
    )


def _not_on_list(case: Case) -> str:
    source = case.fact("source")
    seen = (
        f" Here it goes out from {source}; behind a router, the router's public address counts."
        if source
        else ""
    )
    return (
        f"The list of allowed addresses in front of it lacks the one that this computer goes out from.{seen}"
    )


def _name_not_found(case: Case) -> Help:
    host = case.fact("host", "the bastion")
    return sentences(
        f"{host} is misspelt.",
        "It is a name of your company's network, and the VPN is off.",
        "This network's name server does not know it: some Wi-Fi networks answer for public names only.",
    )


def _bastion_refused(case: Case) -> Help:
    host = case.fact("host", "the bastion")
    return sentences(
        _unusual_port(case),
        f"No SSH server runs on {host}, or it listens on another port.",
        f"A firewall rejects you. {_not_on_list(case)}",
        settings=(_let_us_in(case),),
    )


def _bastion_timeout(case: Case) -> Help:
    if case.fact("stage", "connect") != "connect":
        return sentences(
            "The server is overloaded, or waits for a directory or name service.",
            "A VPN or tunnel on the way drops large packets. A smaller MTU helps then.",
            "Something other than SSH listens there, or a device in between breaks SSH off.",
        )
    return sentences(
        "A VPN is needed, and is off.",
        _not_on_list(case),
        _unusual_port(case),
        "The server is switched off, or has another address now.",
        settings=(_let_us_in(case),),
    )


def _not_ssh(case: Case) -> Help:
    return sentences(
        _unusual_port(case) or "The SSH server listens on another port.",
        "This network intercepts connections: a sign-in page, or a proxy.",
        f"{case.fact('host', 'The host')} is not the bastion but something beside it.",
    )


def _no_common_algorithm(case: Case) -> Help:
    return sentences(
        "The server is old, and offers nothing that is still safe.",
        "Its administrator allows only what a policy names.",
        settings=(
            Setting(
                f"In sshd_config on {case.fact('host', 'the bastion')}",
                "KexAlgorithms +curve25519-sha256\nHostKeyAlgorithms +ssh-ed25519\nCiphers +aes256-gcm@openssh.com",
            ),
        ),
    )


def _shedding(case: Case) -> Help:
    return sentences(
        "Too many logins are under way at the server.",
        "It penalises your address after failed logins, perhaps those of somebody who shares it.",
        "A list of allowed addresses in front of the server ends the connection.",
        settings=(
            Setting(
                f"In sshd_config on {case.fact('host', 'the bastion')}",
                "MaxStartups 100:30:200\nPerSourcePenaltyExemptList ADDRESS-OF-YOUR-NETWORK",
            ),
        ),
    )


def _jump_refused(case: Case) -> Help:
    jump, host, port = (
        case.fact("jump", "the jump host"),
        case.fact("host", "the server"),
        case.fact("port", "22"),
    )
    return sentences(
        f"AllowTcpForwarding or DisableForwarding on {jump} forbids forwarding.",
        f"PermitOpen, or permitopen= before your key, does not name {host}:{port}.",
        "restrict or no-port-forwarding stands before your key in authorized_keys.",
        settings=(
            Setting(
                f"In sshd_config on {jump}, beside the targets that PermitOpen names already",
                f"AllowTcpForwarding yes\nPermitOpen {host}:{port}",
            ),
            Setting(
                f"Before your key in authorized_keys on {jump}",
                f'restrict,port-forwarding,permitopen="{host}:{port}"',
            ),
        ),
    )


def _jump_unreachable(case: Case) -> Help:
    jump, host = case.fact("jump", "the jump host"), case.fact("host", "the server")
    match case.fact("trouble"):
        case "name":
            return sentences(
                f"{host} is misspelt.", f"{jump} uses a name server that does not know it: try its address."
            )
        case "timeout":
            first = f"A firewall between {jump} and {host} drops the connection."
        case _:
            first = f"No SSH server listens there, or a firewall rejects {jump}."
    return sentences(
        first,
        _unusual_port(case),
        f"{host} is switched off.",
        settings=(
            Setting(
                f"In the firewall or security group of {host}, with the address of {jump} in that network",
                f"allow TCP from {jump} to {_server(case)}",
            ),
        ),
    )


def _key_to_compare(case: Case) -> Setting:
    return Setting(
        f"To be run on {case.fact('host', 'the server')}; compare what it prints with the fingerprint above",
        "for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done",
    )


def _host_key_unknown(case: Case) -> Help:
    return sentences(
        "This computer has not connected to it yet.",
        "It is known under another name or port.",
        settings=(_key_to_compare(case),),
    )


def _host_key_changed(case: Case) -> Help:
    return sentences(
        "The server was set up anew, or replaced.",
        "Several servers stand behind one name, each with a key of its own.",
        "Somebody intercepts the connection.",
        settings=(_key_to_compare(case),),
    )


def _proxy_failed(case: Case) -> Help:
    return sentences(
        "A VPN is needed, and is off.",
        f"Host or port of the proxy {case.fact('proxy', 'in front of it')} is wrong.",
        "The proxy lets only some addresses, or only some ports, through.",
    )


def _proxy_refused(case: Case) -> Help:
    return sentences(
        "The proxy allows port 443 alone.",
        "The proxy lets only certain hosts through.",
        settings=(Setting("In the rules of the proxy", f"allow CONNECT to {_server(case)}"),),
    )


HELP: dict[str, Helper] = {
    "name_not_found": _name_not_found,
    "bastion_refused": _bastion_refused,
    "bastion_timeout": _bastion_timeout,
    "not_ssh": _not_ssh,
    "no_common_algorithm": _no_common_algorithm,
    "server_shedding": _shedding,
    "jump_refused": _jump_refused,
    "jump_unreachable": _jump_unreachable,
    "host_key_unknown": _host_key_unknown,
    "host_key_strict": _host_key_unknown,
    "host_key_changed": _host_key_changed,
    "proxy_failed": _proxy_failed,
    "proxy_refused": _proxy_refused,
}
