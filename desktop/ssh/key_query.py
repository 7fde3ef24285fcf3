"""Asking a server whether it would take a key, before anything is signed with it (RFC 4252 section 7).

paramiko's own way in signs at once. Its parts that are bent here were read in paramiko 5.1 (auth_handler.py).
"""

from __future__ import annotations

import threading

import paramiko
from paramiko.common import cMSG_USERAUTH_REQUEST
from paramiko.ssh_exception import BadAuthenticationType

from desktop.ssh.certificate import CERTIFICATE_SUFFIX
from desktop.ssh.login_exchange import LoginExchange


class KeyQuery(LoginExchange):
    """One query. Its answer ends no login, and a refusal counts like one of a signed key."""

    def __init__(self, transport: paramiko.Transport, username: str, key: paramiko.PKey) -> None:
        super().__init__(transport)
        self._answered = threading.Event()
        self._user = username
        self._key = key
        self._taken = False

    def ask(self) -> bool:
        """Blocks, at most the transport's `auth_timeout`. Raises `BadAuthenticationType`, `SSHException`, `OSError`."""
        self.auth_publickey(self._user, self._key, self._answered)
        try:
            self.wait_for_response(self._answered)
        except BadAuthenticationType:
            raise
        except paramiko.SSHException:
            # Not being logged in is an error there; the answer came all the same.
            if not self._answered.is_set() or not self.transport.is_active():
                raise
        return self._taken

    def _parse_service_accept(self, message: paramiko.Message) -> None:
        message.get_text()
        if not has_algorithm_for(self.transport, self._key):
            self._answered.set()
            return
        algorithm = self._finalize_pubkey_algorithm(self._key.get_name())
        query = paramiko.Message()
        query.add_byte(cMSG_USERAUTH_REQUEST)
        for text in (self._user, "ssh-connection", "publickey"):
            query.add_string(text)
        query.add_boolean(False)
        query.add_string(algorithm)
        query.add_string(self._key.asbytes())
        self.transport._send_message(query)

    def _parse_userauth_info_request(self, _message: paramiko.Message) -> None:
        """SSH_MSG_USERAUTH_PK_OK: the number means another thing in each method."""
        self._taken = True
        self._answered.set()


def has_algorithm_for(transport: paramiko.Transport, key: paramiko.PKey) -> bool:
    """False for an RSA key where the server lists its algorithms (RFC 8308 section 3.1) and shares none for RSA.

    paramiko ends the connection over such a key.
    """
    listed = transport.server_extensions.get("server-sig-algs", b"")
    shared = set(listed.decode(errors="replace").split(",")) & set(transport.preferred_pubkeys)
    is_rsa = key.get_name().removesuffix(CERTIFICATE_SUFFIX) == "ssh-rsa"
    return not is_rsa or not listed or any("rsa" in algorithm for algorithm in shared)
