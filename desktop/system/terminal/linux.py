"""The terminals of Linux desktops: each takes a command in its own way."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop.core.system_ports import TerminalRun
from desktop.core.terminal_errors import TerminalMissing
from desktop.system.terminal.programs import find_program
from desktop.system.terminal.run import Terminals

# What stands between a terminal's name and the words of the command, in the order in which they are looked for.
# xdg-terminal-exec: its README, "Syntax". ptyxis(1). kgx: kgx-application.c of GNOME Console. mate-terminal: its
# terminal-options.c. terminator: its optionparse.py. foot(1). wezterm: its documentation, "wezterm start". st(1).
_BEFORE: dict[str, tuple[str, ...]] = {
    "xdg-terminal-exec": (),
    "x-terminal-emulator": ("-e",),
    "gnome-terminal": ("--",),
    "ptyxis": ("--new-window", "--"),
    "kgx": ("--",),
    "konsole": ("-e",),
    "xfce4-terminal": ("-x",),
    "mate-terminal": ("-x",),
    "terminator": ("-x",),
    "kitty": (),
    "alacritty": ("-e",),
    "foot": (),
    "wezterm": ("start", "--"),
    "ghostty": ("-e",),
    "urxvt": ("-e",),
    "st": ("-e",),
    "xterm": ("-e",),
}
_ANY_OTHER = ("-e",)
# The command comes as arguments of the script, never as text in it.
_HOLD_OPEN = (
    '"$@"; status=$?; [ "$status" -eq 0 ] || '
    '{ printf \'\\n%s ended with status %s. Press Return to close. \' "${1##*/}" "$status"; read -r _; }'
)


class LinuxTerminal:
    """Implements `desktop.core.system_ports.Terminal`. The person's own choice is in the variable TERMINAL."""

    def __init__(self, find: Callable[[str], str] = find_program) -> None:
        self._find = find
        self._terminals = Terminals()

    def find(self, program: str) -> str:
        return self._find(program)

    def open(self, words: Sequence[str]) -> TerminalRun:
        return self._terminals.start((*self._opening(), "/bin/sh", "-c", _HOLD_OPEN, "sh", *words))

    def _opening(self) -> tuple[str, ...]:
        chosen = _chosen()
        for words in ([chosen] if chosen else []) + [[name] for name in _BEFORE]:
            path = self._find(words[0])
            if path:
                before = _BEFORE.get(Path(path).name, _ANY_OTHER)
                return (path, *words[1:], *before)
        raise TerminalMissing(looked_for=", ".join(_BEFORE))


def _chosen() -> list[str]:
    """The words of TERMINAL, none where it is not set or can't be read."""
    try:
        return shlex.split(os.environ.get("TERMINAL", ""))
    except ValueError:
        return []
