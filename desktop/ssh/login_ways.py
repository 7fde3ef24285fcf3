"""From the ways that a plan names to what can be offered: reads key files, agents and the keyring."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop.core.errors import CaponierError, PassphraseNeeded, PassphraseWrong, PasswordNeeded
from desktop.core.model import Auth, AuthMethod, SecretKind
from desktop.core.plan import LoginWay, OfferedKeys, PlannedHop
from desktop.ssh.chosen_key import chosen_key_offer
from desktop.ssh.credentials import Credentials
from desktop.ssh.key_offer import KeysOffer
from desktop.ssh.login_offers import PASSWORD, PUBLIC_KEY, QUESTIONS, PasswordOffer
from desktop.ssh.offered_keys import offered_keys
from desktop.ssh.questioner import login_fact

log = logging.getLogger(__name__)

_METHODS = {AuthMethod.PASSWORD: PASSWORD, AuthMethod.INTERACTIVE: QUESTIONS}


@dataclass(frozen=True, slots=True)
class Step:
    """`method` is RFC 4252's name, `chosen` the fact `method` of a refusal. No `offer`: the server's questions."""

    method: str
    chosen: AuthMethod
    offer: KeysOffer | PasswordOffer | None = None


@dataclass(slots=True)
class Left:
    """The ways of one login that were not tried yet, by number; and why others failed by themselves, by method."""

    numbers: list[int]
    troubles: list[tuple[str, CaponierError]] = field(default_factory=list)

    def trouble(self, offered: Sequence[str] | None) -> CaponierError | None:
        """Of a method that the server takes, as far as it has said so: what the person can cure, before the rest."""
        told = [each for method, each in self.troubles if offered is None or method in offered]
        return _foremost(told) if told else None


class Ways:
    """Those of one hop. What was read once is kept, so that a further login needs neither person nor keyring."""

    def __init__(self, hop: PlannedHop, credentials: Credentials) -> None:
        self._hop = hop
        self._credentials = credentials
        self._password: str | None = None
        self._steps: dict[int, Step] = {}

    @property
    def certificate(self) -> str:
        """What its authority calls the certificate that let us in; empty where it was something else."""
        offers = (step.offer for step in self._steps.values() if isinstance(step.offer, KeysOffer))
        taken = (identity for offer in offers for identity in offer.taken)
        labels = (identity.certificate.label for identity in taken if identity.certificate is not None)
        return next(labels, "")

    def prepare_first(self) -> None:
        """See to it that there is something to begin with. Raises why there is not; `Cancelled`.

        A key that only lacks its passphrase is not passed over, as ssh(1) asks for that, too.
        """
        troubles: list[CaponierError] = []
        for number in range(len(self._hop.ways)):
            try:
                self._step(number)
            except (PassphraseNeeded, PassphraseWrong):
                raise
            except CaponierError as trouble:
                troubles.append(trouble)
            else:
                return
        raise _foremost(troubles)

    def begin(self) -> Left:
        """The ways of one login, for `take_next`."""
        return Left(list(range(len(self._hop.ways))))

    def take_next(self, left: Left, offered: Sequence[str] | None) -> Step | None:
        """The first of those `left` that the server has not ruled out, made now; it is not left then.

        What can't be used is passed over, and kept among the troubles. Raises `Cancelled`, and `PassphraseNeeded` or
        `PassphraseWrong`, which ssh(1) would ask for, too.
        """
        for number in tuple(left.numbers):
            method = _method_of(self._hop.ways[number])
            if offered is not None and method not in offered:
                continue
            left.numbers.remove(number)
            try:
                return self._step(number)
            except (PassphraseNeeded, PassphraseWrong):
                raise
            except CaponierError as trouble:
                log.info("a way to log in is passed over: %s", trouble.code)
                left.troubles.append((method, trouble))
        return None

    def password(self) -> str | None:
        """Blocks while the keyring asks the person to unlock it. Raises `Cancelled`."""
        if self._password is None:
            self._password = self._credentials.ask(SecretKind.SSH_PASSWORD, self._hop.login)
        return self._password

    def store_trouble(self) -> str:
        """The code of what kept the keyring from answering so far, or nothing."""
        return self._credentials.store_trouble

    def password_needed(self) -> PasswordNeeded:
        hop, store = self._hop, self.store_trouble()
        return PasswordNeeded(user=hop.user, host=hop.endpoint.host, store=store, **login_fact(hop.login))

    def _step(self, number: int) -> Step:
        if number not in self._steps:
            self._steps[number] = self._made(self._hop.ways[number])
        return self._steps[number]

    def _made(self, way: LoginWay) -> Step:
        if isinstance(way, OfferedKeys):
            keys = offered_keys(way, self._credentials, self._hop.login)
            return Step(PUBLIC_KEY, AuthMethod.SSH_CONFIG, keys)
        match way.method:
            case AuthMethod.PASSWORD:
                password = self.password()
                if password is None:
                    raise self.password_needed()
                return Step(PASSWORD, way.method, PasswordOffer(password))
            case AuthMethod.INTERACTIVE:
                return Step(QUESTIONS, way.method)
        return Step(PUBLIC_KEY, way.method, chosen_key_offer(way, self._credentials, self._hop.login))


def _foremost(troubles: Sequence[CaponierError]) -> CaponierError:
    """A password can be given at once, where the rest takes more."""
    return next((each for each in troubles if isinstance(each, PasswordNeeded)), troubles[0])


def _method_of(way: LoginWay) -> str:
    return _METHODS.get(way.method, PUBLIC_KEY) if isinstance(way, Auth) else PUBLIC_KEY
