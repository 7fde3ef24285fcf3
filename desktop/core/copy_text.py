"""One text that a person copies, and what has to be said beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum


class TextKey(StrEnum):
    """Which text it is. The values are an interface: settings and tests may name them."""

    URL = "url"
    JDBC = "jdbc"
    COMMAND = "command"
    ODBC = "odbc"
    SQLALCHEMY = "sqlalchemy"
    DBT = "dbt"
    ENVIRONMENT = "environment"
    ADDRESS = "address"
    # Of a SOCKS port.
    PROXY = "proxy"
    URL_OPTIONS = "url-options"
    JDBC_OPTIONS = "jdbc-options"
    CURL = "curl"
    # Of the tunnel, not of the warehouse.
    SSH = "ssh"


class NoteKind(Enum):
    """What a text does not do, or needs. `desktop.wording.copy_notes` has the sentences."""

    # The certificate's authority is checked, its name is not.
    NAME_NOT_CHECKED = "name-not-checked"
    # Neither is checked: this program has no way to.
    NOT_CHECKED = "not-checked"
    # The real name is in the text, and has to lead to the local port: a line in the hosts file.
    HOSTS_LINE = "hosts-line"
    # Nobody has said which name is in the certificate.
    NAME_UNKNOWN = "name-unknown"
    # Only programs that use libpq take notice of hostaddr.
    LIBPQ_ONLY = "libpq-only"
    # sslrootcert=system needs libpq 16.
    LIBPQ_16 = "libpq-16"
    # It takes no file of authorities: they have to be in the trust store of Java, the system or the program.
    TRUST_STORE = "trust-store"


@dataclass(frozen=True, slots=True)
class CopyNote:
    """`name` is the one in the certificate, `host` where programs have to connect; `more` is to be said as well."""

    kind: NoteKind
    name: str = ""
    host: str = ""
    ca_file: str = ""
    more: tuple[NoteKind, ...] = ()


@dataclass(frozen=True, slots=True)
class CopyText:
    """`label` says which text it is: ``URL``, ``JDBC``, the command line's program, or ``Host and port``.

    A password that was asked for is in `text`, which has no place in a `repr`.
    """

    label: str
    text: str = field(repr=False)
    key: TextKey
    note: CopyNote | None = None
