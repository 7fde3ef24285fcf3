"""DBeaver's files, in the forms that its versions write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop.core.foreign import ForeignEntry, Obstacle, Remark
from desktop.core.model import Auth, AuthMethod, Endpoint, Hop
from desktop.core.tls import Tls, TlsMode
from desktop.store.fields import Damaged
from desktop.store.foreign import dbeaver

TUNNEL = {
    "type": "TUNNEL",
    "enabled": True,
    "save-password": True,
    "user": "tunnel",
    "properties": {
        "host": "bastion.example.com",
        "port": 2222,
        "authType": "PUBLIC_KEY",
        "keyPath": "/keys/work",
        "implementation": "sshj",
    },
}


def a_file(tmp_path: Path, connections: Any, **more: Any) -> Path:
    path = tmp_path / "data-sources.json"
    path.write_text(json.dumps({"folders": {}, "connections": connections, **more}), encoding="utf-8")
    return path


def source(driver: str = "postgres-jdbc", provider: str = "postgresql", **configuration: Any) -> Any:
    return {
        "provider": provider,
        "driver": driver,
        "name": "Umsätze 売上",
        "save-password": True,
        "folder": "Production/EU",
        "configuration": {"configurationType": "MANUAL", "type": "dev", **configuration},
    }


def one(tmp_path: Path, connection: Any, **more: Any) -> ForeignEntry:
    (entry,) = dbeaver.read(a_file(tmp_path, {"postgres-jdbc-18c": connection}, **more), "me")
    return entry


def hops(entry: ForeignEntry) -> tuple[Hop, ...]:
    assert entry.connection is not None
    return entry.connection.route.hops


def through(tmp_path: Path, **properties: Any) -> ForeignEntry:
    tunnel = {"enabled": True, "properties": {"host": "bastion", **properties}}
    return one(tmp_path, source(host="db", handlers={"ssh_tunnel": tunnel}))


def test_a_connection_behind_a_tunnel_comes_with_its_bastion(tmp_path: Path) -> None:
    settings = source(host="db.internal", port="5433", database="sales", handlers={"ssh_tunnel": TUNNEL})
    entry = one(tmp_path, settings)
    made = entry.connection
    assert made is not None
    assert (made.name, made.group, made.kind, made.database) == (
        "Umsätze 売上",
        "Production/EU",
        "postgresql",
        "sales",
    )
    assert made.forward.target == Endpoint("db.internal", 5433)
    key = Auth(AuthMethod.KEY_FILE, "/keys/work")
    assert (made.route.hops, entry.remarks) == ((Hop("bastion.example.com", "tunnel", 2222, key),), ())


def test_without_a_tunnel_it_is_direct_and_a_missing_port_is_the_usual_one(tmp_path: Path) -> None:
    off = {"ssh_tunnel": {**TUNNEL, "enabled": False}}
    made = one(tmp_path, source(driver="mariaDB", provider="mysql", host="db", handlers=off)).connection
    assert made is not None
    assert (made.route.is_direct, made.kind, made.forward.target) == (True, "mariadb", Endpoint("db", 3306))


def test_jump_hosts_come_in_their_order_as_many_as_are_counted(tmp_path: Path) -> None:
    entry = through(
        tmp_path,
        **{
            "authType": "AGENT",
            "jumpServer.count": "1",
            "jumpServer0.enabled": "true",
            "jumpServer0.host": "jump",
            "jumpServer0.port": "2200",
            "jumpServer0.name": "ada",
            "jumpServer0.authType": "PASSWORD",
            "jumpServer1.enabled": "true",
            "jumpServer1.host": "stale",
        },
    )
    assert hops(entry) == (Hop("jump", "ada", 2200), Hop("bastion", "me", auth=Auth(AuthMethod.AGENT)))
    assert entry.remarks == (Remark.TUNNEL_USER_GUESSED,)


def test_a_key_pasted_there_stays_there(tmp_path: Path) -> None:
    entry = through(tmp_path, authType="PUBLIC_KEY", keyValue="-----BEGIN sesame-----")
    assert hops(entry)[0].auth == Auth(AuthMethod.PASTED_KEY)
    assert Remark.LOGIN_LEFT in entry.remarks
    assert "sesame" not in repr(entry)


def test_a_network_profile_says_where_the_tunnel_is(tmp_path: Path) -> None:
    used = source(host="db", **{"config-profile": "corp"})
    profiles = {"corp": {"name": "corp", "handlers": {"ssh_tunnel": TUNNEL}}}
    found = one(tmp_path, used, **{"network-profiles": profiles})
    assert [hop.host for hop in hops(found)] == ["bastion.example.com"]
    assert one(tmp_path, used).obstacle is Obstacle.TUNNEL_UNKNOWN


@pytest.mark.parametrize("tunnel", [{}, {"port": 22}, {"host": ""}])
def test_a_tunnel_without_a_host_is_no_reason_to_go_directly(tmp_path: Path, tunnel: Any) -> None:
    handlers = {"ssh_tunnel": {"enabled": True, "properties": tunnel}}
    assert one(tmp_path, source(host="db", handlers=handlers)).obstacle is Obstacle.TUNNEL_UNKNOWN


def test_a_connection_by_its_url_leaves_the_password_of_the_url(tmp_path: Path) -> None:
    entry = one(
        tmp_path,
        source(
            "com_clickhouse",
            "clickhouse",
            url="jdbc:clickhouse://ada:sesame@ch.internal:8443/events?ssl=true&password=sesame",
            configurationType="URL",
        ),
    )
    made = entry.connection
    assert made is not None
    assert (made.kind, made.forward.target, made.database, made.warehouse_user) == (
        "clickhouse",
        Endpoint("ch.internal", 8443),
        "events",
        "ada",
    )
    assert (made.tls.mode, entry.remarks) == (TlsMode.VERIFY, (Remark.LOGIN_LEFT,))
    assert "sesame" not in repr(entry)


@pytest.mark.parametrize("place", ["properties", "auth-properties", "provider-properties"])
def test_passwords_in_properties_are_not_taken(tmp_path: Path, place: str) -> None:
    given = source(host="db", user="ada")
    given["configuration"][place] = {"userPassword": "sesame"}
    entry = one(tmp_path, given)
    assert entry.connection is not None
    assert (entry.connection.warehouse_user, entry.remarks) == ("ada", (Remark.LOGIN_LEFT,))
    assert "sesame" not in repr(entry)


def test_the_page_for_tls_is_kept(tmp_path: Path) -> None:
    page = {"enabled": True, "properties": {"sslMode": "verify-ca", "ssl.ca.cert": "/ca.pem"}}
    entry = one(tmp_path, source(host="db", handlers={"postgre_ssl": page}))
    assert entry.connection is not None
    assert entry.connection.tls == Tls(TlsMode.VERIFY, "/ca.pem")
    assert entry.remarks == (Remark.NAME_CHECKED_TOO,)


@pytest.mark.parametrize(
    ("connection", "obstacle"),
    [
        (source("sqlite_jdbc", "sqlite", database="/data/x.db"), Obstacle.NOT_A_SERVER),
        (source(host="db", port="many"), Obstacle.NO_PORT),
        (source(host="db", port="9" * 5000), Obstacle.NO_PORT),
        (source("frobnicator", "generic", host="db"), Obstacle.NO_PORT),
        (source(host="a,b"), Obstacle.SEVERAL_HOSTS),
        (source(), Obstacle.NO_HOST),
        (source(host=["db"]), Obstacle.NOT_UNDERSTOOD),
        ("text", Obstacle.NOT_UNDERSTOOD),
    ],
)
def test_an_odd_entry_is_told_and_does_not_cost_the_others(
    tmp_path: Path, connection: Any, obstacle: Obstacle
) -> None:
    odd, good = dbeaver.read(a_file(tmp_path, {"a": connection, "b": source(host="db")}), "me")
    assert (odd.connection, odd.obstacle) == (None, obstacle)
    assert good.connection is not None


def test_an_unknown_driver_is_some_tcp_service(tmp_path: Path) -> None:
    made = one(tmp_path, source("frobnicator", "generic", host="db", port="7000")).connection
    assert made is not None
    assert (made.kind, made.forward.target) == ("other", Endpoint("db", 7000))


def test_an_older_version_wrote_xml(tmp_path: Path) -> None:
    path = tmp_path / ".dbeaver-data-sources.xml"
    path.write_text(
        """<?xml version="1.0" encoding="UTF-8"?>
<data-sources>
  <data-source id="my-1" provider="mysql" driver="mysql5" name="Lager" save-password="true">
    <connection host="db.internal" port="3307" database="stock" user="ada" password="sesame">
      <network-handler type="TUNNEL" id="ssh_tunnel" enabled="true" save-password="true" user="tunnel"
          password="sesame">
        <property name="host" value="bastion"/><property name="authType" value="PASSWORD"/>
      </network-handler>
    </connection>
  </data-source>
</data-sources>""",
        encoding="utf-8",
    )
    (entry,) = dbeaver.read(path, "me")
    assert entry.connection is not None
    assert entry.connection.forward.target == Endpoint("db.internal", 3307)
    assert (hops(entry), entry.remarks) == ((Hop("bastion", "tunnel"),), (Remark.LOGIN_LEFT,))
    assert "sesame" not in repr(entry)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"connections": []}', "[" * 100_000, "\0"])
def test_what_is_no_such_file_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "data-sources.json"
    path.write_text(content)
    with pytest.raises(Damaged):
        dbeaver.read(path, "me")
