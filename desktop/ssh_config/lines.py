"""One line of an ssh_config: its keyword and what follows, by the two rules that OpenSSH has for words.

The keyword, and the criteria of ``Match``, end at a blank, a double quote or one equals sign (`next_word`); all other
arguments follow the rules of `split_words`, with both kinds of quotes, backslashes and comments.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from desktop.core.ssh_config_problem import SshConfigProblem
from desktop.ssh_config.fault import Fault

BLANKS = " \t\r\n"
_DELIMITER = re.compile(r'[ \t\r\n"=]')
_SPECIAL = re.compile(r"['\"\\#]")
_GAPS = re.compile(r"[ \t]+")
_ESCAPED_ANYWHERE = "'\"\\"
_UPPER_TO_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True)
class Line:
    """`keyword` is in lower case; `rest` is all that follows it, `words` the same as arguments."""

    keyword: str
    rest: str
    words: tuple[str, ...]

    @property
    def command(self) -> str:
        """The rest as a command: taken whole, with quotes, comments and all."""
        return self.rest.lstrip(f"{BLANKS}=")


# Whoever asks for all aliases of a file has each of its lines read once for each.
@functools.lru_cache(maxsize=16_384)
def parse_line(text: str) -> Line | None:
    """None for a line without content. Raises `Fault`."""
    # Whatever a line is, its first character stays; what follows a NUL was never seen by a C program.
    text = text.partition("\0")[0]
    text = text[:1] + text[1:].rstrip(f"{BLANKS}\f")
    keyword, rest = next_word(text)
    if keyword == "":
        keyword, rest = next_word(rest)
    if not keyword or keyword[0] in "\n#":
        return None
    rest = (rest or "").lstrip(BLANKS)
    if not rest:
        raise Fault(SshConfigProblem.MISSING_VALUE, ascii_lower(keyword))
    return Line(ascii_lower(keyword), rest, tuple(split_words(rest)))


def next_word(text: str | None) -> tuple[str | None, str | None]:
    """The first word and what follows it; no word where nothing is left or a quote is never closed."""
    if text is None:
        return None, None
    found = _DELIMITER.search(text)
    if found is None:
        return text, None
    before, after = text[: found.start()], text[found.end() :]
    if found.group() == '"':
        quoted, closing, after = after.partition('"')
        return (before + quoted, after.lstrip(BLANKS)) if closing else (None, None)
    after = after.lstrip(BLANKS)
    if found.group() != "=" and after.startswith("="):
        after = after[1:].lstrip(BLANKS)
    return before, after


def split_words(text: str) -> list[str]:
    """The arguments up to a comment. Raises `Fault` where a quote is never closed."""
    if not _SPECIAL.search(text):
        return [word for word in _GAPS.split(text) if word]
    words: list[str] = []
    position = 0
    while position < len(text):
        if text[position] in " \t":
            position += 1
        elif text[position] == "#":
            break
        else:
            word, position = _word_at(text, position)
            words.append(word)
    return words


def _word_at(text: str, position: int) -> tuple[str, int]:
    word: list[str] = []
    quote = ""
    while position < len(text):
        letter, following = text[position], text[position + 1 : position + 2]
        if (
            letter == "\\"
            and following
            and (following in _ESCAPED_ANYWHERE or (following == " " and not quote))
        ):
            word.append(following)
            position += 1
        elif not quote and letter in " \t":
            break
        elif not quote and letter in "'\"":
            quote = letter
        elif letter == quote:
            quote = ""
        else:
            word.append(letter)
        position += 1
    if quote:
        raise Fault(SshConfigProblem.UNBALANCED_QUOTES, quote)
    return "".join(word), position


def ascii_lower(text: str) -> str:
    """As ssh lowers names: the letters A to Z, and no others."""
    return text.translate(_UPPER_TO_LOWER)
