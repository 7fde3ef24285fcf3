"""The catalogue of warehouses: one entry for each kind, in the order in which a person chooses.

Snowflake and Databricks have no texts for a forward to one host, which can't serve them: they send their clients on,
Snowflake to cloud storage for large results. They are for a SOCKS port; see `socks_texts` for what is copied there.
"""

from __future__ import annotations

from desktop.core.texts.http import CLICKHOUSE, TRINO
from desktop.core.texts.mysql import MARIADB, MYSQL
from desktop.core.texts.others import CLICKHOUSE_NATIVE, MONGODB, ORACLE, REDIS, SQL_SERVER
from desktop.core.texts.postgresql import POSTGRESQL, REDSHIFT
from desktop.core.warehouse_kind import Driver, Warehouse, WireProtocol

CATALOGUE = (
    Warehouse(
        "postgresql",
        "PostgreSQL",
        5432,
        "Pg",
        POSTGRESQL,
        protocol=WireProtocol.POSTGRESQL,
        driver=Driver.POSTGRESQL,
    ),
    Warehouse(
        "redshift",
        "Amazon Redshift",
        5439,
        "Rs",
        REDSHIFT,
        protocol=WireProtocol.POSTGRESQL,
        driver=Driver.POSTGRESQL,
    ),
    Warehouse("mysql", "MySQL", 3306, "My", MYSQL, protocol=WireProtocol.MYSQL, driver=Driver.MYSQL),
    Warehouse("mariadb", "MariaDB", 3306, "Ma", MARIADB, protocol=WireProtocol.MYSQL, driver=Driver.MYSQL),
    Warehouse(
        "sqlserver",
        "SQL Server",
        1433,
        "Sq",
        SQL_SERVER,
        protocol=WireProtocol.TDS,
        driver=Driver.SQL_SERVER,
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
        "Ch",
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
    Warehouse("mongodb", "MongoDB", 27017, "Mo", MONGODB, protocol=WireProtocol.MONGODB),
    Warehouse(
        "redis",
        "Redis",
        6379,
        "Re",
        REDIS,
        database_label="Database number",
        protocol=WireProtocol.REDIS,
    ),
    Warehouse("snowflake", "Snowflake", 443, "Sn", needs_any_host=True, protocol=WireProtocol.TLS),
    Warehouse("databricks", "Databricks", 443, "Db", needs_any_host=True, protocol=WireProtocol.TLS),
)
OTHER = Warehouse("other", "Other (any TCP service)", 0, "")
