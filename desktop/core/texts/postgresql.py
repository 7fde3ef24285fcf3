"""PostgreSQL and what speaks its protocol.

libpq checks the certificate against `host` and connects to `hostaddr`, so verify-full works through a tunnel, and
``sslrootcert=system`` needs version 16 (PostgreSQL documentation, libpq, "Parameter Key Words"). pgjdbc has no way to
tell a name (its documentation, "Using SSL"), nor has dbt-postgres.
"""

from __future__ import annotations

from dataclasses import replace

from desktop.core.copy_escapes import conninfo_value, shell_word
from desktop.core.copy_template import Template
from desktop.core.copy_text import NoteKind
from desktop.core.texts.parts import JDBC_LOGIN, LOGIN, dbt, dbt_password, environment, odbc
from desktop.core.warehouse_kind import Texts

_TLS = (
    "{?off}sslmode=disable",
    "{?require}sslmode=require",
    "{?verify}sslmode=verify-full",
    "{?verify}sslrootcert={ca_file}",
    "{?verify}{!ca_file}sslrootcert=system",
)
_LIBPQ_NOTES = (
    ("{?verify}{?name}{!hostaddr}", NoteKind.HOSTS_LINE),
    ("{?verify}{!ca_file}", NoteKind.LIBPQ_16),
)
_BY_CA = (("{?by_ca}", NoteKind.NAME_NOT_CHECKED), ("{?by_name}{?name}", NoteKind.HOSTS_LINE))

CONNINFO = Template(
    "host={libpq_host}",
    ("hostaddr={hostaddr}", "port={port}", "dbname={database}", "user={user}", *_TLS),
    " ",
    " ",
    conninfo_value,
)
# What psqlodbc hands on to libpq as it is, in its option pqopt.
PQOPT = Template(
    "{?verify}sslrootcert=[{ca_file}][{!ca_file}system]", ("hostaddr={hostaddr}",), " ", " ", conninfo_value
)
_URL = Template(
    f"postgresql://{LOGIN}{{libpq_address}}[/{{database}}]",
    ("{?verify}hostaddr={hostaddr}", *_TLS),
    notes=(*_LIBPQ_NOTES[:1], ("{?verify}{?hostaddr}", NoteKind.LIBPQ_ONLY), *_LIBPQ_NOTES[1:]),
)
_BY_AUTHORITY = (
    "{?by_ca}sslmode=verify-ca",
    "{?by_name}sslmode=verify-full",
    "{?verify}sslrootcert={ca_file}",
)
_JDBC = Template(
    "jdbc:postgresql://{checked_address}/[{database}]",
    (
        *JDBC_LOGIN,
        *_TLS[:2],
        *_BY_AUTHORITY,
        "{?verify}{!ca_file}sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
    ),
    notes=_BY_CA,
)
_ODBC = (
    "Server={checked_host}",
    "Port={port}",
    "Database={database}",
    "UID={user}",
    "PWD={password}",
)


def _profile(adapter: str, *more: str) -> Template:
    return dbt(
        adapter,
        "host: {checked_host}",
        "port: {port}",
        "user: {user}",
        *dbt_password(),
        "dbname: {database}",
        "schema: public",
        "threads: 4",
        *(option.replace("=", ": ") for option in (*_TLS[:2], *_BY_AUTHORITY)),
        *more,
        needs="user database",
        notes=_BY_CA,
    )


