"""Sentences about opening a warehouse's client in a terminal."""

from __future__ import annotations

from desktop.wording.sentences import Sentence

SENTENCES = {
    "terminal_missing": Sentence(
        "No terminal was found on this computer",
        "Install one, or name yours in the environment variable TERMINAL and start Caponier anew. Known here:"
        " {looked_for}. The command can be copied and run anywhere.",
    ),
    "terminal_failed": Sentence(
        "{terminal} did not open",
        "Reason: {reason}. Copy the command, and run it in a terminal of your own.",
    ),
}


def client_hint(program: str) -> str:
    """Why there is no way into a terminal: the client is not there."""
    return f"Opening it in a terminal needs {program}, which was not found on this computer."
