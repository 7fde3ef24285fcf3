"""Sentences about logins in which the server asks questions."""

from __future__ import annotations

from desktop.core.challenge import Challenge
from desktop.core.errors import Cause
from desktop.wording.login_methods import would_take
from desktop.wording.sentences import Sentence

_AGAIN = "Connect again to be asked anew: by itself Caponier does not ask twice."
_PROBLEMS = {
    "nothing-readable": "It asked in characters that can't be shown",
    "too-many": "It asked more questions at once than a login has",
}


def challenge_state(challenge: Challenge) -> str:
    """How a connection stands whose login asks that, in a few words."""
    if challenge.wants_typing:
        return "Waits for your answer"
    return "Waiting for the server…" if challenge.prompts else "Waiting for your approval"


def challenge_title(challenge: Challenge) -> str:
    """What a banner says about it, in one line."""
    return f"{challenge.host} {'asks for an answer' if challenge.wants_typing else 'has not let you in yet'}"


def challenge_advice(challenge: Challenge) -> str:
    if challenge.wants_typing:
        return "Its question is in a window of its own, for all connections that share this login."
    if challenge.prompts:
        return "The answer is on its way; the server decides."
    return challenge.text or challenge.title


def challenge_lines(challenge: Challenge, name: str) -> list[str]:
    """What a terminal says before it asks. `name` is the connection's that asks."""
    verb = "asks" if challenge.prompts else "says"
    said = [line for line in (challenge.title, *challenge.text.splitlines()) if line]
    return [f"{challenge.host} {verb}, for {challenge.user} of {name}:", *(f"  {line}" for line in said)]


def _rejected_advice(cause: Cause) -> str:
    saved = (
        " The saved password of {user} was one of the answers: if it has changed, enter the new one in the editor."
        if cause.fact("password")
        else ""
    )
    return (
        "A code is good for a short time and for one login: wait for a fresh one, and see that your phone's clock is"
        f" right. {_AGAIN}{saved}{would_take(cause)}"
    )


def _unreadable_advice(cause: Cause) -> str:
    problem = _PROBLEMS.get(cause.fact("problem"), "Its question can't be shown")
    return (
        f"{problem}, so nothing was answered. Ask the administrator of {{host}} what its login wants to know."
    )


SENTENCES = {
    "challenge_rejected": Sentence("{host} did not accept the answer for {user}", _rejected_advice),
    "challenge_expired": Sentence(
        "{host} did not wait any longer for an answer",
        "It gave {user} {after_s} seconds to answer, and ended the login then. Have your phone or token at hand and"
        f" answer sooner. {_AGAIN}",
    ),
    "challenge_unattended": Sentence(
        "{host} asks for an answer, and nobody can be asked",
        "The login of {user} needs a code or a yes that only you can give. Run the command in a terminal, or connect in"
        " Caponier's window.",
    ),
    "challenge_unreadable": Sentence("{host} asks for something that can't be shown", _unreadable_advice),
    "auth_cancelled": Sentence(
        "You did not answer {host}",
        "This connection shares that login. It waits: Caponier asks again when a program connects, or when you press"
        " Connect.",
    ),
    "awaits_client": Sentence(
        "No program needs this connection now",
        "Its port is open. Caponier logs in when a program connects to it, or when you press Connect.",
    ),
}
