"""What to ask the person, put together from the snapshots that wait for an answer. No widgets here."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from desktop.core.challenge import Challenge
from desktop.core.errors import Cause, HostKeyChanged, HostKeyUnknown
from desktop.core.model import SecretKind, Snapshot, State
from desktop.core.policy import is_alarmed, needs_answer
from desktop.core.route_errors import ProxyLoginRejected, ProxyPasswordNeeded, hop_of
from desktop.gui.changed_key_question import ChangedKeyQuestion, changed_key_question
from desktop.gui.guard_question import GuardQuestion, guard_question
from desktop.wording.hop_names import account_of

_KEYRING_TROUBLE = {
    "secret_store_locked": "The keyring is locked, so this is kept in memory until you quit.",
    "secret_store_missing": "This computer has no keyring, so this is kept in memory until you quit.",
}
_SYSTEM_KEY_FILES = {"ssh-ed25519": "ed25519", "ssh-rsa": "rsa"}


@dataclass(frozen=True, slots=True)
class HostKeyQuestion:
    heading: str
    explanation: str
    server: str
    key_type: str
    fingerprint: str
    how_to_verify: str
    key: str


@dataclass(frozen=True, slots=True)
class SecretQuestion:
    """`keyring_trouble` is a sentence where the answer can't be kept, else empty. `login` as in `PlannedHop`."""

    heading: str
    explanation: str
    label: str
    kind: SecretKind
    keyring_trouble: str
    login: str = ""


@dataclass(frozen=True, slots=True)
class ChallengeQuestion:
    """What the login of `asker`, the id of a connection, asks. `keyring_trouble` as in `SecretQuestion`."""

    heading: str
    explanation: str
    challenge: Challenge
    asker: str
    keyring_trouble: str = ""


Question = GuardQuestion | HostKeyQuestion | ChangedKeyQuestion | SecretQuestion | ChallengeQuestion


def asks(snapshot: Snapshot) -> bool:
    """True where a dialog can help. What a login only says is shown as well: there may be a phone to look at."""
    challenge = snapshot.challenge
    if snapshot.state is State.CONNECTING and challenge is not None:
        return challenge.wants_typing or not challenge.prompts
    return needs_answer(snapshot)


def subject(snapshot: Snapshot) -> Hashable:
    """Equal for snapshots that one answer serves: the same key of the same server, or the same login."""
    cause = snapshot.cause
    if snapshot.challenge is not None:
        return ("challenge", snapshot.connection.route)
    if is_alarmed(snapshot):
        return ("guard", snapshot.connection.id)
    if cause is not None and cause.code in (HostKeyUnknown.code, HostKeyChanged.code):
        return ("host key", cause.fact("host"), cause.fact("port"), cause.fact("key"))
    return ("login", snapshot.connection.route, cause.fact("login") if cause is not None else "")


def question_of(snapshots: Sequence[Snapshot], known_keyring_trouble: str = "") -> Question:
    """The question of connections with one `subject`; the first of them asks."""
    cause, challenge = snapshots[0].cause, snapshots[0].challenge
    if challenge is not None:
        trouble = challenge.store or known_keyring_trouble
        return _challenge_question(challenge, snapshots, _KEYRING_TROUBLE.get(trouble, ""))
    if cause is None:
        raise ValueError("a snapshot without a cause asks nothing")
    if is_alarmed(snapshots[0]):
        return guard_question(snapshots[0])
    if cause.code == HostKeyChanged.code:
        return changed_key_question(cause, _names(snapshots))
    if cause.code == HostKeyUnknown.code:
        return _host_key_question(cause, snapshots)
    trouble = cause.fact("store") or known_keyring_trouble
    if cause.code in (ProxyPasswordNeeded.code, ProxyLoginRejected.code):
        return _proxy_question(cause, snapshots, _KEYRING_TROUBLE.get(trouble, ""))
    return _secret_question(cause, snapshots, _KEYRING_TROUBLE.get(trouble, ""))


