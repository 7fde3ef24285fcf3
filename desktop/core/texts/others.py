"""Warehouses with a protocol of their own.

SQL Server's drivers verify by themselves since ODBC 18 and JDBC 10.2, and take `HostNameInCertificate` (Microsoft's
documentation, "Connecting with encryption"). sqlcmd's options are those of the one in Go: its sqlcmd.go has -F and -N
with m and o. Oracle: "Support for Easy Connect Plus" in the Net Services Administrator's Guide; the whole name of
SSL_SERVER_CERT_DN is nothing that a connection knows. ClickHouse: its documentation, "ClickHouse Client", and its
source for --ask-password. MongoDB's drivers can leave the name unchecked. Redis: redis-cli's --help; redis-py's
`from_url`.
"""

from __future__ import annotations

from desktop.core.copy_escapes import braced, oracle_name, oracle_word, shell_word
from desktop.core.copy_template import Template
from desktop.core.copy_text import NoteKind
from desktop.core.texts.parts import (
    BY_HOSTS_LINE,
    LOGIN,
    Notes,
    dbt,
    dbt_clickhouse,
    dbt_password,
    environment,
    odbc,
)
from desktop.core.warehouse_kind import Texts

_BY_AUTHORITY: Notes = (
    ("{?by_ca}", NoteKind.NAME_NOT_CHECKED),
    ("{?by_name}{?name}", NoteKind.HOSTS_LINE),
)
_OWN_STORE: Notes = (("{?verify}{?ca_file}", NoteKind.TRUST_STORE),)

