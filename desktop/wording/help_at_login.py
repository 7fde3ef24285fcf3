"""Help where an SSH server does not let a person in. Settings as in sshd_config(5) and sshd(8)."""

from __future__ import annotations

from desktop.core.model import AuthMethod
from desktop.wording.help import Case, Help, Helper, Setting, sentences

_KEYS = (AuthMethod.KEY_FILE, AuthMethod.PASTED_KEY, AuthMethod.AGENT, AuthMethod.SSH_CONFIG)
_SWITCHES = {
    AuthMethod.PASSWORD.value: "PasswordAuthentication yes",
    AuthMethod.INTERACTIVE.value: "KbdInteractiveAuthentication yes",
}


def _user(case: Case) -> str:
    return case.fact("user", case.ssh_user) or "the user"


def _host(case: Case) -> str:
    return case.fact("host", case.near)


def _auth_rejected(case: Case) -> Help:
    user, host, method = _user(case), _host(case), case.fact("method")
    if method not in _KEYS:
        return sentences(
            f"{user} is not the name of your account there.",
            "The password, or the code, was wrong or has expired.",
            f"{host} lets only some users or groups in.",
            "The account is locked.",
            settings=(
                Setting(
                    f"In sshd_config on {host}, beside the users that such a line names already",
                    f"AllowUsers {user}",
                ),
            ),
        )
    return sentences(
        f"The public half of the key is not in the authorized_keys of {user}.",
        f"{user} is not the name of your account there.",
        "authorized_keys, or a folder above it, can be written by others: the server ignores it then (StrictModes).",
        f"{host} lets only some users or groups in.",
        settings=(
            Setting(
                f"On {host}, as the administrator; the second line is the public half of your key",
                f"cat >> ~{user}/.ssh/authorized_keys\nssh-ed25519 AAAA...",
            ),
            Setting(
                f"Also on {host}", f"chmod go-w ~{user} && chmod 700 ~{user}/.ssh && chmod 600 ~{user}/.ssh/*"
            ),
        ),
    )


def _method_missing(case: Case) -> Help:
    host = _host(case)
    return sentences(
        f"{host} takes other ways to log in only: {case.fact('offered', 'it does not say which')}.",
        "It wants several, one after the other (AuthenticationMethods).",
        f"It allows this way to others than {_user(case)} only (a Match block).",
        settings=(
            Setting(
                f"In sshd_config on {host}", _SWITCHES.get(case.fact("method"), "PubkeyAuthentication yes")
            ),
        ),
    )


def _challenge_rejected(_case: Case) -> Help:
    return sentences(
        "The code was mistyped, or had expired.",
        "The clock of the device that shows the codes is wrong.",
        "The request on the phone was denied.",
    )


def _unattended(case: Case) -> Help:
    return sentences(
        f"{_host(case)} wants a code, or a word on a phone, at each login. A check in the window asks nobody.",
        "The password is not in the keyring.",
    )


def _too_many_keys(case: Case) -> Help:
    return sentences(
        "The agent holds many keys, and the right one comes late. Choose it in the connection.",
        settings=(Setting(f"In sshd_config on {_host(case)}", "MaxAuthTries 12"),),
    )


def _agent_unavailable(_case: Case) -> Help:
    return sentences(
        "No SSH agent runs.", "It runs, but in another session or under another name.", "The agent is locked."
    )


HELP: dict[str, Helper] = {
    "auth_rejected": _auth_rejected,
    "auth_method_missing": _method_missing,
    "challenge_rejected": _challenge_rejected,
    "challenge_unattended": _unattended,
    "agent_keys_too_many": _too_many_keys,
    "keys_too_many": _too_many_keys,
    "agent_unavailable": _agent_unavailable,
}
