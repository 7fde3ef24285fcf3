"""The texts a person copies to use a tunnel."""

from __future__ import annotations

import shlex

import pytest

from desktop.core.copy_text import TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import AnyHost, Connection, Endpoint, Forward, Hop, Route, Target, UnixSocket
from desktop.core.warehouses import CATALOGUE, OTHER, Warehouse, kind_for, likely_port, warehouse

LOCAL = Endpoint("127.0.0.1", 15432)
MOST_COPIED = {TextKey.URL, TextKey.JDBC, TextKey.COMMAND, TextKey.ADDRESS}


def connection(kind: str, database: str = "sales", user: str = "ann", target_port: int = 1) -> Connection:
    return leading_to(Endpoint("db.internal", target_port), kind, database, user)


def leading_to(target: Target, kind: str, database: str = "sales", user: str = "ann") -> Connection:
    forward = Forward(target)
    route = Route((Hop("bastion", "me"),))
    return Connection("n", route, forward, kind, database=database, warehouse_user=user)


def texts(sales: Connection, local: Endpoint = LOCAL) -> dict[str, str]:
    return {copy.label: copy.text for copy in copy_texts(sales, local)}


# What is copied most. `test_copy_formats` reads every other text by its consumer.
EXPECTED = {
    "postgresql": {
        "URL": "postgresql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:postgresql://127.0.0.1:15432/sales",
        "psql": 'psql "host=db.internal hostaddr=127.0.0.1 port=15432 dbname=sales user=ann"',
    },
    "redshift": {
        "URL": "postgresql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:redshift://127.0.0.1:15432/sales",
        "psql": 'psql "host=db.internal hostaddr=127.0.0.1 port=15432 dbname=sales user=ann"',
    },
    "mysql": {
        "URL": "mysql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:mysql://127.0.0.1:15432/sales",
        "mysql": "mysql --protocol=TCP -h 127.0.0.1 -P 15432 -u ann -p sales",
    },
    "mariadb": {
        "URL": "mariadb://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:mariadb://127.0.0.1:15432/sales",
        "mariadb": "mariadb --protocol=TCP -h 127.0.0.1 -P 15432 -u ann -p sales",
    },
    "sqlserver": {
        "JDBC": "jdbc:sqlserver://127.0.0.1:15432;databaseName=sales;hostNameInCertificate=db.internal",
        "sqlcmd": "sqlcmd -S tcp:127.0.0.1,15432 -d sales -U ann -F db.internal",
    },
    "oracle": {
        "JDBC": "jdbc:oracle:thin:@127.0.0.1:15432/sales",
        "sqlplus": "sqlplus ann@//127.0.0.1:15432/sales",
    },
    "clickhouse": {
        "URL": "http://ann@127.0.0.1:15432/?database=sales",
        "JDBC": "jdbc:clickhouse://127.0.0.1:15432/sales",
        "curl": 'curl --user ann --header X-ClickHouse-Database:sales --data "SELECT version()" http://127.0.0.1:15432',
    },
    "clickhouse-native": {
        "URL": "clickhouse://ann@127.0.0.1:15432/sales",
        "clickhouse-client": "clickhouse-client --host 127.0.0.1 --port 15432 --user ann --ask-password"
        " --database sales",
    },
    "trino": {
        "URL": "http://127.0.0.1:15432",
        "JDBC": "jdbc:trino://127.0.0.1:15432/sales",
        "trino": "trino --server http://127.0.0.1:15432 --user ann --catalog sales",
    },
    "presto": {
        "URL": "http://127.0.0.1:15432",
        "JDBC": "jdbc:presto://127.0.0.1:15432/sales",
        "presto": "presto --server http://127.0.0.1:15432 --user ann --catalog sales",
    },
    # One forward can't serve them.
    "snowflake": {},
    "databricks": {},
    "cockroachdb": {
        "URL": "postgresql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:postgresql://127.0.0.1:15432/sales",
        "psql": 'psql "host=db.internal hostaddr=127.0.0.1 port=15432 dbname=sales user=ann"',
    },
    "greenplum": {
        "URL": "postgresql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:postgresql://127.0.0.1:15432/sales",
        "psql": 'psql "host=db.internal hostaddr=127.0.0.1 port=15432 dbname=sales user=ann"',
    },
    "vertica": {
        "JDBC": "jdbc:vertica://127.0.0.1:15432/sales",
        "vsql": "vsql -h 127.0.0.1 -p 15432 -d sales -U ann",
    },
    "yugabytedb": {
        "URL": "postgresql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:postgresql://127.0.0.1:15432/sales",
        "psql": 'psql "host=db.internal hostaddr=127.0.0.1 port=15432 dbname=sales user=ann"',
    },
    "materialize": {
        "URL": "postgresql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:postgresql://127.0.0.1:15432/sales",
        "psql": 'psql "host=db.internal hostaddr=127.0.0.1 port=15432 dbname=sales user=ann"',
    },
    "starrocks": {
        "URL": "mysql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:mysql://127.0.0.1:15432/sales",
        "mysql": "mysql --protocol=TCP -h 127.0.0.1 -P 15432 -u ann -p sales",
    },
    "doris": {
        "URL": "mysql://ann@127.0.0.1:15432/sales",
        "JDBC": "jdbc:mysql://127.0.0.1:15432/sales",
        "mysql": "mysql --protocol=TCP -h 127.0.0.1 -P 15432 -u ann -p sales",
    },
    "hive": {
        "JDBC": "jdbc:hive2://127.0.0.1:15432/sales",
        "beeline": 'beeline -n ann -u "jdbc:hive2://"127.0.0.1:15432/sales -p',
    },
    "impala": {
        "JDBC": "jdbc:impala://127.0.0.1:15432/sales",
        "impala-shell": "impala-shell --protocol=hs2 -i 127.0.0.1:15432 -u ann -d sales",
    },
    "druid": {
        "URL": "http://ann@127.0.0.1:15432/druid/v2/sql",
        "JDBC": "jdbc:avatica:remote:url=http://127.0.0.1:15432/druid/v2/sql/avatica/",
    },
    "db2": {
        "JDBC": "jdbc:db2://127.0.0.1:15432/sales",
    },
    "exasol": {
        "JDBC": "jdbc:exa:127.0.0.1:15432;schema=sales",
        "exaplus": "exaplus -c 127.0.0.1:15432 -u ann -s sales",
    },
    "teradata": {
        "JDBC": "jdbc:teradata://127.0.0.1/DBS_PORT=15432,DATABASE=sales",
    },
    "saphana": {
        "JDBC": "jdbc:sap://127.0.0.1:15432/?databaseName=sales",
        "hdbsql": "hdbsql -n 127.0.0.1:15432 -d sales -u ann",
    },
    "mongodb": {
        "URL": "mongodb://ann@127.0.0.1:15432/sales?directConnection=true",
        "mongosh": 'mongosh "mongodb://ann@127.0.0.1:15432/sales?directConnection=true"',
    },
    "redis": {
        "URL": "redis://127.0.0.1:15432/sales",
        "redis-cli": "redis-cli -h 127.0.0.1 -p 15432 -n sales --user ann --askpass",
    },
    "other": {},
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_kind_gives_its_own_texts_and_the_address(kind: str) -> None:
    given = {text.label: text.text for text in copy_texts(connection(kind), LOCAL) if text.key in MOST_COPIED}
    assert given == EXPECTED[kind] | {"Host and port": "127.0.0.1:15432"}


def test_every_entry_of_the_catalogue_is_checked_above() -> None:
    assert {entry.key for entry in (*CATALOGUE, OTHER)} == set(EXPECTED)


def test_every_kind_has_letters_of_its_own_for_its_badge() -> None:
    letters = [entry.icon for entry in CATALOGUE]
    assert len(set(letters)) == len(letters)
    assert all(len(each) == 2 for each in letters)


def test_an_unknown_kind_gets_the_address_only() -> None:
    assert warehouse("no-such-thing") is OTHER
    assert texts(connection("no-such-thing")) == {"Host and port": "127.0.0.1:15432"}


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.key)
def test_without_user_and_database_no_text_has_a_gap(entry: Warehouse) -> None:
    kind = entry.key
    given = copy_texts(connection(kind, database="", user=""), LOCAL)
    for text in (each.text for each in given if each.key is not TextKey.ODBC):
        assert "{" not in text.replace("{{ env_var", "")
        assert "[" not in text
        assert "@127" not in text.replace("thin:@", "")
        assert text == text.strip()


