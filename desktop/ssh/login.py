"""Proving who we are: one way after the other, each tried once. A refused login is never repeated by itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

import paramiko
from paramiko.ssh_exception import AuthenticationException, BadAuthenticationType

from desktop.core.challenge_errors import ChallengeRejected
from desktop.core.errors import (
    AuthMethodMissing,
    AuthRejected,
    BastionTimeout,
    CaponierError,
    PassphraseNeeded,
    PassphraseWrong,
    PeerLost,
)
from desktop.core.model import AuthMethod
from desktop.core.plan import PlannedHop
from desktop.ssh.agent import SIGN_TIMEOUT_S
from desktop.ssh.cancel import CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.key_offer import KeysOffer
from desktop.ssh.login_banner import LoginBanner
from desktop.ssh.login_offers import PASSWORD, PUBLIC_KEY, QUESTIONS, Offer, PasswordOffer, QuestionsOffer
from desktop.ssh.login_ways import Step, Ways
from desktop.ssh.questioner import Questioner, expired, login_fact

log = logging.getLogger(__name__)

# A server that is never content: more methods in a row than any administrator asks for.
_MOST_STEPS = 12


class Login:
    """What one hop needs to let us in, gathered before the network is touched.

    An SSH agent that has each use of a key confirmed will ask once for each SSH connection: only its slow first answer
    tells that a person was asked, and then there is no second one. Raises `PasswordNeeded`, and what `chosen_key_offer`
    and `offered_keys` do.
    """

    def __init__(self, hop: PlannedHop, credentials: Credentials) -> None:
        self._hop = hop
        self._ways = Ways(hop, credentials)
        # A server that asks questions may ask for a code next time: one login is all that may be done unasked.
        self.was_questioned = False
        self._ways.prepare_first()

    @property
    def certificate(self) -> str:
        """What its authority calls the certificate that let us in; empty where it was something else."""
        return self._ways.certificate

    def perform(
        self, lane: ForwardingLane, timeout_s: float, cancel: CancelToken, asker: Questioner | None = None
    ) -> None:
        """Log in. Blocks at most `timeout_s` for each method, less when the wire is hung up or `cancel` is set.

        An SSH agent may ask the person, and gets `SIGN_TIMEOUT_S` more for that; the server may ask by `asker`, as long
        as it lasts. Raises `AuthRejected`, `AuthMethodMissing`, `PasswordNeeded`, `BastionTimeout`, `PeerLost`,
        `AgentKeysTooMany`, `KeyOfferError`, `ChallengeError`, what `KeysOffer.perform` does, `Cancelled`.
        """
        banner = LoginBanner(lane, self._hop, asker)
        trial = _Trial(self._hop, self._ways, lane, timeout_s, cancel, asker, banner)
        try:
            with banner:
                trial.run()
        finally:
            self.was_questioned = self.was_questioned or trial.was_questioned or banner.asked_person


class _Trial:
    """One login. A refusal is followed by the plan's next way, a success that is not enough by what is asked then.

    So is what fails by itself, such as an agent that does not sign; it is told where nothing else lets us in.
    """

    def __init__(
        self,
        hop: PlannedHop,
        ways: Ways,
        lane: ForwardingLane,
        timeout_s: float,
        cancel: CancelToken,
        asker: Questioner | None,
        banner: LoginBanner,
    ) -> None:
        self._hop = hop
        self._ways = ways
        self._lane = lane
        self._timeout_s = timeout_s
        self._cancel = cancel
        self._asker = asker
        self._banner = banner
        self._left = ways.begin()
        # None before the server has said anything.
        self._offered: Sequence[str] | None = None
        self._refusal: CaponierError | None = None
        self._password_was_refused = False
        # The last whose keys let us in, if not wholly.
        self._by_keys: Step | None = None
        self._host = hop.endpoint.host
        self.was_questioned = False

    def run(self) -> None:
        step = self._next_way()
        for _ in range(_MOST_STEPS):
            if step is None:
                break
            more = self._take(step)
            if more is None:
                step = self._next_way()
            elif not more:
                return
            else:
                self._offered = more
                step = self._further_key(step, more) or self._next_way() or self._further(step, more)
        raise self._told()

    def _told(self) -> CaponierError:
        """Why nothing lets us in. What the person gave comes first, then what failed before the server heard of it."""
        is_of_person = self._password_was_refused or isinstance(self._refusal, ChallengeRejected)
        trouble = None if is_of_person else self._left.trouble(self._offered)
        return trouble or self._refusal or self._method_missing(AuthMethod.PASSWORD, self._offered or ())

    def _next_way(self) -> Step | None:
        """The plan's next, of those that the server has not ruled out. A refused password is not given again."""
        step = self._ways.take_next(self._left, self._offered)
        while step is not None and step.method == PASSWORD and self._password_was_refused:
            step = self._ways.take_next(self._left, self._offered)
        return step

    def _further_key(self, last: Step, more: list[str]) -> Step | None:
        """Another of the same ones, for a server that wants several."""
        self._by_keys = last if isinstance(last.offer, KeysOffer) else self._by_keys
        by_keys = self._by_keys
        if PUBLIC_KEY not in more or by_keys is None or not isinstance(by_keys.offer, KeysOffer):
            return None
        further = by_keys.offer.further()
        return replace(by_keys, offer=further) if further is not None else None

    def _further(self, last: Step, more: list[str]) -> Step:
        """For a success that was not enough, beyond the plan. Raises `PasswordNeeded`, `AuthMethodMissing`."""
        if PASSWORD in more and not self._password_was_refused:
            password = self._ways.password()
            if password is not None:
                return Step(PASSWORD, AuthMethod.PASSWORD, PasswordOffer(password))
            if QUESTIONS not in more:
                raise self._ways.password_needed()
        if QUESTIONS in more:
            return Step(QUESTIONS, AuthMethod.INTERACTIVE)
        raise self._refusal or self._method_missing(last.chosen, more)

    def _take(self, step: Step) -> list[str] | None:
        """The further methods that the server asks for; None where it refused this one."""
        offer = step.offer or self._questions()
        may_sign_late = isinstance(offer, KeysOffer) and offer.may_ask_person
        timeout_s = self._timeout_s + (SIGN_TIMEOUT_S if may_sign_late else 0)
        started = time.monotonic()
        end: CaponierError | None = None
        trouble: CaponierError | None = None
        try:
            return offer.perform(self._lane, self._hop.user, timeout_s, self._cancel)
        except BadAuthenticationType as refusal:
            self._offered = refusal.allowed_types
            self._refusal = self._refusal or self._method_missing(step.chosen, refusal.allowed_types)
        except (paramiko.SSHException, EOFError, OSError) as error:
            self._refusal, is_over = self._judged(step, offer, error, time.monotonic() - started, timeout_s)
            end = self._refusal if is_over else None
        except CaponierError as error:
            trouble = error
        finally:
            self.was_questioned = self.was_questioned or offer.asked_person or step.method == QUESTIONS
        # Raised outside the handler: paramiko's tracebacks hold the frames that hold the password.
        if end is not None:
            raise end
        if trouble is not None:
            self._pass_over(step, trouble)
        is_unasked = step.method == PASSWORD and not self._password_was_refused
        if is_unasked and QUESTIONS in (self._offered or ()):
            # Many servers ask for the password as a question.
            return self._take(Step(QUESTIONS, step.chosen))
        return None

    def _pass_over(self, step: Step, trouble: CaponierError) -> None:
        """Where the server is still there for another way. Raises `trouble` where it is not.

        A passphrase is asked for as ssh(1) would, unless a saved password may do without it.
        """
        lacks_passphrase = isinstance(trouble, (PassphraseNeeded, PassphraseWrong))
        is_asked_for = lacks_passphrase and (not self._left.numbers or self._ways.password() is None)
        if is_asked_for or not self._lane.is_active():
            raise trouble
        log.info("a way to log in has failed by itself: %s", trouble.code)
        self._left.troubles.append((step.method, trouble))
        if self._left.numbers:
            self._offered = self._lane.methods_left(self._hop.user) or self._offered

    def _questions(self) -> QuestionsOffer:
        trouble, news = self._ways.store_trouble, self._banner.news
        return QuestionsOffer(self._hop, self._usable_password, self._asker, trouble, news)

    def _usable_password(self) -> str | None:
        return None if self._password_was_refused else self._ways.password()

    def _judged(
        self, step: Step, offer: Offer, error: Exception, took_s: float, timeout_s: float
    ) -> tuple[CaponierError, bool]:
        """What went wrong, and whether that is the end of it."""
        host, port, lane = self._host, self._hop.endpoint.port, self._lane
        interview = isinstance(offer, QuestionsOffer)
        if took_s >= timeout_s and not interview:
            return BastionTimeout(host=host, port=port, stage="login", timeout_s=round(timeout_s)), True
        refused = isinstance(error, AuthenticationException) and lane.is_active()
        # With MaxAuthTries 1 the server answers a wrong password by this farewell instead of a refusal.
        had_enough = "authentication failures" in lane.disconnect_text
        too_many = offer.too_many(self._hop.user, host) if isinstance(offer, KeysOffer) else None
        if had_enough and too_many is not None:
            return too_many, True
        if not refused and not had_enough:
            if offer.asked_person and interview:
                return expired(self._hop.user, host, self._hop.login, took_s), True
            return PeerLost(host=host), True
        self._offered = lane.methods_left(self._hop.user) if refused else ()
        return self._rejected(step, offer), not refused

    def _rejected(self, step: Step, offer: Offer) -> CaponierError:
        """Of a method that the server takes, with what it got."""
        user, host, offered = self._hop.user, self._host, ", ".join(self._offered or ())
        fact = login_fact(self._hop.login)
        gave_password = isinstance(offer, QuestionsOffer) and (offer.gave_password or offer.typed_password)
        if gave_password or isinstance(offer, PasswordOffer):
            self._password_was_refused = True
        if isinstance(offer, QuestionsOffer) and offer.asked_person and not offer.asked_password_alone:
            password = "saved" if offer.gave_password else ""
            return ChallengeRejected(user=user, host=host, offered=offered, password=password, **fact)
        if isinstance(offer, KeysOffer):
            refusal = offer.refusal(user, host, step.chosen)
            if not isinstance(refusal, AuthRejected):
                return refusal
            return AuthRejected(**refusal.facts, offered=offered, **fact)
        method = AuthMethod.PASSWORD if gave_password else step.chosen
        return AuthRejected(user=user, host=host, method=method, offered=offered, **fact)

    def _method_missing(self, method: AuthMethod, offered: Sequence[str]) -> AuthMethodMissing:
        return AuthMethodMissing(
            user=self._hop.user, host=self._host, method=method, offered=", ".join(offered)
        )
