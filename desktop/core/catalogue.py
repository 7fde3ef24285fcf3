"""The catalogue of warehouses: one entry for each kind, in the order in which a person chooses.

Snowflake and Databricks have no texts for a forward to one host, which can't serve them: they send their clients on,
Snowflake to cloud storage for large results. They are for a SOCKS port; see `socks_texts` for what is copied there.

BigQuery and Athena are not here. They are interfaces in the cloud, not servers behind a bastion: their drivers look up
hosts of their makers' and ask those over HTTPS. Who has to leave by way of a bastion uses `OTHER` with a SOCKS port.
"""

from __future__ import annotations

from desktop.core.texts.enterprise import DB2, EXASOL, HIVE, IMPALA, SAP_HANA, TERADATA
from desktop.core.texts.http import CLICKHOUSE, DRUID, PRESTO, TRINO
from desktop.core.texts.mysql import DORIS, MARIADB, MYSQL, STARROCKS
from desktop.core.texts.others import CLICKHOUSE_NATIVE, MONGODB, ORACLE, REDIS, SQL_SERVER
from desktop.core.texts.postgresql import (
    COCKROACHDB,
    GREENPLUM,
    MATERIALIZE,
    POSTGRESQL,
    REDSHIFT,
    VERTICA,
    WIRE_COMPATIBLE,
)
from desktop.core.warehouse_kind import Driver, Texts, Warehouse, WireProtocol


def _like_postgresql(key: str, title: str, port: int, icon: str, texts: Texts) -> Warehouse:
    protocol, driver = WireProtocol.POSTGRESQL, Driver.POSTGRESQL
    return Warehouse(key, title, port, icon, texts, protocol=protocol, driver=driver)


def _like_mysql(key: str, title: str, port: int, icon: str, texts: Texts) -> Warehouse:
    return Warehouse(key, title, port, icon, texts, protocol=WireProtocol.MYSQL, driver=Driver.MYSQL)


CATALOGUE = (
    _like_postgresql("postgresql", "PostgreSQL", 5432, "Pg", POSTGRESQL),
    _like_postgresql("redshift", "Amazon Redshift", 5439, "Rs", REDSHIFT),
    _like_mysql("mysql", "MySQL", 3306, "My", MYSQL),
    _like_mysql("mariadb", "MariaDB", 3306, "Ma", MARIADB),
    Warehouse(
        "sqlserver", "SQL Server", 1433, "Sq", SQL_SERVER, protocol=WireProtocol.TDS, driver=Driver.SQL_SERVER
    ),
    Warehouse(
        "oracle",
        "Oracle",
        1521,
        "Or",
        ORACLE,
        tls_port=2484,
        database_label="Service name",
        protocol=WireProtocol.ORACLE,
    ),
    Warehouse(
        "clickhouse",
        "ClickHouse (HTTP)",
        8123,
        "Ch",
        CLICKHOUSE,
        tls_port=8443,
        protocol=WireProtocol.HTTP,
        http_path="/ping",
        http_answer="Ok.",
        driver=Driver.CLICKHOUSE_HTTP,
    ),
    Warehouse(
        "clickhouse-native",
        "ClickHouse (native)",
        9000,
        "Cn",
        CLICKHOUSE_NATIVE,
        tls_port=9440,
        protocol=WireProtocol.CLICKHOUSE,
    ),
    Warehouse(
        "trino",
        "Trino",
        8080,
        "Tr",
        TRINO,
        tls_port=8443,
        database_label="Catalog",
        protocol=WireProtocol.HTTP,
        http_path="/v1/info",
        http_answer="nodeVersion",
        driver=Driver.TRINO,
    ),
    Warehouse(
        "presto",
        "Presto",
        8080,
        "Pr",
        PRESTO,
        tls_port=8443,
        database_label="Catalog",
        protocol=WireProtocol.HTTP,
        http_path="/v1/info",
        http_answer="nodeVersion",
    ),
    Warehouse("snowflake", "Snowflake", 443, "Sn", needs_any_host=True, protocol=WireProtocol.TLS),
    Warehouse("databricks", "Databricks", 443, "Dx", needs_any_host=True, protocol=WireProtocol.TLS),
    _like_postgresql("cockroachdb", "CockroachDB", 26257, "Co", COCKROACHDB),
    _like_postgresql("greenplum", "Greenplum", 5432, "Gp", GREENPLUM),
    Warehouse("vertica", "Vertica", 5433, "Ve", VERTICA, protocol=WireProtocol.POSTGRESQL),
    _like_postgresql("yugabytedb", "YugabyteDB", 5433, "Yb", WIRE_COMPATIBLE),
    _like_postgresql("materialize", "Materialize", 6875, "Mz", MATERIALIZE),
    _like_mysql("starrocks", "StarRocks", 9030, "Sr", STARROCKS),
    _like_mysql("doris", "Apache Doris", 9030, "Do", DORIS),
    Warehouse("hive", "Apache Hive", 10000, "Hi", HIVE),
    Warehouse("impala", "Apache Impala", 21050, "Im", IMPALA),
    Warehouse(
        "druid",
        "Apache Druid",
        8082,
        "Dr",
        DRUID,
        tls_port=8282,
        database_label="",
        protocol=WireProtocol.HTTP,
        http_path="/status",
        http_answer="modules",
    ),
    Warehouse("db2", "Db2", 50000, "D2", DB2, tls_port=50001),
    Warehouse("exasol", "Exasol", 8563, "Ex", EXASOL, database_label="Schema"),
    Warehouse("teradata", "Teradata", 1025, "Te", TERADATA),
    Warehouse("saphana", "SAP HANA", 30015, "Ha", SAP_HANA),
    Warehouse("mongodb", "MongoDB", 27017, "Mo", MONGODB, protocol=WireProtocol.MONGODB),
    Warehouse(
        "redis", "Redis", 6379, "Re", REDIS, database_label="Database number", protocol=WireProtocol.REDIS
    ),
)
OTHER = Warehouse("other", "Other (any TCP service)", 0, "")
