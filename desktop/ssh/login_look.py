"""What a login will try, found out from files, agents and the keyring without touching the network."""

from __future__ import annotations

import time
from collections.abc import Iterator

from desktop.core.agents import AgentIdentity
from desktop.core.errors import AgentError, CaponierError, Cause
from desktop.core.login_preview import HopOffers, Keeping, LoginPreview, Offer, TypedSecrets
from desktop.core.model import Auth, AuthMethod, Connection, SecretKind
from desktop.core.plan import LoginWay, OfferedKeys, PlannedHop
from desktop.core.ports import Planner, SecretSource
from desktop.ssh.agent import HeldKey, all_keys
from desktop.ssh.cancel import CancelToken
from desktop.ssh.chosen_key import chosen_key_offer
from desktop.ssh.credentials import Credentials
from desktop.ssh.identity import Identity, OwnKey
from desktop.ssh.keys import fingerprint_of_blob
from desktop.ssh.offered_keys import offered_keys
from desktop.ssh.ssh_data import SshReader


def preview_of(
    connection: Connection, typed: TypedSecrets, planner: Planner, source: SecretSource, cancel: CancelToken
) -> LoginPreview:
    """Blocks for files and agents, and while the keyring asks the person to unlock it. Raises `Cancelled`."""
    try:
        plan = planner(connection.route, cancel.check)
    except CaponierError as error:
        return LoginPreview(cause=error.cause)
    look = _Look(typed, Credentials(source, cancel), cancel)
    return LoginPreview(tuple(look.at(hop) for hop in plan.hops))


class _Look:
    def __init__(self, typed: TypedSecrets, credentials: Credentials, cancel: CancelToken) -> None:
        self._typed = typed
        self._credentials = credentials
        self._cancel = cancel
        self._passed_over: list[Cause] = []

    def at(self, hop: PlannedHop) -> HopOffers:
        self._passed_over.clear()
        offers: list[Offer] = []
        skipped: dict[AgentIdentity, None] = {}
        for way in hop.ways:
            self._cancel.check()
            offers += self._offers(way, hop)
            skipped |= dict.fromkeys(self._skipped_by(way))
        return HopOffers(hop.user, hop.endpoint, tuple(offers), tuple(skipped), tuple(self._passed_over))

    def _offers(self, way: LoginWay, hop: PlannedHop) -> Iterator[Offer]:
        if isinstance(way, OfferedKeys):
            yield from self._keys(way, hop)
            return
        match way.method:
            case AuthMethod.PASSWORD:
                yield Offer(way.method, secret=self._keeping(SecretKind.SSH_PASSWORD, hop))
            case AuthMethod.KEY_FILE | AuthMethod.AGENT:
                yield from self._keys(way, hop)
            case AuthMethod.PASTED_KEY:
                yield self._of_pasted(way, hop)
            case _:
                yield Offer(way.method)

    def _keys(self, way: LoginWay, hop: PlannedHop) -> Iterator[Offer]:
        """What the login itself would show, in its order; nothing is unlocked for it."""
        try:
            if isinstance(way, OfferedKeys):
                offer = offered_keys(way, self._credentials, hop.login)
            else:
                offer = chosen_key_offer(way, self._credentials, hop.login, unlock=False)
        except CaponierError as error:
            method = way.method if isinstance(way, Auth) else AuthMethod.KEY_FILE
            path = way.identity_file if isinstance(way, Auth) else ""
            yield Offer(method, path, cause=error.cause)
            return
        self._passed_over += [trouble.cause for trouble in offer.troubles]
        for identity in offer.identities:
            yield self._of_identity(identity, hop)

    def _of_identity(self, identity: Identity, hop: PlannedHop) -> Offer:
        holder, certificate = identity.holder, identity.certificate
        fault = certificate.fault(hop.user, time.time()) if certificate is not None else None
        cause = fault.cause if fault is not None else None
        name = certificate.name if certificate is not None else ""
        if isinstance(holder, HeldKey):
            return Offer(AuthMethod.AGENT, "", holder.identity, name, cause=cause)
        path = holder.path if isinstance(holder, OwnKey) else ""
        secret = self._keeping(SecretKind.KEY_PASSPHRASE, hop) if holder.is_locked else Keeping.NOT_NEEDED
        return Offer(AuthMethod.KEY_FILE, path, _named(holder.public), name, secret, cause)

    def _of_pasted(self, way: Auth, hop: PlannedHop) -> Offer:
        """By the name that it was saved with: it is not taken out of the keyring for this."""
        known = way.key_fingerprint.startswith("SHA256:")
        identity = AgentIdentity("", way.key_fingerprint) if known else None
        keeping = self._keeping(SecretKind.PRIVATE_KEY, hop)
        return Offer(way.method, identity=identity, certificate=way.certificate_file, secret=keeping)

    def _skipped_by(self, way: LoginWay) -> tuple[AgentIdentity, ...]:
        """Only where any key will do: beside a chosen one they were not asked for."""
        if not isinstance(way, Auth) or way.method is not AuthMethod.AGENT or way.key_fingerprint:
            return ()
        try:
            return all_keys(way.agent, self._cancel).skipped
        except AgentError:
            return ()

    def _keeping(self, kind: SecretKind, hop: PlannedHop) -> Keeping:
        if (kind, hop.login) in self._typed:
            return Keeping.TYPED
        if self._credentials.ask(kind, hop.login) is not None:
            return Keeping.IN_KEYRING
        return Keeping.UNKNOWN if self._credentials.store_trouble else Keeping.NOWHERE


def _named(public: bytes) -> AgentIdentity | None:
    if not public:
        return None
    return AgentIdentity(SshReader(public).string().decode(errors="replace"), fingerprint_of_blob(public))