def _host_key_question(cause: Cause, snapshots: Sequence[Snapshot]) -> HostKeyQuestion:
    host, port = cause.fact("host"), cause.fact("port")
    key_type = cause.fact("key_type")
    file = _SYSTEM_KEY_FILES.get(key_type, "ecdsa" if key_type.startswith("ecdsa-") else "*")
    return HostKeyQuestion(
        heading=f"Do you trust {host}?",
        explanation=f"{_names(snapshots)} {_verb(snapshots, 'goes', 'go')} through this {_role(cause, snapshots[0])}, "
        "and this computer has not met it before. Its key shows whether it is the right server.",
        server=f"{host}, port {port}" if port != "22" else host,
        key_type=key_type,
        fingerprint=cause.fact("fingerprint"),
        how_to_verify="Compare this fingerprint with the one its administrator gives you. On the server it is "
        f"printed by: ssh-keygen -lf /etc/ssh/ssh_host_{file}_key.pub",
        key=cause.fact("key"),
    )


def _role(cause: Cause, snapshot: Snapshot) -> str:
    """Of the server that a cause is about."""
    hops = snapshot.way.hops or snapshot.connection.route.hops
    place = hop_of(cause)
    return "bastion" if place is None or place == len(hops) - 1 else "jump host"


def _proxy_question(cause: Cause, snapshots: Sequence[Snapshot], keyring_trouble: str) -> SecretQuestion:
    names, proxy, user = _names(snapshots), cause.fact("proxy"), cause.fact("user")
    refused = cause.code == ProxyLoginRejected.code
    explanation = (
        f"The proxy {proxy} did not let {user} through for {names}. Nothing is tried again by itself."
        if refused
        else f"{names} {_verb(snapshots, 'goes', 'go')} through the proxy {proxy}, which wants the password of {user}."
    )
    return SecretQuestion(
        heading="That proxy password was refused" if refused else "Proxy password needed",
        explanation=explanation,
        label="Password",
        kind=SecretKind.PROXY_PASSWORD,
        keyring_trouble=keyring_trouble,
        login=cause.fact("login"),
    )


def _secret_question(cause: Cause, snapshots: Sequence[Snapshot], keyring_trouble: str) -> SecretQuestion:
    bastion = snapshots[0].connection.route.bastion
    jump_host = cause.fact("login")
    login = jump_host or account_of(bastion)
    way = f", a jump host on the way to {bastion.host}," if jump_host else ""
    names = _names(snapshots)
    if cause.code in ("passphrase_needed", "passphrase_wrong"):
        key = f"The key {PurePath(cause.fact('path')).name}" if cause.fact("path") else "The pasted key"
        wrong = cause.code == "passphrase_wrong"
        return SecretQuestion(
            heading="That passphrase was wrong" if wrong else "Passphrase needed",
            explanation=f"{key} of {names} is locked with a passphrase, and {login}{way} is reached with that key.",
            label="Passphrase",
            kind=SecretKind.KEY_PASSPHRASE,
            keyring_trouble=keyring_trouble,
            login=jump_host,
        )
    refused = cause.code == "auth_rejected"
    explanation = (
        f"{cause.fact('host')} did not let {cause.fact('user')} in for {names}. Nothing is tried again by itself, "
        "because many servers lock an account after a few wrong passwords."
        if refused
        else f"{names} {_verb(snapshots, 'signs', 'sign')} in as {login}{way} with a password."
    )
    return SecretQuestion(
        heading="That password was refused" if refused else "Password needed",
        explanation=explanation,
        label="Password",
        kind=SecretKind.SSH_PASSWORD,
        keyring_trouble=keyring_trouble,
        login=jump_host,
    )


def _challenge_question(
    challenge: Challenge, snapshots: Sequence[Snapshot], keyring_trouble: str
) -> ChallengeQuestion:
    asker = next((each for each in snapshots if each.connection.id == challenge.asker), snapshots[0])
    bastion = asker.connection.route.bastion.host
    way = f", on the way to {bastion}" if challenge.login else ""
    others = len(snapshots) - 1
    shared = f" {_shared(others)} this login." if others else ""
    return ChallengeQuestion(
        heading=f"Sign in to {challenge.host}" if challenge.prompts else f"{challenge.host} waits for you",
        explanation=f"“{asker.connection.name}” signs in as {challenge.user}@{challenge.host}{way}.{shared}",
        challenge=challenge,
        asker=asker.connection.id,
        keyring_trouble=keyring_trouble,
    )


def _shared(others: int) -> str:
    return "One more connection shares" if others == 1 else f"{others} more connections share"


def _names(snapshots: Sequence[Snapshot]) -> str:
    names = [f"“{snapshot.connection.name}”" for snapshot in snapshots]
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"


def _verb(snapshots: Sequence[Snapshot], one: str, many: str) -> str:
    return one if len(snapshots) == 1 else many
