"""What other programs call the kinds of warehouses, in the names of drivers and in JDBC URLs.

Names of drivers are those of the plugin.xml files of DBeaver's extensions, and of DataGrip's ``<driver-ref>``.
"""

from __future__ import annotations

from desktop.core.warehouses import OTHER, warehouse

# Part of a name -> kinds, the first that the catalogue has. What is contained in another name comes after it.
_KINDS = (
    ("redshift", ("redshift",)),
    ("cockroach", ("cockroachdb", "postgresql")),
    ("greenplum", ("greenplum", "postgresql")),
    ("edb-jdbc", ("postgresql",)),
    ("timescale", ("postgresql",)),
    ("yugabyte", ("postgresql",)),
    ("materialize", ("postgresql",)),
    ("postgres", ("postgresql",)),
    ("starrocks", ("starrocks", "mysql")),
    ("doris", ("starrocks", "mysql")),
    ("mariadb", ("mariadb",)),
    ("mysql", ("mysql",)),
    ("sqlserver", ("sqlserver",)),
    ("mssql", ("sqlserver",)),
    ("jtds", ("sqlserver",)),
    ("azure", ("sqlserver",)),
    ("oracle", ("oracle",)),
    ("clickhouse", ("clickhouse",)),
    ("trino", ("trino",)),
    ("starburst", ("trino",)),
    ("presto", ("presto", "trino")),
    ("mongo", ("mongodb",)),
    ("redis", ("redis",)),
    ("snowflake", ("snowflake",)),
    ("databricks", ("databricks",)),
    ("vertica", ("vertica",)),
    ("bigquery", ("bigquery",)),
    ("athena", ("athena",)),
    ("db2", ("db2",)),
    ("impala", ("impala",)),
    ("hive", ("hive",)),
    ("avatica", ("druid",)),
    ("druid", ("druid",)),
    ("exasol", ("exasol",)),
    ("teradata", ("teradata",)),
    ("hana", ("saphana",)),
)
_IN_FILES = ("sqlite", "duckdb", "h2_embedded", "derby", "hsqldb_embedded", "csv", "msaccess", "ucanaccess")
_NATIVE_PORTS = (9000, 9440)


def kind_of(*names: str) -> str:
    """By the first of the names that says it; `other` where none does."""
    for name in names:
        lowered = name.casefold()
        kinds = next((kinds for part, kinds in _KINDS if part in lowered), ())
        known = next((kind for kind in kinds if warehouse(kind) is not OTHER), "")
        if known:
            return known
    return OTHER.key


def at_port(kind: str, port: int) -> str:
    """ClickHouse has two protocols under one name."""
    return "clickhouse-native" if kind == "clickhouse" and port in _NATIVE_PORTS else kind


def is_in_a_file(*names: str) -> bool:
    """Databases without a server."""
    return any(part in name.casefold() for name in names for part in _IN_FILES)
