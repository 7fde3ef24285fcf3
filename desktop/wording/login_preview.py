"""What a login will try, in order, and what a server says it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop.core.agents import AgentIdentity
from desktop.core.errors import HostKeyUnknown
from desktop.core.login_preview import HopOffers, Keeping, Offer, ServerMethods
from desktop.core.model import AuthMethod
from desktop.core.names import tidied
from desktop.wording.agents import skipped_keys_line
from desktop.wording.agents import type_name as key_type_name
from desktop.wording.login_methods import either
from desktop.wording.messages import advice_once, title

AFTERWARDS = "Then whatever else the server asks for, such as a code."
_PASSWORD = {
    Keeping.TYPED: "The password typed above",
    Keeping.IN_KEYRING: "The password in the keyring",
    Keeping.NOWHERE: "A password: none is saved, so you will be asked for it",
    Keeping.UNKNOWN: "A password: the keyring can't be read now, so you may be asked for it",
}
_PASSPHRASE = {
    Keeping.TYPED: "passphrase typed above",
    Keeping.IN_KEYRING: "passphrase in the keyring",
    Keeping.NOWHERE: "no passphrase saved: you will be asked for it",
    Keeping.UNKNOWN: "the keyring can't be read now: you may be asked for its passphrase",
}
_PASTED = {
    Keeping.TYPED: "The key pasted above",
    Keeping.IN_KEYRING: "The pasted key in the keyring",
    Keeping.NOWHERE: "A pasted key: none is saved, so paste it above",
    Keeping.UNKNOWN: "The pasted key: the keyring can't be read now",
}
_WANTED = {
    AuthMethod.PASSWORD: frozenset({"password", "keyboard-interactive"}),
    AuthMethod.INTERACTIVE: frozenset({"keyboard-interactive"}),
    AuthMethod.KEY_FILE: frozenset({"publickey"}),
    AuthMethod.PASTED_KEY: frozenset({"publickey"}),
    AuthMethod.AGENT: frozenset({"publickey"}),
}


def hop_heading(hop: HopOffers) -> str:
    return f"{hop.user}@{hop.endpoint}"


def offer_lines(hop: HopOffers) -> list[str]:
    """One line for each way, in order."""
    lines = [_line(offer) for offer in hop.offers]
    return lines or ["Nothing: none of the keys that your ssh configuration names is here"]


def skipped_line(hop: HopOffers) -> str:
    """What is passed over, or nothing."""
    files = [f"{title(cause)}." for cause in hop.passed_over]
    return " ".join(filter(None, (skipped_keys_line(hop.skipped), *files)))


def server_answer(answer: ServerMethods, offers: Sequence[Offer]) -> str:
    """What the first server said, beside what it will be offered."""
    return " ".join(_answer(answer, offers))


def _answer(answer: ServerMethods, offers: Sequence[Offer]) -> Iterator[str]:
    if answer.cause is not None:
        yield f"{title(answer.cause)}."
        yield advice_once(answer.cause)
        if answer.cause.code == HostKeyUnknown.code:
            yield "You are asked about it when you connect."
        return
    server = answer.endpoint.host
    if answer.lets_in:
        yield f"{server} lets {answer.user} in without asking for anything."
    else:
        yield f"{server} begins with {either(answer.methods)}. What it asks for after that shows only in a login."
        wanted = frozenset().union(*(_WANTED.get(offer.method, frozenset()) for offer in offers))
        if offers and not wanted & set(answer.methods):
            yield "Nothing of the above is among it: choose another way to log in."
    if not answer.is_bastion:
        yield "The servers behind it can be asked only by whoever is logged in to it."


def _line(offer: Offer) -> str:
    if offer.method is AuthMethod.PASSWORD:
        return _PASSWORD[offer.secret]
    if offer.method is AuthMethod.PASTED_KEY:
        return _joined(_PASTED[offer.secret], _details(offer))
    if offer.method is AuthMethod.KEY_FILE:
        return _joined(f"The key {offer.path}", _details(offer))
    if offer.method is AuthMethod.AGENT:
        return _joined("A key of the SSH agent", _details(offer))
    return "Your answers to its questions, such as a code: you will be asked"


def _details(offer: Offer) -> Iterator[str]:
    if offer.identity is not None:
        yield _identity(offer.identity)
    if offer.certificate:
        yield f"with the certificate {tidied(offer.certificate)}"
    if offer.method is AuthMethod.KEY_FILE and offer.secret is not Keeping.NOT_NEEDED:
        yield _PASSPHRASE[offer.secret]
    if offer.cause is not None:
        yield f"but: {title(offer.cause)}"


def _identity(identity: AgentIdentity) -> str:
    kind = key_type_name(identity.key_type)
    return " ".join(part for part in (identity.comment, kind, identity.fingerprint) if part)


def _joined(start: str, details: Iterator[str]) -> str:
    return ", ".join([start, *details])
