"""What a server says, made fit to be shown: one line of printable characters, of bounded length, without the secret."""

from __future__ import annotations

MOST_CHARACTERS = 300


def cleaned(text: str, secret: str = "") -> str:
    """The server is not trusted: its words go to a terminal, to a log and into a report."""
    if secret:
        text = text.replace(secret, "…")
    shown = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(shown.split()).removesuffix(".")
    return words if len(words) <= MOST_CHARACTERS else f"{words[: MOST_CHARACTERS - 1]}…"
