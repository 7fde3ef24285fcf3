"""The branch of the error tree for logins in which the server asks questions.

::

    ChallengeError
    ├── ChallengeRejected  ChallengeExpired  ChallengeUnattended  ChallengeUnreadable
    └── AuthCancelled  AwaitsClient
"""

from __future__ import annotations

from desktop.core.errors import CaponierError


class ChallengeError(CaponierError):
    """The server's questions were not answered, or not well. None of it is tried again without a person.

    `login` (`PlannedHop.login`) is a further fact where the server is a jump host.
    """


class ChallengeRejected(ChallengeError):
    """The server did not let the person in after they had answered. `offered` as in `AuthMethodMissing`.

    `password` is ``saved`` where the saved password was one of the answers, else empty.
    """

    code = "challenge_rejected"
    fact_names = ("user", "host", "offered", "password")


class ChallengeExpired(ChallengeError):
    """The server went, or ended the login, while its question stood (LoginGraceTime, sshd_config(5))."""

    code = "challenge_expired"
    fact_names = ("user", "host", "after_s")


class ChallengeUnattended(ChallengeError):
    """There is nobody to ask: no window, and no terminal."""

    code = "challenge_unattended"
    fact_names = ("user", "host")


class ChallengeUnreadable(ChallengeError):
    """`problem` is ``nothing-readable`` or ``too-many``."""

    code = "challenge_unreadable"
    fact_names = ("user", "host", "problem")


class AuthCancelled(ChallengeError):
    """The person did not want to answer for one connection; the others that share the login wait."""

    code = "auth_cancelled"
    fact_names = ("user", "host")


class AwaitsClient(ChallengeError):
    """No attempt is under way: the next one is for a program that connects, or for the person's word."""

    code = "awaits_client"