def test_an_oracle_text_that_needs_a_service_name_is_left_out_without_one() -> None:
    assert set(texts(connection("oracle", database=""))) == {"SQLAlchemy", "Host and port"}


def test_names_are_encoded_in_urls_and_quoted_on_the_command_line() -> None:
    odd = texts(connection("postgresql", database="sales / 1", user="ann@corp'"))
    assert odd["URL"] == "postgresql://ann%40corp%27@127.0.0.1:15432/sales%20%2F%201"
    assert odd["JDBC"] == "jdbc:postgresql://127.0.0.1:15432/sales%20%2F%201"
    conninfo = r"host=db.internal hostaddr=127.0.0.1 port=15432 dbname='sales / 1' user='ann@corp\''"
    assert shlex.split(odd["psql"]) == ["psql", conninfo]


@pytest.mark.parametrize("database", ["$(reboot)", "a`b`", 'a"b', "a b", "a;b", "it's"])
def test_a_database_s_name_can_t_become_a_command(database: str) -> None:
    assert shlex.split(texts(connection("mysql", database=database))["mysql"])[-1] == database


def test_sql_server_puts_special_names_in_braces() -> None:
    assert "databaseName={a;b}}c};" in texts(connection("sqlserver", database="a;b}c"))["JDBC"]


