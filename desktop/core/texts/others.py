"""Warehouses with a protocol of their own."""

from __future__ import annotations

from desktop.core.copy_escapes import braced, shell_word
from desktop.core.copy_template import Template
from desktop.core.warehouse_kind import Texts

SQL_SERVER = Texts(
    jdbc=Template(
        "jdbc:sqlserver://{address}[;databaseName={database}][;hostNameInCertificate={name}]", escape=braced
    ),
    command=Template("sqlcmd -S tcp:{host},{port}[ -d {database}][ -U {user}]", escape=shell_word),
)
ORACLE = Texts(
    jdbc=Template("jdbc:oracle:thin:@{address}/{database}"),
    command=Template("sqlplus {user}@//{address}/{database}", escape=shell_word),
)
CLICKHOUSE_NATIVE = Texts(
    url=Template("clickhouse://[{user}@]{address}[/{database}]"),
    command=Template(
        "clickhouse-client --host {host} --port {port}[ --user {user}][ --database {database}]",
        escape=shell_word,
    ),
)
# Without directConnection a replica set sends the client on to members that only the bastion can reach.
MONGODB = Texts(
    url=Template("mongodb://[{user}@]{address}/[{database}]?directConnection=true"),
    command=Template("mongosh {url}", escape=shell_word),
)
# A lone name before "@" would be taken for a password by redis-cli, so the URL has none.
REDIS = Texts(
    url=Template("redis://{address}[/{database}]"),
    command=Template(
        "redis-cli -h {host} -p {port}[ -n {database}][ --user {user} --askpass]", escape=shell_word
    ),
)
