"""Templates of the texts that a person copies, and how names are filled in.

``{name}`` stands for that value. ``{?name}`` and ``{!name}`` stand for nothing; they hold only where it is there, or is
not. A part in ``[...]`` is left out where something inside it does not hold, and so is an option; the whole text is
where something outside does not. The names:

| `user` `database` `password` | what the person saved; the password only if it was asked for |
| `address` `host` `port` | where programs connect; `address` is ``host:port`` as in a URL |
| `name` `named_address` | the name in the certificate, where programs connect by another one; with the port |
| `known_host` `known_address` | `name` if it can stand in a hosts file, or else `host`; with the port |
| `hostaddr` | `host` where it is an IP address and there is a `name` |
| `libpq_host` `libpq_address` | what libpq checks the certificate for, and that with the port if it has to be checked |
| `checked_host` `checked_address` | `known_host` where `by_name` holds, or else `host`; with the port |
| `by_ca` | to be verified, but for want of a way to tell the name, by one authority's file only |
| `by_name` | to be verified in full |
| `ca_known` | whoever has to verify has a file of authorities |
| `checks` | nothing keeps a program from verifying, which some do by themselves |
| `ca_file` | the authorities to trust |
| `off` `require` `verify` | the mode of TLS, if it is that one |
| `tls` | encrypted from the first byte: the mode says so, or the port does |
| `checked` `unchecked` | `tls` with, or without, a look at the certificate |
| `profile` | the name of the connection |
| `pqopt` | for ODBC: what is for libpq alone |
| `url` `conninfo` | for a command: these texts, without password |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.core.copy_escapes import QUOTING, Escape, url_part, url_place
from desktop.core.copy_text import NoteKind

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_NAME = re.compile(r"\{([?!]?)([a-z_]+)\}")
_PLACES = frozenset({"address", "host", "named_address", "known_address", "libpq_address", "checked_address"})


@dataclass(frozen=True, slots=True)
class Template:
    """`options` that hold follow `text`: `opening` before the first, `joint` between two.

    `escape` is for every value that may have special characters. `notes` are conditions with what is to be said where
    they hold.
    """

    text: str = ""
    options: tuple[str, ...] = ()
    opening: str = "?"
    joint: str = "&"
    escape: Escape = url_part
    notes: tuple[tuple[str, NoteKind], ...] = ()

    def filled(self, values: Mapping[str, str]) -> str:
        """Empty where a name outside of ``[...]`` is missing. Raises `CannotSay`."""
        if not self.text or not _holds(self._required(), values):
            return ""
        chosen = (_chosen(option, values) for option in self.options if _holds(_outside(option), values))
        options = self.joint.join(chosen)
        return self._insert(_chosen(self.text, values) + (self.opening + options if options else ""), values)

    def remarks(self, values: Mapping[str, str]) -> tuple[NoteKind, ...]:
        return tuple(kind for condition, kind in self.notes if _holds(condition, values))

    def _required(self) -> str:
        return _outside(self.text)

    def _insert(self, text: str, values: Mapping[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            condition, name = match.groups()
            if condition or name == "port":
                return "" if condition else values[name]
            is_place = name in _PLACES and self.escape not in QUOTING
            return url_place(values[name]) if is_place else self.escape(values[name])

        return _NAME.sub(value, text)


NONE = Template()


def _outside(text: str) -> str:
    return _OPTIONAL.sub("", text)


def _chosen(text: str, values: Mapping[str, str]) -> str:
    return _OPTIONAL.sub(lambda match: match[1] if _holds(match[1], values) else "", text)


def _holds(text: str, values: Mapping[str, str]) -> bool:
    return all(bool(values[name]) != (condition == "!") for condition, name in _NAME.findall(text))
