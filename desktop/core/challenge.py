"""Questions that a server asks while somebody logs in (RFC 4256), as they are shown to the person."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

# Texts come from whoever answers at the bastion's address. Nobody reads more than this of a question.
LONGEST_TITLE = 120
LONGEST_TEXT = 4000
LONGEST_BANNER = 2000
LONGEST_PROMPT = 300
MOST_PROMPTS = 16

# What terminals take for orders (ECMA-48): colours, the window's title.
_ORDERS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x9b[0-?]*[ -/]*[@-~]")
# Control characters, and the invisible ones that turn the direction of what is around them.
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_ENDS = frozenset("\n\u2028\u2029")


@dataclass(frozen=True, slots=True)
class ChallengePrompt:
    """One answer that is wanted. `shown` says that it may be seen while it is typed."""

    text: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Challenge:
    """One round of questions of a login, in `shown_text` only. What the server said before it stands above its text.

    `number` tells it from every other round. `login` is that of `PlannedHop`, `host` and `user` say the same in words.
    `asker` is the id of the connection that asks, among all that wait for this login. Once it `is_answered`, or where
    there are no `prompts`, there is nothing to type: the server decides, or waits for a yes on the person's phone.
    With `wants_password` the one answer is the password of the account, which may be kept; `store` is the code of what
    keeps it out of the keyring, or empty.
    """

    number: int
    user: str
    host: str
    login: str = ""
    title: str = ""
    text: str = ""
    prompts: tuple[ChallengePrompt, ...] = ()
    asker: str = ""
    is_answered: bool = False
    wants_password: bool = False
    store: str = ""

    @property
    def wants_typing(self) -> bool:
        return bool(self.prompts) and not self.is_answered

    def answered(self) -> Challenge:
        return replace(self, is_answered=True)


def shown_text(text: str, longest: int, *, lines: bool = False) -> str:
    """A stranger's text as plain text of at most `longest` characters, on one line if not in `lines`."""
    kept = "".join(_shown(character) for character in _ORDERS.sub("", text))
    rows = [" ".join(row.split()) for row in kept.split("\n")]
    shown = "\n".join(rows).strip("\n") if lines else " ".join(row for row in rows if row)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _shown(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _NOT_SHOWN else character
