"""How a name or password is written in each kind of text, so that its reader gets it back as it was."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from urllib.parse import quote

Escape = Callable[[str], str]

_SIMPLE_NAME = re.compile(r"[\w.-]*")
_JINJA_OPENING = re.compile(r"\{(?=[{%#])")


class CannotSay(ValueError):
    """This kind of text has no way to write that name."""


def plain(text: str) -> str:
    return text


def url_part(text: str) -> str:
    """A part of a URL (RFC 3986): everything but unreserved characters is percent-encoded."""
    return quote(text, safe="")


def url_place(text: str) -> str:
    """``host:port`` in a URL, with brackets around an IPv6 address."""
    return quote(text, safe=":[]")


def conninfo_value(text: str) -> str:
    """A value of libpq's connection string (PostgreSQL documentation, "Keyword/Value Connection Strings")."""
    if re.fullmatch(r"[^\s'\\]+", text):
        return text
    return "'" + text.replace("\\", r"\\").replace("'", r"\'") + "'"


def shell_word(text: str) -> str:
    """`text` as one shell word; in double quotes where that is enough, because cmd.exe knows no others."""
    if text == shlex.quote(text) or re.search(r'["$`\\!]', text):
        return shlex.quote(text)
    return f'"{text}"'


def posix_word(text: str) -> str:
    """`text` as one word of a POSIX shell."""
    return shlex.quote(text)


def braced(text: str) -> str:
    """A property of a SQL Server JDBC URL: special characters stand in braces."""
    return text if _SIMPLE_NAME.fullmatch(text) else "{" + text.replace("}", "}}") + "}"


def odbc_value(text: str) -> str:
    """A value of an ODBC connection string (ODBC Programmer's Reference, "SQLDriverConnect", Connection Strings)."""
    return text if re.fullmatch(r"[\w.:/\\-]*", text) else "{" + text.replace("}", "}}") + "}"


def unquoted(text: str) -> str:
    """Where a reader knows neither quotes nor escapes, its own marks can't be in a name."""
    if re.search(r"[;:,&?=/()\"'\\{}\s]", text):
        raise CannotSay
    return text


def raw_option(text: str) -> str:
    """A part of MariaDB's JDBC URL, which takes them as they stand (MariaDB Connector/J, `Configuration.parse`)."""
    if re.search(r"[&?%+#\s]", text):
        raise CannotSay
    return text


def oracle_name(text: str) -> str:
    """A user, password or service in front of, or behind, Oracle's ``@``: in double quotes unless it is simple."""
    if '"' in text:
        raise CannotSay
    return text if re.fullmatch(r"[\w.$#-]+", text) else f'"{text}"'


def oracle_word(text: str) -> str:
    """The same, as one word for a shell."""
    return shell_word(oracle_name(text))


def yaml_text(text: str) -> str:
    """A scalar of a dbt profile: YAML in double quotes, which dbt then renders as Jinja."""
    return json.dumps(_JINJA_OPENING.sub("{{ '{' }}", text))


# They take care of a host as of anything else; the others write it as in a URL.
QUOTING = (plain, conninfo_value, shell_word, posix_word, yaml_text, odbc_value)