def test_an_ipv6_address_stands_in_brackets_where_a_port_follows() -> None:
    given = texts(connection("postgresql"), Endpoint("::1", 15432))
    assert given["URL"] == "postgresql://ann@[::1]:15432/sales"
    assert given["Host and port"] == "[::1]:15432"
    assert "hostaddr=::1 port=15432" in given["psql"]


def test_a_warehouse_on_an_https_port_is_given_an_https_address() -> None:
    assert texts(connection("trino", target_port=8443))["URL"] == "https://db.internal:15432"


def test_a_unix_socket_has_no_name_that_a_certificate_could_be_checked_for() -> None:
    given = texts(leading_to(UnixSocket("/run/postgresql/.s.PGSQL.5432"), "postgresql"))
    assert given["psql"] == 'psql "host=127.0.0.1 port=15432 dbname=sales user=ann"'
    assert given["URL"] == "postgresql://ann@127.0.0.1:15432/sales"
    by_jdbc = texts(leading_to(UnixSocket("/run/sql.sock"), "sqlserver"))["JDBC"]
    assert by_jdbc == "jdbc:sqlserver://127.0.0.1:15432;databaseName=sales"


@pytest.mark.parametrize("entry", [*CATALOGUE, OTHER], ids=lambda entry: entry.key)
def test_a_socks_port_is_given_with_names_left_to_the_far_side(entry: Warehouse) -> None:
    given = texts(leading_to(AnyHost(), entry.key))
    assert given["Proxy"] == "socks5h://127.0.0.1:15432"
    assert given["curl"] == "curl --proxy socks5h://127.0.0.1:15432"
    assert given["Environment"].startswith("export HTTPS_PROXY=socks5h://127.0.0.1:15432 ")
    assert given["Host and port"] == "127.0.0.1:15432"


def test_drivers_with_options_of_their_own_for_socks_get_those() -> None:
    assert texts(leading_to(AnyHost(), "mongodb"))["URL options"] == "proxyHost=127.0.0.1&proxyPort=15432"
    assert texts(leading_to(AnyHost(), "trino"))["JDBC options"] == "socksProxy=127.0.0.1:15432"
    assert texts(leading_to(AnyHost(), "mysql"))["JDBC options"] == (
        "socksProxyHost=127.0.0.1&socksProxyPort=15432&socksProxyRemoteDns=true"
    )


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (Endpoint("db", 5432), "postgresql"),
        (Endpoint("db", 443), "other"),
        (Endpoint("db", 8443), "clickhouse"),
        (Endpoint("db", 5433), "vertica"),
        (Endpoint("db", 26257), "cockroachdb"),
        (Endpoint("db", 50001), "db2"),
        (Endpoint("db", 7), "other"),
        (UnixSocket("/run/postgresql/.s.PGSQL.5433"), "postgresql"),
        (UnixSocket("/run/mysqld/mysqld.sock"), "mysql"),
        (UnixSocket("/tmp/mysql.sock"), "mysql"),
        (UnixSocket("/run/mysqld/mariadb.sock"), "mariadb"),
        (UnixSocket("/tmp/mongodb-27017.sock"), "mongodb"),
        (UnixSocket("/run/redis/redis-server.sock"), "redis"),
        (UnixSocket("/run/app.sock"), "other"),
        (AnyHost(), "other"),
    ],
    ids=str,
)
def test_the_kind_is_told_by_where_a_forward_leads(target: Target, kind: str) -> None:
    assert kind_for(target) == kind


def test_a_command_that_needs_a_local_port_gets_a_likely_one() -> None:
    assert likely_port(leading_to(Endpoint("db", 3306), "other")) == 3306
    assert likely_port(leading_to(AnyHost(), "mongodb")) == 1080
    assert likely_port(leading_to(UnixSocket("/run/x.sock"), "redis")) == 6379
    assert likely_port(leading_to(UnixSocket("/run/x.sock"), "other")) == 15432
