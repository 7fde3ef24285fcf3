"""PostgreSQL and what speaks its protocol."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.copy_escapes import conninfo_value, shell_word
from desktop.core.copy_template import Template
from desktop.core.warehouse_kind import Texts

# libpq checks the certificate against `host` and connects to `hostaddr`, so verify-full works through a
# tunnel (PostgreSQL documentation, libpq, "Parameter Key Words").
CONNINFO = Template(
    "host=[{?hostaddr}{name}][{!hostaddr}{host}][ hostaddr={hostaddr}] port={port}[ dbname={database}][ user={user}]",
    escape=conninfo_value,
)
POSTGRESQL = Texts(
    url=Template("postgresql://[{user}@]{address}[/{database}]"),
    jdbc=Template("jdbc:postgresql://{address}/[{database}]"),
    command=Template("psql {conninfo}", escape=shell_word),
)
REDSHIFT = replace(POSTGRESQL, jdbc=Template("jdbc:redshift://{address}/[{database}]"))
