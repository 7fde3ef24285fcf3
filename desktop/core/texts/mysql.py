"""MySQL, MariaDB, and what speaks their protocol.

MySQL's clients check the name only with VERIFY_IDENTITY, and have no way to tell it (MySQL Reference Manual, "Command
Options for Encrypted Connections"; MySQL Connector/J, "Security"). MariaDB's --ssl-verify-server-cert checks both, and
is on by itself since 11.4 (MariaDB Knowledge Base, "Secure Connections Overview"). PyMySQL verifies only with a file.
"""

from __future__ import annotations

from dataclasses import replace

from desktop.core.copy_escapes import raw_option, shell_word
from desktop.core.copy_template import Template
from desktop.core.copy_text import NoteKind
from desktop.core.texts.parts import JDBC_LOGIN, LOGIN, Notes, dbt, dbt_password, environment, odbc
from desktop.core.warehouse_kind import Texts

_NOTES: Notes = (("{?by_ca}", NoteKind.NAME_NOT_CHECKED), ("{?by_name}{?name}", NoteKind.HOSTS_LINE))
_FULL_NOTES: Notes = (("{?verify}{?name}", NoteKind.HOSTS_LINE),)
_SERVER = (
    "Server={checked_host}",
    "Port={port}",
    "Database={database}",
    "User={user}",
    "Password={password}",
)
# The types of dbt-mysql's profiles (its README, "Configuring your profile").
_OF_DBT_MYSQL = ("mysql", "mariadb")


def _sqlalchemy(dialect: str) -> Template:
    return Template(
        f"{{?ca_known}}{dialect}://{LOGIN}{{checked_address}}[/{{database}}]",
        (
            "{?off}ssl_disabled=true",
            "{?require}ssl_check_hostname=false",
            "{?verify}ssl_ca={ca_file}",
            "{?by_ca}ssl_check_hostname=false",
        ),
        notes=_NOTES,
    )


def _profile(adapter: str, user: str) -> Template:
    """They can't be told to verify."""
    return dbt(
        adapter,
        f"{'server' if adapter in _OF_DBT_MYSQL else 'host'}: {{host}}",
        "port: {port}",
        f"{user}: {{user}}",
        *dbt_password(),
        "schema: {database}",
        "threads: 4",
        needs="user database",
        notes=(("{?verify}", NoteKind.NOT_CHECKED),),
    )


MYSQL = Texts(
    url=Template(
        f"mysql://{LOGIN}{{checked_address}}[/{{database}}]",
        (
            "{?off}ssl-mode=DISABLED",
            "{?require}ssl-mode=REQUIRED",
            "{?by_ca}ssl-mode=VERIFY_CA",
            "{?by_name}ssl-mode=VERIFY_IDENTITY",
            "{?verify}ssl-ca={ca_file}",
        ),
        notes=_NOTES,
    ),
    jdbc=Template(
        "jdbc:mysql://{checked_address}/[{database}]",
        (
            *JDBC_LOGIN,
            "{?off}sslMode=DISABLED",
            "{?require}sslMode=REQUIRED",
            "{?by_ca}sslMode=VERIFY_CA",
            "{?by_name}sslMode=VERIFY_IDENTITY",
        ),
        notes=(*_NOTES, ("{?verify}{?ca_file}", NoteKind.TRUST_STORE)),
    ),
    command=Template(
        "mysql --protocol=TCP -h {checked_host} -P {port}[ -u {user}][{?off} --ssl-mode=DISABLED]"
        "[{?require} --ssl-mode=REQUIRED][{?by_ca} --ssl-mode=VERIFY_CA][{?by_name} --ssl-mode=VERIFY_IDENTITY]"
        "[{?verify} --ssl-ca={ca_file}] -p[ {database}]",
        escape=shell_word,
        notes=_NOTES,
    ),
    odbc=odbc(
        "MySQL ODBC 9.0 Unicode Driver",
        *_SERVER,
        "{?off}SSLMODE=DISABLED",
        "{?require}SSLMODE=REQUIRED",
        "{?by_ca}SSLMODE=VERIFY_CA",
        "{?by_name}SSLMODE=VERIFY_IDENTITY",
        "{?verify}SSLCA={ca_file}",
        notes=_NOTES,
    ),
    sqlalchemy=_sqlalchemy("mysql+pymysql"),
    dbt=_profile("mysql", "username"),
    environment=environment(
        "MYSQL_HOST={host}",
        "MYSQL_TCP_PORT={port}",
        "MYSQL_PWD={password}",
        when="{!off}{!require}{!verify}",
    ),
)
MARIADB = Texts(
    url=Template(f"{{!off}}{{!require}}{{!verify}}mariadb://{LOGIN}{{address}}[/{{database}}]"),
    jdbc=Template(
        "jdbc:mariadb://{checked_address}/[{database}]",
        (
            *JDBC_LOGIN,
            "{?off}sslMode=disable",
            "{?require}sslMode=trust",
            "{?by_ca}sslMode=verify-ca",
            "{?by_name}sslMode=verify-full",
            "{?verify}serverSslCert={ca_file}",
        ),
        escape=raw_option,
        notes=_NOTES,
    ),
    command=Template(
        "mariadb --protocol=TCP -h [{?verify}{known_host}][{!verify}{host}] -P {port}[ -u {user}][{?off} --skip-ssl]"
        "[{?require} --ssl --skip-ssl-verify-server-cert][{?verify} --ssl-verify-server-cert]"
        "[{?verify} --ssl-ca={ca_file}] -p[ {database}]",
        escape=shell_word,
        notes=_FULL_NOTES,
    ),
    odbc=odbc(
        "MariaDB ODBC 3.2 Driver",
        "Server=[{?verify}{known_host}][{!verify}{host}]",
        *_SERVER[1:],
        "{?require}FORCETLS=1",
        "{?verify}FORCETLS=1",
        "{?verify}SSLVERIFY=1",
        "{?verify}SSLCA={ca_file}",
        notes=_FULL_NOTES,
    ),
    sqlalchemy=_sqlalchemy("mariadb+pymysql"),
    dbt=_profile("mariadb", "username"),
    environment=MYSQL.environment,
)
STARROCKS = replace(
    MYSQL,
    sqlalchemy=Template(f"{{!require}}{{!verify}}starrocks://{LOGIN}{{address}}[/{{database}}]"),
    dbt=_profile("starrocks", "username"),
)
DORIS = replace(MYSQL, dbt=_profile("doris", "username"))
