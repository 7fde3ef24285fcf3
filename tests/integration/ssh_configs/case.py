"""One config file and the hosts to ask it about."""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent


@dataclass(frozen=True)
class Case:
    """`files` are included ones, by their names below ``~/.ssh``. `{dir}` in a text is that folder."""

    name: str
    config: str
    hosts: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return dedent(self.config)
