"""Sentences about the way to the bastion."""

from __future__ import annotations

from desktop.wording.sentences import Sentence, by_fact

_TIMEOUT_TITLES = {
    "connect": "{host} did not answer on port {port} within {timeout_s} seconds",
    "banner": "{host} accepted the connection on port {port}, then stayed silent for {timeout_s} seconds",
    "handshake": "{host} stopped answering while the encryption was being agreed ({timeout_s} seconds)",
    "login": "{host} did not answer the login within {timeout_s} seconds",
}
_TIMEOUT_ADVICE = {
    "connect": "A firewall may drop the connection. Check host and port, and whether a VPN is needed.",
    "banner": "The server may be overloaded, or something other than SSH may listen there.",
    "handshake": "The network may drop large packets, as some VPNs do, or the server may be overloaded.",
    "login": "The server may be waiting for a directory service. Ask its administrator.",
}


SENTENCES = {
    "name_not_found": Sentence(
        "The name {host} was not found",
        "Check the spelling. If only your company's network knows it, connect to the VPN first.",
        is_retried=True,
    ),
    "bastion_refused": Sentence(
        "{host} refused the connection on port {port}",
        "The host is there, but nothing listens on port {port}, or a firewall rejects you. Check the port"
        " (22 is usual for SSH) and whether the SSH server is running.",
        is_retried=True,
    ),
    "bastion_timeout": Sentence(
        by_fact("stage", _TIMEOUT_TITLES, "connect"),
        by_fact("stage", _TIMEOUT_ADVICE, "connect"),
        is_retried=True,
    ),
    "not_ssh": Sentence(
        "Port {port} of {host} is not an SSH server",
        "It answered: {answer}. Check the port; 22 is usual for SSH.",
    ),
    "no_common_algorithm": Sentence(
        "{host} and Caponier have no encryption method in common",
        "The server offers only methods that are too old, or too new, for Caponier ({detail}). Ask the"
        " administrator of {host} to allow a current one, such as curve25519-sha256 with an ssh-ed25519 host"
        " key.",
    ),
    "peer_lost": Sentence(
        "The connection to {host} was lost",
        "The server or the network ended it, or the server stopped answering. Caponier reconnects by"
        " itself; new clients of the local port wait until then.",
    ),
    "offline": Sentence(
        "This computer is offline",
        "Caponier reconnects as soon as the network is back.",
    ),
    "captive_portal": Sentence(
        "This network wants you to sign in first",
        "Open a web browser and complete the network's sign-in page. Caponier then reconnects by itself.",
    ),
    "server_shedding": Sentence(
        "{host} is turning connections away",
        "The server on port {port} hung up before its greeting. That is what OpenSSH does when too many"
        " logins are under way (MaxStartups) or after repeated failures from your address"
        " (PerSourcePenalties). Caponier waits longer before each new attempt. If it lasts, ask the"
        " administrator of {host}.",
    ),
}
