"""Warehouses whose strings are all of their own making.

beeline asks for a password where -p has none (HIVE-13589; what is typed reaches the server since HIVE-21538), and
impala-shell where -l says LDAP (Cloudera's documentation, "Enabling LDAP Authentication for impala-shell"). Teradata's
drivers take the port for TLS by another name (README of that for Python, "Connection Parameters": https_port, as
HTTPS_PORT of JDBC). Exasol's ODBC: its documentation, "Using the ODBC Driver". Db2's: IBM's, "CLI/ODBC configuration
keyword" of each.
"""

from __future__ import annotations

from desktop.core.copy_escapes import shell_word, unquoted
from desktop.core.copy_template import Template
from desktop.core.copy_text import NoteKind
from desktop.core.texts.parts import LOGIN, Notes, odbc
from desktop.core.warehouse_kind import Texts

_BY_NAME: Notes = (("{?verify}{?name}", NoteKind.HOSTS_LINE), ("{?verify}{?ca_file}", NoteKind.TRUST_STORE))
_PLACE = "[{?verify}{known_address}][{!verify}{address}]"
_HOST = "[{?verify}{known_host}][{!verify}{host}]"
_UNENCRYPTED = "{!require}{!verify}"
_LOGIN_OPTIONS = ("{?password}user={user}", "{?user}password={password}")

DB2 = Texts(
    jdbc=Template(
        f"jdbc:db2://{_PLACE}/{{database}}[:user={{user}};password={{password}};][{{!password}}{{?tls}}:]"
        "[{?tls}sslConnection=true;]",
        escape=unquoted,
        notes=_BY_NAME,
    ),
    odbc=odbc(
        "IBM DB2 ODBC DRIVER",
        "Protocol=TCPIP",
        f"Hostname={_HOST}",
        "Port={port}",
        "Database={database}",
        "UID={user}",
        "PWD={password}",
        "{?tls}Security=SSL",
        "{?verify}SSLServerCertificate={ca_file}",
        "{?verify}SSLClientHostnameValidation=Basic",
        notes=_BY_NAME[:1],
    ),
    sqlalchemy=Template(f"{_UNENCRYPTED}db2+ibm_db://{LOGIN}{{address}}[/{{database}}]"),
)
HIVE = Texts(
    jdbc=Template(
        f"jdbc:hive2://{_PLACE}/[{{database}}]",
        (*_LOGIN_OPTIONS, "{?tls}ssl=true"),
        ";",
        ";",
        unquoted,
        _BY_NAME,
    ),
    command=Template(
        f'beeline[ -n {{user}}] -u "jdbc:hive2://"{_PLACE}/[{{database}}][{{?tls}}";ssl=true"][{{?user}} -p]',
        escape=shell_word,
        notes=_BY_NAME,
    ),
    sqlalchemy=Template(f"{_UNENCRYPTED}hive://{LOGIN}{{address}}[/{{database}}]"),
)
IMPALA = Texts(
    jdbc=Template(
        f"jdbc:impala://{_PLACE}[/{{database}}]",
        ("{?password}AuthMech=3", "{?password}UID={user}", "{?user}PWD={password}", "{?tls}SSL=1"),
        ";",
        ";",
        unquoted,
        _BY_NAME,
    ),
    command=Template(
        f"impala-shell --protocol=hs2 -i {_PLACE}[{{?tls}}{{?user}} -l][ -u {{user}}][ -d {{database}}][{{?tls}} --ssl]"
        "[{?verify} --ca_cert={ca_file}]",
        escape=shell_word,
        notes=_BY_NAME[:1],
    ),
    sqlalchemy=Template(f"{_UNENCRYPTED}impala://{LOGIN}{{address}}[/{{database}}]"),
)
EXASOL = Texts(
    jdbc=Template(f"jdbc:exa:{_PLACE}", ("schema={database}", *_LOGIN_OPTIONS), ";", ";", unquoted, _BY_NAME),
    command=Template(
        f"exaplus -c {_PLACE}[ -u {{user}}][ -s {{database}}]", escape=shell_word, notes=_BY_NAME
    ),
    odbc=odbc(
        "Exasol",
        f"EXAHOST={_PLACE}",
        "UID={user}",
        "PWD={password}",
        "EXASCHEMA={database}",
        notes=_BY_NAME,
    ),
    sqlalchemy=Template(
        f"exa+websocket://{LOGIN}{_PLACE}[/{{database}}]",
        ("{?require}ENCRYPTION=Yes&SSLCertificate=SSL_VERIFY_NONE", "{?verify}ENCRYPTION=Yes"),
        notes=_BY_NAME,
    ),
)
TERADATA = Texts(
    jdbc=Template(
        f"jdbc:teradata://{_HOST}/[{{?tls}}HTTPS_PORT={{port}}][{{!tls}}DBS_PORT={{port}}]",
        (
            "DATABASE={database}",
            "{?password}USER={user}",
            "{?user}PASSWORD={password}",
            "{?off}SSLMODE=DISABLE",
            "{?require}SSLMODE=REQUIRE",
            "{?verify}SSLMODE=VERIFY-FULL",
            "{?verify}SSLCA={ca_file}",
        ),
        ",",
        ",",
        unquoted,
        _BY_NAME[:1],
    ),
    sqlalchemy=Template(
        f"teradatasql://[{{user}}:{{password}}@][{{!password}}{{user}}@]{_HOST}/",
        (
            "{?tls}https_port={port}",
            "{!tls}dbs_port={port}",
            "database={database}",
            "{?off}sslmode=DISABLE",
            "{?require}sslmode=REQUIRE",
            "{?verify}sslmode=VERIFY-FULL",
            "{?verify}sslca={ca_file}",
        ),
        notes=_BY_NAME[:1],
    ),
)
SAP_HANA = Texts(
    jdbc=Template(
        "jdbc:sap://{address}/",
        (
            "databaseName={database}",
            *_LOGIN_OPTIONS,
            "{?tls}encrypt=true",
            "{?unchecked}validateCertificate=false",
            "{?verify}validateCertificate=true",
            "{?verify}hostNameInCertificate={name}",
        ),
        notes=(("{?verify}{?ca_file}", NoteKind.TRUST_STORE),),
    ),
    command=Template(
        "hdbsql -n {address}[ -d {database}][ -u {user}][{?tls} -e][{?unchecked} -ssltrustcert]"
        "[{?verify} -sslhostnameincert {name}][{?verify} -ssltruststore {ca_file}]",
        escape=shell_word,
    ),
    odbc=odbc(
        "HDBODBC",
        "ServerNode={host}:{port}",
        "DatabaseName={database}",
        "UID={user}",
        "PWD={password}",
        "{?tls}Encrypt=true",
        "{?unchecked}sslValidateCertificate=false",
        "{?verify}sslValidateCertificate=true",
        "{?verify}sslHostNameInCertificate={name}",
        "{?verify}sslTrustStore={ca_file}",
    ),
    sqlalchemy=Template(
        f"hana://{LOGIN}{{address}}[/{{database}}]",
        (
            "{?tls}encrypt=true",
            "{?unchecked}sslValidateCertificate=false",
            "{?verify}sslHostNameInCertificate={name}",
            "{?verify}sslTrustStore={ca_file}",
        ),
    ),
)
