r"""The words of a pasted command line, as a POSIX shell would split them, kind to Windows paths.

A backslash counts as an escape only before a character that a shell treats specially, so that
``C:\Users\me`` and ``DOMAIN\me`` survive unquoted. Nothing is expanded: no variables, no ``~``, no globs.
"""

from __future__ import annotations

import re

from desktop.core.command_problem import CommandProblem
from desktop.core.config_errors import CommandNotUnderstood

# POSIX, cmd.exe and PowerShell each mark a continued line in their way; a wrapped paste has no mark, but its
# lines are indented or start with an option.
_MARKED_WRAP = re.compile(r"[\\^`][ \t]*\n")
_PLAIN_WRAP = re.compile(r"\n(?=[ \t]+\S|-)")
_PROMPT = re.compile(r"\s*(?:\[[^\]\n]*\]|PS [^>\n]*|[\w@.:~/-]*)[$#%>]\s+")
_WORD = r"(?:'[^']*'|\"(?:\\.|[^\"\\])*\"|\\[\s'\"\\$`&;|<>()*?#!]|[^\s'\"&;|<>])"
_TOKEN = re.compile(
    r"(?P<space>[^\S\n]+)"
    r"|(?P<comment>#[^\n]*)"
    rf"|(?P<redirect>(?:\d+|&)?[<>]{{1,2}}(?:&[\d-]+|[^\S\n]*{_WORD}*))"
    r"|(?P<end>[&;|\n]+)"
    rf"|(?P<word>{_WORD}+)",
    re.DOTALL,
)
_PIECE = re.compile(r"'([^']*)'|\"((?:\\.|[^\"\\])*)\"|\\([\s'\"\\$`&;|<>()*?#!])|(.)", re.DOTALL)
_ESCAPE_IN_QUOTES = re.compile(r"\\([\"\\$`])")


def simple_commands(text: str) -> list[list[str]]:
    """The words of each command in `text`: commands end at ``;``, ``&``, ``|`` or a line's end.

    A leading prompt, redirections, comments and empty commands are left out. Raises `CommandNotUnderstood`
    where a quote is never closed.
    """
    text = _one_line_each(text)
    commands: list[list[str]] = [[]]
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise CommandNotUnderstood(problem=CommandProblem.UNBALANCED_QUOTES, part=text[position])
        if token.lastgroup == "end":
            commands.append([])
        elif token.lastgroup == "word":
            commands[-1].append(_unquoted(token.group()))
        position = token.end()
    return [command for command in commands if command]


def _one_line_each(text: str) -> str:
    text = _PLAIN_WRAP.sub(" ", _MARKED_WRAP.sub("", text.replace("\r\n", "\n").strip()))
    prompt = _PROMPT.match(text)
    return text[prompt.end() :] if prompt else text


def _unquoted(word: str) -> str:
    return "".join(_piece(match) for match in _PIECE.finditer(word))


def _piece(match: re.Match[str]) -> str:
    single, double, escaped, plain = match.groups()
    if double is not None:
        return _ESCAPE_IN_QUOTES.sub(r"\1", double)
    return next(text for text in (single, escaped, plain) if text is not None)
