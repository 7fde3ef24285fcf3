"""What the templates of several families have in common."""

from __future__ import annotations

from desktop.core.copy_escapes import odbc_value, posix_word, yaml_text
from desktop.core.copy_template import Template
from desktop.core.copy_text import NoteKind

LOGIN = "[{user}:{password}@][{!password}{user}@]"
JDBC_LOGIN = ("{?password}user={user}", "{?user}password={password}")

Notes = tuple[tuple[str, NoteKind], ...]

# The real name is in the text wherever the certificate is looked at.
BY_HOSTS_LINE: Notes = (("{?checked}{?name}", NoteKind.HOSTS_LINE),)


def odbc(driver: str, *options: str, notes: Notes = ()) -> Template:
    return Template(f"Driver={{{driver}}}", options, ";", ";", odbc_value, notes)


def environment(*options: str, when: str = "", notes: Notes = ()) -> Template:
    """For a POSIX shell. `when` are conditions without which there is nothing to say."""
    return Template(f"{when}export", options, " ", " ", posix_word, notes)


def dbt(adapter: str, *options: str, needs: str = "", notes: Notes = ()) -> Template:
    """A profile for ``profiles.yml``. Without a password it names a variable, which dbt keeps out of its logs.

    dbt's documentation, "env_var", "Secrets". `needs` are names without which there is no profile.
    """
    needed = "".join(f"{{?{name}}}" for name in needs.split())
    head = f"{needed}{{profile}}:\n  target: dev\n  outputs:\n    dev:\n      type: {adapter}"
    return Template(head, options, "\n      ", "\n      ", yaml_text, notes)


def dbt_password(key: str = "password") -> tuple[str, str]:
    variable = "\"{{ env_var('DBT_ENV_SECRET_PASSWORD') }}\""
    return (f"{key}: {{password}}", f"{{!password}}{key}: {variable}")


def dbt_clickhouse(driver: str, notes: Notes) -> Template:
    """Of dbt-clickhouse, which speaks by ``http`` or ``native``."""
    return dbt(
        "clickhouse",
        f"driver: {driver}",
        "host: {host}",
        "port: {port}",
        "user: {user}",
        *dbt_password(),
        "schema: {database}",
        "{!database}schema: default",
        "threads: 4",
        "{?tls}secure: true",
        "{?unchecked}verify: false",
        "{?checked}server_host_name: {name}",
        notes=notes,
    )
