"""Which texts the copy card shows, in which order, and what of each."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.copy_text import CopyText, TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import Snapshot
from desktop.core.ssh_command import ssh_command

# What most programs want; the rest is one click away.
_FIRST = (
    TextKey.PROXY,
    TextKey.URL,
    TextKey.JDBC,
    TextKey.COMMAND,
    TextKey.ADDRESS,
    TextKey.SSH,
)
# Stands for any password, to see which texts have a place for one.
_ANYTHING = "p"


@dataclass(frozen=True, slots=True)
class Row:
    """`takes_password` where the text has a place for it. A row that is not `first` is among the further formats."""

    text: CopyText
    takes_password: bool
    first: bool

    @property
    def name(self) -> str:
        """As part of the names of its buttons."""
        return "".join(word.capitalize() for word in self.text.label.split())

    @property
    def shown(self) -> str:
        """On one line."""
        return "  ".join(line.strip() for line in self.text.text.splitlines() if line.strip())


def copy_rows(snapshot: Snapshot) -> tuple[CopyText, ...]:
    """Every text there is to copy now, without any password."""
    local, connection = snapshot.served_at, snapshot.connection
    texts = copy_texts(connection, local) if local is not None else ()
    if connection.route.is_direct:
        return texts
    command = ssh_command(connection, local.port if local is not None else None)
    return (*texts, CopyText("ssh command", command, TextKey.SSH))


def card_rows(snapshot: Snapshot) -> tuple[Row, ...]:
    """The most used first. Where only one would be left for later, all are."""
    texts = copy_rows(snapshot)
    places = _with_password(snapshot)
    order = [
        *(text for text in texts if text.key in _FIRST),
        *(text for text in texts if text.key not in _FIRST),
    ]
    few = sum(text.key not in _FIRST for text in texts) <= 1
    return tuple(
        Row(text, places.get(text.key, text.text) != text.text, few or text.key in _FIRST) for text in order
    )


def text_with_password(snapshot: Snapshot, key: TextKey, password: str) -> str:
    """The text of that key as it is now, empty where there is none any more. A secret: for the clipboard alone."""
    local = snapshot.served_at
    texts = copy_texts(snapshot.connection, local, password) if local is not None else ()
    return next((text.text for text in texts if text.key is key), "")


def _with_password(snapshot: Snapshot) -> dict[TextKey, str]:
    local = snapshot.served_at
    texts = copy_texts(snapshot.connection, local, _ANYTHING) if local is not None else ()
    return {text.key: text.text for text in texts}