SQL_SERVER = Texts(
    jdbc=Template(
        "jdbc:sqlserver://{address}",
        (
            "databaseName={database}",
            "{?password}user={user}",
            "{?user}password={password}",
            "{?off}encrypt=false",
            "{?require}encrypt=true",
            "{?require}trustServerCertificate=true",
            "{?verify}encrypt=true",
            "{?verify}trustServerCertificate=false",
            "{?checks}hostNameInCertificate={name}",
        ),
        ";",
        ";",
        braced,
        _OWN_STORE,
    ),
    command=Template(
        "sqlcmd -S tcp:{host},{port}[ -d {database}][ -U {user}][{?off} -No][{?require} -Nm -C]"
        "[{?verify} -Nm][{?checks} -F {name}]",
        escape=shell_word,
        notes=_OWN_STORE,
    ),
    odbc=odbc(
        "ODBC Driver 18 for SQL Server",
        "Server=tcp:{host},{port}",
        "Database={database}",
        "UID={user}",
        "PWD={password}",
        "{?off}Encrypt=no",
        "{?require}Encrypt=yes",
        "{?require}TrustServerCertificate=yes",
        "{?verify}Encrypt=yes",
        "{?verify}TrustServerCertificate=no",
        "{?checks}HostNameInCertificate={name}",
        notes=_OWN_STORE,
    ),
    sqlalchemy=Template(
        f"mssql+pyodbc://{LOGIN}{{address}}[/{{database}}]",
        (
            "driver=ODBC+Driver+18+for+SQL+Server",
            "{?off}Encrypt=no",
            "{?require}Encrypt=yes",
            "{?require}TrustServerCertificate=yes",
            "{?verify}Encrypt=yes",
            "{?checks}HostNameInCertificate={name}",
        ),
        notes=_OWN_STORE,
    ),
    dbt=dbt(
        "sqlserver",
        "driver: ODBC Driver 18 for SQL Server",
        "server: [{?checks}{known_host}][{!checks}{host}]",
        "port: {port}",
        "user: {user}",
        *dbt_password(),
        "database: {database}",
        "schema: dbo",
        "threads: 4",
        "{?off}encrypt: false",
        "{?require}encrypt: true",
        "{?require}trust_cert: true",
        "{?verify}encrypt: true",
        "{?verify}trust_cert: false",
        needs="user database",
        notes=(("{?checks}{?name}", NoteKind.HOSTS_LINE), *_OWN_STORE),
    ),
    environment=environment(
        "SQLCMDSERVER=tcp:[{?checks}{known_host}][{!checks}{host}],{port}",
        "SQLCMDDBNAME={database}",
        "SQLCMDUSER={user}",
        "SQLCMDPASSWORD={password}",
        notes=(("{?checks}{?name}", NoteKind.HOSTS_LINE),),
    ),
)
_ORACLE_PLACE = "[{?checked}{known_address}][{!checked}{address}]"
_ORACLE_NOTES: Notes = (*BY_HOSTS_LINE, *_OWN_STORE)
ORACLE = Texts(
    jdbc=Template(
        "jdbc:oracle:thin:[{?password}{user}/][{?user}{password}]@[{?tls}tcps://]"
        f"{_ORACLE_PLACE}/{{database}}[{{?checked}}?ssl_server_dn_match=yes][{{?unchecked}}?ssl_server_dn_match=no]",
        escape=oracle_name,
        notes=_ORACLE_NOTES,
    ),
    command=Template(
        "sqlplus {user}@[{?tls}tcps:]"
        f"//{_ORACLE_PLACE}/{{database}}[{{?checked}}?ssl_server_dn_match=yes][{{?unchecked}}?ssl_server_dn_match=no]",
        escape=oracle_word,
        notes=_ORACLE_NOTES,
    ),
    sqlalchemy=Template(f"{{!tls}}oracle+oracledb://{LOGIN}{{address}}/", ("service_name={database}",)),
    dbt=dbt(
        "oracle",
        "[{?tls}protocol: tcps][{!tls}protocol: tcp]",
        "host: [{?checked}{known_host}][{!checked}{host}]",
        "port: {port}",
        "user: {user}",
        *dbt_password("pass"),
        "service: {database}",
        "schema: {user}",
        "threads: 4",
        needs="user database",
        notes=_ORACLE_NOTES,
    ),
)
CLICKHOUSE_NATIVE = Texts(
    url=Template(
        f"clickhouse://{LOGIN}[{{?checked}}{{known_address}}][{{!checked}}{{address}}][/{{database}}]",
        ("{?tls}secure=true",),
        notes=BY_HOSTS_LINE,
    ),
    command=Template(
        "clickhouse-client --host [{?checked}{known_host}][{!checked}{host}] --port {port}"
        "[ --user {user} --ask-password][ --database {database}][{?tls} --secure]"
        "[{?unchecked} --accept-invalid-certificate]",
        escape=shell_word,
        notes=(*BY_HOSTS_LINE, *_OWN_STORE),
    ),
    # clickhouse-driver's documentation, "API", server_hostname: for tunnels.
    sqlalchemy=Template(
        f"clickhouse+native://{LOGIN}{{address}}[/{{database}}]",
        (
            "{?tls}secure=true",
            "{?unchecked}verify=false",
            "{?checked}server_hostname={name}",
            "{?checked}ca_certs={ca_file}",
        ),
    ),
    dbt=dbt_clickhouse("native", _OWN_STORE),
    environment=environment("CLICKHOUSE_USER={user}", "CLICKHOUSE_PASSWORD={password}", when="{?password}"),
)
# Without directConnection a replica set sends the client on to members that only the bastion can reach.
MONGODB = Texts(
    url=Template(
        f"mongodb://{LOGIN}{{checked_address}}/[{{database}}]",
        (
            "directConnection=true",
            "{?off}tls=false",
            "{?tls}tls=true",
            "{?unchecked}tlsInsecure=true",
            "{?verify}tlsCAFile={ca_file}",
            "{?by_ca}tlsAllowInvalidHostnames=true",
        ),
        notes=_BY_AUTHORITY,
    ),
    command=Template("mongosh {url}", escape=shell_word, notes=_BY_AUTHORITY),
)
# A lone name before "@" would be taken for a password by redis-cli, so the URL has it with a password only.
REDIS = Texts(
    url=Template(
        "redis[{?tls}s]://[{?password}{user}][:{password}@]{checked_address}[/{database}]",
        (
            "{?unchecked}ssl_cert_reqs=none",
            "{?verify}ssl_ca_certs={ca_file}",
            "{?by_ca}ssl_check_hostname=false",
            "{?by_name}ssl_check_hostname=true",
        ),
        notes=_BY_AUTHORITY,
    ),
    command=Template(
        "redis-cli -h {host} -p {port}[ -n {database}][ --user {user} --askpass][{?tls} --tls][{?unchecked} --insecure]"
        "[{?checked} --sni {name}][{?checked} --cacert {ca_file}]",
        escape=shell_word,
        notes=(("{?checked}", NoteKind.NAME_NOT_CHECKED),),
    ),
    environment=environment("REDISCLI_AUTH={password}", when="{?password}"),
)
