"""Every copied text gives its reader the names as they are, however odd."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg.conninfo
import pytest
import yaml
from sqlalchemy import URL, make_url
from sqlalchemy.engine.interfaces import Dialect

from desktop.core.copy_text import CopyText, TextKey
from desktop.core.copy_texts import copy_texts
from desktop.core.model import Connection, Endpoint, Forward, Hop, Route
from desktop.core.tls import Tls, TlsMode
from desktop.core.warehouses import CATALOGUE, Warehouse
from tests.support.jdbc import read_jdbc, read_oracle, read_query, read_sql_server
from tests.support.odbc import read_odbc

LOCAL = Endpoint("127.0.0.1", 15432)
ODD = ["a b", "it's", 'a"b', "a@b:c/d?e#f", "[x]{y}};z", "50%\\$HOME`id`!", "{{ x }}{% y %}", "Größe–表"]
SECRET = "correct horse"
SQL_SERVER = {"sqlserver"}
# Their readers know no escapes at all: what has a mark of theirs in it is left out.
UNESCAPED = {"db2", "hive", "impala", "exasol", "teradata"}


def found(
    kind: str, name: str = "sales", password: str = "", tls: Tls | None = None, port: int = 1
) -> dict[TextKey, CopyText]:
    route, forward = Route((Hop("bastion", "me"),)), Forward(Endpoint("db.internal", port))
    connection = Connection(name, route, forward, kind, database=name, warehouse_user=name, tls=tls or Tls())
    return {each.key: each for each in copy_texts(connection, LOCAL, password)}


def kinds_with(key: TextKey) -> list[str]:
    return [entry.key for entry in CATALOGUE if key in found(entry.key, password=SECRET)]


@pytest.mark.parametrize("kind", kinds_with(TextKey.URL))
def test_a_url_gives_back_what_is_in_it(kind: str) -> None:
    for odd in ODD:
        parts = urlsplit(found(kind, odd, password=odd)[TextKey.URL].text)
        assert parts.port == LOCAL.port
        if parts.username is not None:
            assert (unquote(parts.username), unquote(parts.password or "")) == (odd, odd)
        assert unquote(parts.path[1:]) in (odd, "", "druid/v2/sql")
        assert all(value == odd for key, value in parse_qsl(parts.query) if key == "database")


@pytest.mark.parametrize(
    "kind", sorted(set(kinds_with(TextKey.JDBC)) - UNESCAPED - {"oracle", "saphana", "druid", "mariadb"})
)
def test_a_jdbc_url_gives_back_what_is_in_it(kind: str) -> None:
    for odd in ODD:
        read = read_sql_server if kind in SQL_SERVER else read_jdbc
        url = read(found(kind, odd, password=odd)[TextKey.JDBC].text)
        assert (url.host, url.port, url.database) == (LOCAL.host, LOCAL.port, odd)
        assert (url.options["user"], url.options["password"]) == (odd, odd)


def test_mariadb_s_driver_takes_everything_as_it_stands() -> None:
    tls = Tls(TlsMode.VERIFY, "/etc/ca.pem")
    text = found("mariadb", "it's@[x]=y", "p/w=:;", tls)[TextKey.JDBC].text
    database, _, options = text.removeprefix(f"jdbc:mariadb://{LOCAL}/").partition("?")
    assert database == "it's@[x]=y"
    assert dict(option.split("=", 1) for option in options.split("&")) == {
        "user": "it's@[x]=y",
        "password": "p/w=:;",
        "sslMode": "verify-ca",
        "serverSslCert": "/etc/ca.pem",
    }
    for mark in "&?%+":
        assert TextKey.JDBC not in found("mariadb", mark)


def test_sap_hana_takes_the_database_as_an_option() -> None:
    for odd in ODD:
        query = found("saphana", odd, password=odd)[TextKey.JDBC].text.partition("?")[2]
        assert read_query(query) == {"databaseName": odd, "user": odd, "password": odd}


def test_oracle_puts_odd_names_in_quotes_and_can_t_say_a_quote() -> None:
    for odd in ODD:
        text = found("oracle", odd, password=odd).get(TextKey.JDBC)
        assert (text is None) == ('"' in odd)
        if text is not None:
            url = read_oracle(text.text)
            assert (url.database, url.options["user"], url.options["password"]) == (odd, odd, odd)


@pytest.mark.parametrize("kind", sorted(UNESCAPED))
def test_where_nothing_can_be_escaped_the_text_is_left_out(kind: str) -> None:
    assert TextKey.JDBC in found(kind, password=SECRET.replace(" ", "-"))
    for odd in ODD[:6]:
        assert TextKey.JDBC not in found(kind, odd)


@pytest.mark.parametrize("kind", kinds_with(TextKey.ODBC))
def test_an_odbc_string_gives_back_what_is_in_it(kind: str) -> None:
    for odd in ODD:
        values = list(read_odbc(found(kind, odd, password=odd)[TextKey.ODBC].text).values())
        assert values.count(odd) == 3


@pytest.mark.parametrize("kind", kinds_with(TextKey.SQLALCHEMY))
def test_sqlalchemy_reads_its_url(kind: str) -> None:
    for odd in ODD:
        url = make_url(found(kind, odd, password=odd)[TextKey.SQLALCHEMY].text)
        assert (url.username, url.password) == (odd, odd)
        # make_url() leaves the database encoded, and create_engine() hands it on like that.
        assert unquote(url.database or "") in (odd, "", "druid/v2/sql/") or odd in url.query.values()


@pytest.mark.parametrize("kind", kinds_with(TextKey.DBT))
def test_a_dbt_profile_is_yaml_with_what_its_adapter_needs(kind: str) -> None:
    for odd in ODD:
        profile = yaml.safe_load(found(kind, odd, odd, Tls(TlsMode.REQUIRE))[TextKey.DBT].text)
        (name,) = profile
        assert rendered(name) == odd
        output = profile[name]["outputs"][profile[name]["target"]]
        assert {"type", "port", "schema", "threads"} <= set(output)
        assert output["port"] == LOCAL.port
        assert rendered(output.get("user", output.get("username"))) == odd
        assert rendered(output.get("password", output.get("pass"))) == odd


def rendered(text: str) -> str:
    """As dbt's Jinja does what is in our profiles: a lone string in a tag."""
    return re.sub(r"\{\{ '(\{)' \}\}", r"\1", text)


