"""libpq's connection service file, ``pg_service.conf``.

PostgreSQL documentation, libpq, "The Connection Service File" and "Parameter Key Words"; what counts as a comment
and as a space is as in parseServiceFile() of fe-connect.c.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop.core.foreign import ForeignEntry, Remark
from desktop.store.fields import Damaged
from desktop.store.foreign.content import text_of
from desktop.store.foreign.entries import Given, entry_of
from desktop.store.foreign.jdbc import is_secret
from desktop.store.foreign.tls_settings import tls_of


def read(path: Path, login_name: str) -> Sequence[ForeignEntry]:
    """Raises `Damaged`, `OSError`. Who logs in where the file names nobody is `login_name`, as libpq has it."""
    services = _services(text_of(path))
    return [
        entry_of(name, lambda name=name, values=values: _given(name, values, login_name))  # type: ignore[misc]
        for name, values in services.items()
    ]


def _services(text: str) -> dict[str, dict[str, str]]:
    """Of two sections with one name the first counts, and of two settings, too."""
    services: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            name, bracket, _ = line[1:].partition("]")
            if not bracket:
                raise Damaged(f"line {number} is neither a section nor a setting")
            current = {}
            services.setdefault(name, current)
            continue
        name, equals, value = line.partition("=")
        # A look-up by LDAP stands alone in its line; without a section, nothing uses it.
        if line.startswith("ldap"):
            continue
        if current is None or not equals:
            raise Damaged(f"line {number} is neither a section nor a setting")
        current.setdefault(name, value)
    return services


def _given(name: str, values: Mapping[str, str], login_name: str) -> Given:
    kept = {key: value for key, value in values.items() if not is_secret(key)}
    has_password = any(is_secret(key) and key != "passfile" for key in values)
    tls, remarks = tls_of(kept)
    user = kept.get("user", "") or login_name
    return Given(
        name,
        "postgresql",
        # The host first: by it the certificate is checked.
        kept.get("host", "") or kept.get("hostaddr", ""),
        kept.get("port", ""),
        # libpq takes the user's name for the database where none is named.
        kept.get("dbname", "") or user,
        user,
        tls=tls,
        remarks=[*([Remark.LOGIN_LEFT] if has_password else []), *remarks],
    )
