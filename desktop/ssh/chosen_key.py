"""The public key method with one key that the person chose: a file, a pasted one, or of an SSH agent."""

from __future__ import annotations

from desktop.core.errors import KeyUnreadable, SecretStoreLocked, SecretStoreMissing
from desktop.core.key_offer_errors import CertificateUnreadable
from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.ssh.agent import keys_to_offer
from desktop.ssh.credentials import Credentials
from desktop.ssh.identity import Identity, KeyHolder, OwnKey, own_key
from desktop.ssh.key_offer import KeysOffer
from desktop.ssh.keys import read_identity_file
from desktop.ssh.public_half import public_half_of
from desktop.ssh.user_certificate import UserCertificate, certificate_beside, read_user_certificate


def chosen_key_offer(
    auth: Auth, credentials: Credentials, login: str = "", *, unlock: bool = True
) -> KeysOffer:
    """What `auth`, of one of these three methods, has to show: certificates first, then the key itself.

    Without a choice, all keys of the agent in its order. A passphrase is asked for only where the key has one: a
    keyring may ask the person to unlock it. Without `unlock` none is asked for, and what is encrypted can only be
    looked at. `login` as in `PlannedHop`. Blocks. Raises `KeyUnreadable`,
    `KeyUnsupported`, `PassphraseNeeded`, `PassphraseWrong`, `CertificateUnreadable`, `CertificateMismatch`,
    `AgentUnavailable`, `AgentKeyMissing`, `SecretStoreLocked`, `SecretStoreMissing`, `Cancelled`.
    """
    if auth.method is AuthMethod.AGENT:
        return _of_agent(auth, credentials)
    key = _key(auth, credentials, login, unlock=unlock)
    if auth.certificate_file:
        return KeysOffer((Identity(key, _fitting(auth.certificate_file, key)), Identity(key)))
    if auth.method is AuthMethod.PASTED_KEY:
        return KeysOffer((Identity(key),))
    try:
        beside = certificate_beside(auth.identity_file)
    except CertificateUnreadable as trouble:
        return KeysOffer((Identity(key),), (trouble,))
    if beside is None:
        return KeysOffer((Identity(key),))
    if not _is_for(beside, key):
        return KeysOffer((Identity(key),), (beside.mismatch(),))
    return KeysOffer((Identity(key, beside), Identity(key)))


def _of_agent(auth: Auth, credentials: Credentials) -> KeysOffer:
    held = keys_to_offer(auth.agent, auth.key_fingerprint, credentials.cancel)
    identities = tuple(Identity(key, key.certificate) for key in held)
    if not auth.certificate_file:
        return KeysOffer(identities)
    certificate = _fitting(auth.certificate_file, *held)
    holder = next(key for key in held if key.public == certificate.content.key)
    return KeysOffer((Identity(holder, certificate), *identities))


def _fitting(path: str, *holders: KeyHolder) -> UserCertificate:
    certificate = read_user_certificate(path)
    if not any(_is_for(certificate, holder) for holder in holders):
        raise certificate.mismatch()
    return certificate


def _is_for(certificate: UserCertificate, holder: KeyHolder) -> bool:
    """True also where nobody knows before the key is unlocked."""
    return holder.public in (b"", certificate.content.key)


def _key(auth: Auth, credentials: Credentials, login: str, *, unlock: bool) -> OwnKey:
    path, data = _key_data(auth, credentials, login)
    if not unlock:
        return own_key(path, data, public_half_of(path, data), credentials, login)
    key = own_key(path, data, b"", credentials, login)
    key.unlock()
    return key


def _key_data(auth: Auth, credentials: Credentials, login: str) -> tuple[str, bytes]:
    if auth.method is AuthMethod.KEY_FILE:
        return auth.identity_file, read_identity_file(auth.identity_file)
    pasted = credentials.ask(SecretKind.PRIVATE_KEY, login)
    if pasted is None and credentials.store_trouble:
        missing = credentials.store_trouble == SecretStoreMissing.code
        raise SecretStoreMissing if missing else SecretStoreLocked
    if pasted is None:
        raise KeyUnreadable(path="", reason="the pasted key is not in the keyring; paste it again")
    return "", pasted.encode()