POSTGRESQL = Texts(
    url=_URL,
    jdbc=_JDBC,
    command=Template("psql {conninfo}", escape=shell_word, notes=_LIBPQ_NOTES),
    odbc=odbc(
        "PostgreSQL Unicode",
        "Server=[{?verify}{libpq_host}][{!verify}{host}]",
        *_ODBC[1:],
        "{?off}SSLmode=disable",
        "{?require}SSLmode=require",
        "{?verify}SSLmode=verify-full",
        "pqopt={pqopt}",
        notes=_LIBPQ_NOTES,
    ),
    sqlalchemy=replace(
        _URL, text=_URL.text.replace("postgresql:", "postgresql+psycopg:"), notes=_LIBPQ_NOTES
    ),
    dbt=_profile("postgres"),
    environment=environment(
        "PGHOST={libpq_host}",
        "PGHOSTADDR={hostaddr}",
        "PGPORT={port}",
        "PGDATABASE={database}",
        "PGUSER={user}",
        "PGPASSWORD={password}",
        "{?off}PGSSLMODE=disable",
        "{?require}PGSSLMODE=require",
        "{?verify}PGSSLMODE=verify-full",
        "{?verify}PGSSLROOTCERT={ca_file}",
        "{?verify}{!ca_file}PGSSLROOTCERT=system",
        notes=_LIBPQ_NOTES,
    ),
)
# What only speaks the protocol has no dbt adapter and no driver of PostgreSQL's own kind to recommend.
WIRE_COMPATIBLE = replace(POSTGRESQL, dbt=Template(), odbc=Template())
GREENPLUM = replace(POSTGRESQL, dbt=_profile("greenplum"))
MATERIALIZE = replace(WIRE_COMPATIBLE, dbt=_profile("materialize"))
REDSHIFT = replace(
    POSTGRESQL,
    jdbc=replace(_JDBC, text="jdbc:redshift://{checked_address}/[{database}]"),
    odbc=odbc(
        "Amazon Redshift (x64)",
        *_ODBC,
        "{?off}SSLMode=disable",
        "{?require}SSLMode=require",
        "{?by_ca}SSLMode=verify-ca",
        "{?by_name}SSLMode=verify-full",
        notes=_BY_CA,
    ),
    sqlalchemy=Template(),
    dbt=_profile("redshift"),
)
COCKROACHDB = replace(
    WIRE_COMPATIBLE,
    sqlalchemy=replace(POSTGRESQL.sqlalchemy, text=_URL.text.replace("postgresql:", "cockroachdb+psycopg:")),
)
_VERTICA_CHECK = (("{?verify}{?name}", NoteKind.NAME_NOT_CHECKED),)
# Vertica documentation, "Configuring TLS for JDBC Clients" (TLSmode), and "-m --sslmode" of vsql, with VSQL_SSLMODE. A
# name can't be told, so that only the chain is checked.
VERTICA = Texts(
    jdbc=Template(
        "jdbc:vertica://{address}/[{database}]",
        (*JDBC_LOGIN, "{?off}TLSmode=disable", "{?require}TLSmode=require", "{?verify}TLSmode=verify-ca"),
        notes=_VERTICA_CHECK,
    ),
    command=Template(
        "vsql -h {host} -p {port}[ -d {database}][ -U {user}][{?require} -m require][{?verify} -m verify_ca]",
        escape=shell_word,
        notes=_VERTICA_CHECK,
    ),
    odbc=odbc(
        "Vertica",
        "Servername={host}",
        "Port={port}",
        "Database={database}",
        "UID={user}",
        "PWD={password}",
        "{?require}SSLMode=require",
        "{?verify}SSLMode=verify_ca",
        notes=_VERTICA_CHECK,
    ),
    sqlalchemy=Template(f"{{!require}}{{!verify}}vertica+vertica_python://{LOGIN}{{address}}[/{{database}}]"),
    dbt=dbt(
        "vertica",
        "host: {host}",
        "port: {port}",
        "username: {user}",
        *dbt_password(),
        "database: {database}",
        "schema: public",
        "threads: 4",
        "{?tls}ssl: true",
        needs="user database",
        notes=(("{?verify}", NoteKind.NOT_CHECKED),),
    ),
    environment=environment(
        "VSQL_HOST={host}",
        "VSQL_PORT={port}",
        "VSQL_DATABASE={database}",
        "VSQL_USER={user}",
        "VSQL_PASSWORD={password}",
        "{?require}VSQL_SSLMODE=require",
        "{?verify}VSQL_SSLMODE=verify_ca",
        notes=_VERTICA_CHECK,
    ),
)