def test_a_dbt_profile_without_a_password_names_a_variable_that_dbt_keeps_to_itself() -> None:
    for kind in set(kinds_with(TextKey.DBT)) - {"trino"}:
        assert "env_var('DBT_ENV_SECRET_PASSWORD')" in found(kind)[TextKey.DBT].text


@pytest.mark.parametrize("kind", kinds_with(TextKey.ENVIRONMENT))
def test_a_shell_sets_the_variables(kind: str) -> None:
    for odd in ODD:
        line = found(kind, odd, password=odd)[TextKey.ENVIRONMENT].text
        names = [word.partition("=")[0] for word in shlex.split(line)[1:]]
        script = f"{line}\n" + "".join(f"printf '%s\\0' \"${name}\"\n" for name in names)
        sh = shutil.which("sh")
        if sh is None:
            pytest.skip("there is no POSIX shell here")
        said = subprocess.run([sh, "-c", script], capture_output=True, check=True, timeout=10).stdout
        values = dict(zip(names, said.decode().split("\0"), strict=False))
        assert all(
            values[name] == odd for name in names if re.search("PASS|PWD|AUTH|USER|DATABASE|DBNAME", name)
        )


@pytest.mark.parametrize("kind", sorted(set(kinds_with(TextKey.COMMAND)) - {"oracle"}))
def test_a_command_line_gives_its_program_the_names_and_never_the_password(kind: str) -> None:
    for odd in ODD:
        words = shlex.split(found(kind, odd, password="s3cret-word")[TextKey.COMMAND].text)
        assert "s3cret-word" not in " ".join(words)
        if words[0] == "psql":
            read = psycopg.conninfo.conninfo_to_dict(words[1])
            assert (read["user"], read["dbname"], read["hostaddr"]) == (odd, odd, LOCAL.host)
        elif words[0] == "mongosh":
            assert unquote(urlsplit(words[1]).username or "") == odd
        else:
            assert odd in words


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.key)
@pytest.mark.parametrize("mode", TlsMode)
def test_no_text_shows_a_password_that_nobody_asked_for(entry: Warehouse, mode: TlsMode) -> None:
    texts = found(entry.key, password=SECRET, tls=Tls(mode, "/ca.pem"))
    assert SECRET not in repr(texts)
    assert all(text.text == text.text.strip() and "{?" not in text.text for text in texts.values())


def dialect_of(url: URL) -> Dialect:
    """Without its driver, which need not be installed."""
    dialect: Dialect = url.get_dialect()()
    return dialect


@pytest.mark.parametrize("key", [TextKey.URL, TextKey.SQLALCHEMY])
def test_libpq_is_told_the_real_name_and_where_to_connect(key: TextKey) -> None:
    tls = Tls(TlsMode.VERIFY, "/my ca.pem")
    text = found("postgresql", "a b", "p@ss", tls)[key].text
    url = make_url(text.replace("postgresql:", "postgresql+psycopg:"))
    _, options = dialect_of(url).create_connect_args(url)
    assert options["host"] == "db.internal"
    assert options["hostaddr"] == "127.0.0.1"
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/my ca.pem")
    read = psycopg.conninfo.conninfo_to_dict(found("postgresql", "a b", "p@ss", tls)[TextKey.URL].text)
    assert (read["dbname"], read["password"], read["sslrootcert"]) == ("a b", "p@ss", "/my ca.pem")


def test_pymysql_checks_the_authority_only() -> None:
    url = make_url(found("mysql", tls=Tls(TlsMode.VERIFY, "/ca.pem"))[TextKey.SQLALCHEMY].text)
    _, options = dialect_of(url).create_connect_args(url)
    assert options["ssl"] == {"ca": "/ca.pem", "check_hostname": False}


def test_pyodbc_is_told_the_name_in_the_certificate() -> None:
    url = make_url(found("sqlserver", "a;b}c", "p;w}d")[TextKey.SQLALCHEMY].text)
    (text,), _ = dialect_of(url).create_connect_args(url)
    attributes = read_odbc(text.replace("Trusted_Connection=Yes", ""))
    assert attributes["HostNameInCertificate"] == "db.internal"
    assert (attributes["UID"], attributes["PWD"]) == ("a;b}c", "p;w}d")
