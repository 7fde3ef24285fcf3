"""Warehouses that are asked over HTTP: over HTTPS, their clients check the certificate by themselves.

curl(1), --resolve, checks it for the real name. So does clickhouse-connect with `server_host_name` (its driver API
documentation, "Connection arguments"), which dbt-clickhouse hands on, and Trino's JDBC driver with
`hostnameInCertificate` (Trino documentation, "JDBC driver"). The others need the real name in the address.
"""

from __future__ import annotations

from dataclasses import replace

from desktop.core.copy_escapes import shell_word
from desktop.core.copy_template import Template
from desktop.core.copy_text import NoteKind
from desktop.core.texts.parts import (
    BY_HOSTS_LINE,
    JDBC_LOGIN,
    LOGIN,
    dbt,
    dbt_clickhouse,
    dbt_password,
    environment,
    odbc,
)
from desktop.core.warehouse_kind import Texts

_PLACE = "[{?checked}{known_address}][{!checked}{address}]"
_HOST = "[{?checked}{known_host}][{!checked}{host}]"
_HTTP = "http[{?tls}s]://"

CLICKHOUSE = Texts(
    url=Template(f"{_HTTP}{LOGIN}{_PLACE}/[?database={{database}}]", notes=BY_HOSTS_LINE),
    jdbc=Template(
        f"jdbc:clickhouse://{_PLACE}/[{{database}}]",
        (
            *JDBC_LOGIN,
            "{?tls}ssl=true",
            "{?unchecked}sslmode=none",
            "{?checked}sslmode=strict",
            "{?checked}sslrootcert={ca_file}",
        ),
        notes=BY_HOSTS_LINE,
    ),
    command=Template(
        "curl[{?checked}{?hostaddr} --resolve {name}:{port}:{hostaddr}][{?unchecked} --insecure]"
        "[{?checked} --cacert {ca_file}][ --user {user}][ --header X-ClickHouse-Database:{database}]"
        f' --data "SELECT version()" {_HTTP}{_PLACE}',
        escape=shell_word,
        notes=(("{?checked}{?name}{!hostaddr}", NoteKind.HOSTS_LINE),),
    ),
    odbc=odbc(
        "ClickHouse ODBC Driver (Unicode)",
        f"Server={_HOST}",
        "Port={port}",
        "Database={database}",
        "UID={user}",
        "PWD={password}",
        "{?tls}Proto=https",
        "{?unchecked}SSLMode=allow",
        "{?checked}SSLMode=require",
        "{?checked}CALocation={ca_file}",
        notes=BY_HOSTS_LINE,
    ),
    sqlalchemy=Template(
        f"clickhousedb://{LOGIN}{{address}}[/{{database}}]",
        (
            "{?tls}secure=true",
            "{?unchecked}verify=false",
            "{?checked}server_host_name={name}",
            "{?checked}ca_cert={ca_file}",
        ),
    ),
    dbt=dbt_clickhouse("http", (("{?checked}{?ca_file}", NoteKind.TRUST_STORE),)),
)
TRINO = Texts(
    url=Template(f"{_HTTP}{_PLACE}", notes=BY_HOSTS_LINE),
    jdbc=Template(
        "jdbc:trino://{address}[/{database}]",
        (
            *JDBC_LOGIN,
            "{?tls}SSL=true",
            "{?unchecked}SSLVerification=NONE",
            "{?checked}hostnameInCertificate={name}",
            "{?checked}SSLTrustStorePath={ca_file}",
        ),
    ),
    command=Template(
        f"trino --server {_HTTP}{_PLACE}[ --user {{user}}][{{?tls}}{{?user}} --password][ --catalog {{database}}]"
        "[{?unchecked} --insecure][{?checked} --truststore-path {ca_file}]",
        escape=shell_word,
        notes=BY_HOSTS_LINE,
    ),
    sqlalchemy=Template(f"{{!tls}}trino://{LOGIN}{{address}}[/{{database}}]"),
    dbt=dbt(
        "trino",
        "{?tls}method: ldap",
        "{!tls}method: none",
        f"host: {_HOST}",
        "port: {port}",
        "user: {user}",
        "{?tls}password: {password}",
        "{?tls}{!password}" + dbt_password()[1],
        "database: {database}",
        "schema: default",
        "threads: 4",
        "{?tls}http_scheme: https",
        "{!tls}http_scheme: http",
        "{?checked}cert: {ca_file}",
        "{?unchecked}cert: false",
        needs="user database",
        notes=BY_HOSTS_LINE,
    ),
    environment=environment("TRINO_USER={user}", "TRINO_PASSWORD={password}", when="{?password}"),
)
# The elder sister knows neither hostnameInCertificate nor an unverified HTTPS (Presto documentation, "JDBC Driver").
PRESTO = Texts(
    url=TRINO.url,
    jdbc=Template(
        f"jdbc:presto://{_PLACE}[/{{database}}]",
        (*JDBC_LOGIN, "{?tls}SSL=true", "{?checked}SSLTrustStorePath={ca_file}"),
        notes=BY_HOSTS_LINE,
    ),
    command=replace(
        TRINO.command,
        text=TRINO.command.text.replace("trino ", "presto ").replace("[{?unchecked} --insecure]", ""),
    ),
    sqlalchemy=Template(f"{{!tls}}presto://{LOGIN}{{address}}[/{{database}}]"),
)
# Over Avatica for JDBC; for SQLAlchemy pydruid.
DRUID = Texts(
    url=Template(f"{_HTTP}{LOGIN}{_PLACE}/druid/v2/sql", notes=BY_HOSTS_LINE),
    jdbc=Template(
        f"jdbc:avatica:remote:url={_HTTP}{_PLACE}/druid/v2/sql/avatica/",
        notes=(*BY_HOSTS_LINE, ("{?checked}{?ca_file}", NoteKind.TRUST_STORE)),
    ),
    sqlalchemy=Template(f"druid[{{?tls}}+https]://{LOGIN}{_PLACE}/druid/v2/sql/", notes=BY_HOSTS_LINE),
)
