"""The files of DataGrip, pgAdmin and libpq, and where they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from desktop.core.foreign import ForeignEntry, Obstacle, Remark, Tool
from desktop.core.model import CONFIGURED_PORT, Auth, AuthMethod, Endpoint, Hop
from desktop.core.tls import AUTOMATIC, Tls, TlsMode
from desktop.store.foreign import datagrip, pg_service, pgadmin
from desktop.store.foreign.broken import BrokenFiles
from desktop.store.foreign.files import ForeignConnections
from desktop.store.foreign.places import ForeignPlaces
from desktop.store.small_content import MOST_BYTES

SOURCE = '<data-source source="LOCAL" name="{name}" uuid="u-1"><driver-ref>{driver}</driver-ref>'
BOMB = '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><p>&b;</p>'


def an_idea(tmp_path: Path, shared: str, local: str = "", ssh: str = "") -> Path:
    folder = tmp_path / ".idea"
    folder.mkdir()
    for name, component, body in (
        ("dataSources.xml", "DataSourceManagerImpl", shared),
        ("dataSources.local.xml", "dataSourceStorageLocal", local),
        ("sshConfigs.xml", "SshConfigs", f"<configs>{ssh}</configs>"),
    ):
        text = f'<?xml version="1.0" encoding="UTF-8"?><project version="4"><component name="{component}">'
        (folder / name).write_text(f"{text}{body}</component></project>", encoding="utf-8")
    return folder / "dataSources.xml"


def of_datagrip(tmp_path: Path, url: str, local: str = "", ssh: str = "", more: str = "") -> ForeignEntry:
    start = SOURCE.format(name="Lager Köln", driver="postgresql")
    shared = f"{start}<jdbc-url>{url}</jdbc-url>{more}</data-source>"
    mine = f'<data-source name="Lager Köln" uuid="u-1">{local}</data-source>'
    (entry,) = read_idea(an_idea(tmp_path, shared, mine, ssh))
    return entry


def read_idea(path: Path) -> Sequence[ForeignEntry]:
    broken = BrokenFiles()
    entries = datagrip.read(path, "me", (), broken)
    assert broken.causes == ()
    return entries


TUNNEL = "<ssh-properties><enabled>true</enabled><ssh-config-id>s-1</ssh-config-id></ssh-properties>"
URL = "jdbc:postgresql://db.internal:5433/sales"


@pytest.mark.parametrize(
    ("attributes", "hop"),
    [
        (
            'authType="KEY_PAIR" port="2222" keyPath="$USER_HOME$/.ssh/work"',
            Hop("bastion", "ops", 2222, Auth(AuthMethod.KEY_FILE, "~/.ssh/work")),
        ),
        ('authType="PASSWORD" port="22"', Hop("bastion", "ops")),
        (
            'authType="OPEN_SSH" port="22" useOpenSSHConfig="true"',
            Hop("bastion", "ops", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG)),
        ),
    ],
)
def test_datagrip_s_tunnel_is_found_by_its_id(tmp_path: Path, attributes: str, hop: Hop) -> None:
    ssh = f'<sshConfig id="s-1" host="bastion" username="ops" {attributes} />'
    made = of_datagrip(tmp_path, URL, f"<user-name>ada</user-name>{TUNNEL}", ssh).connection
    assert made is not None
    assert (made.name, made.route.hops) == ("Lager Köln", (hop,))
    assert (made.forward.target, made.database, made.warehouse_user) == (
        Endpoint("db.internal", 5433),
        "sales",
        "ada",
    )


def test_an_older_datagrip_wrote_the_bastion_into_the_data_source(tmp_path: Path) -> None:
    local = (
        "<ssh-properties><enabled>true</enabled><proxy-host>bastion</proxy-host><port>2200</port>"
        "<user>ops</user><auth-type>KEY_PAIR</auth-type><key-file>$USER_HOME$/k</key-file></ssh-properties>"
    )
    made = of_datagrip(tmp_path, URL, local).connection
    assert made is not None
    assert made.route.hops == (Hop("bastion", "ops", 2200, Auth(AuthMethod.KEY_FILE, "~/k")),)


def test_a_tunnel_that_is_nowhere_described_is_no_reason_to_go_directly(tmp_path: Path) -> None:
    assert of_datagrip(tmp_path, URL, TUNNEL).obstacle is Obstacle.TUNNEL_UNKNOWN


def test_datagrip_s_tls_is_kept_and_a_password_is_not(tmp_path: Path) -> None:
    page = "<ca-cert>$PROJECT_DIR$/ca.pem</ca-cert><enabled>true</enabled><mode>VERIFY_FULL</mode>"
    local = f"<ssl-config>{page}</ssl-config>"
    more = '<driver-properties><property name="password" value="sesame" /></driver-properties>'
    entry = of_datagrip(tmp_path, f"{URL}?user=ada&amp;password=sesame", local, more=more)
    assert entry.connection is not None
    assert entry.connection.tls == Tls(TlsMode.VERIFY, f"{tmp_path}/ca.pem")
    assert (entry.connection.warehouse_user, entry.remarks) == ("ada", (Remark.LOGIN_LEFT,))
    assert "sesame" not in repr(entry)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("jdbc:oracle:thin:scott/tiger@ora:1522:ORCL", ("ora", 1522, "ORCL")),
        ("jdbc:oracle:thin:@//ora:1521/pdb.example", ("ora", 1521, "pdb.example")),
        (
            "jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=ora)(PORT=1525))(CONNECT_DATA=(SERVICE_NAME=s)))",
            ("ora", 1525, "s"),
        ),
        ("jdbc:sqlserver://ms\\SQL:1434;databaseName=crm;password=tiger", ("ms", 1434, "crm")),
        ("jdbc:postgresql://[2001:db8::1]:5432/x", ("2001:db8::1", 5432, "x")),
        ("jdbc:mysql://me:ti/ger@my/shop", ("my", 3306, "shop")),
    ],
)
def test_urls_of_other_drivers_are_understood(tmp_path: Path, url: str, found: tuple[str, int, str]) -> None:
    shared = f'<data-source name="x"><jdbc-url>{url}</jdbc-url></data-source>'
    (entry,) = read_idea(an_idea(tmp_path, shared))
    made = entry.connection
    assert made is not None
    assert isinstance(made.forward.target, Endpoint)
    assert (made.forward.target.host, made.forward.target.port, made.database) == found
    assert "tiger" not in repr(entry)
    assert "ti/ger" not in repr(entry)


def test_what_is_no_server_is_told(tmp_path: Path) -> None:
    bodies = ["<jdbc-url>jdbc:sqlite:x.db</jdbc-url>", "<jdbc-url>odd</jdbc-url>", ""]
    shared = "".join(f'<data-source name="x">{body}</data-source>' for body in bodies)
    entries = read_idea(an_idea(tmp_path, shared))
    assert [each.obstacle for each in entries] == [
        Obstacle.NOT_A_SERVER,
        Obstacle.NOT_UNDERSTOOD,
        Obstacle.NO_HOST,
    ]


def of_pgadmin(tmp_path: Path, **values: Any) -> ForeignEntry:
    path = tmp_path / "servers.json"
    server = {"Name": "倉庫", "Group": "Servers", "Host": "db", "Port": 5432, "MaintenanceDB": "postgres"}
    path.write_text(json.dumps({"Servers": {"1": {**server, "Username": "ada", **values}}}))
    (entry,) = pgadmin.read(path, "me")
    return entry


def test_pgadmin_s_servers_come_with_their_tunnel(tmp_path: Path) -> None:
    tunnel = {"UseSSHTunnel": 1, "TunnelHost": "bastion", "TunnelPort": "22", "TunnelUsername": "ops"}
    entry = of_pgadmin(tmp_path, **tunnel, TunnelAuthentication=1, TunnelIdentityFile="/k")
    assert entry.connection is not None
    assert entry.connection.route.hops == (Hop("bastion", "ops", auth=Auth(AuthMethod.KEY_FILE, "/k")),)
    unnamed = of_pgadmin(tmp_path, **tunnel, TunnelAuthentication=1)
    assert unnamed.remarks == (Remark.TUNNEL_KEY_UNNAMED,)
    assert of_pgadmin(tmp_path, UseSSHTunnel=1).obstacle is Obstacle.TUNNEL_UNKNOWN


def test_both_forms_of_pgadmin_s_tls_are_read(tmp_path: Path) -> None:
    new = {"ConnectionParameters": {"sslmode": "verify-full", "sslrootcert": "/ca", "passfile": "/p"}}
    for values in ({"SSLMode": "verify-full", "SSLRootCert": "/ca"}, new):
        made = of_pgadmin(tmp_path, **values).connection
        assert made is not None
        assert (made.tls, made.route.is_direct, made.group) == (Tls(TlsMode.VERIFY, "/ca"), True, "")
    prefers = of_pgadmin(tmp_path, SSLMode="prefer").connection
    assert prefers is not None
    assert prefers.tls == AUTOMATIC


def test_services_of_libpq_are_read_as_libpq_does(tmp_path: Path) -> None:
    path = tmp_path / "pg_service.conf"
    path.write_text(
        "# ours\n[sales]\nhost=db.internal\nport=5433\ndbname=sales\nuser=ada\npassword=sesame\n"
        "sslmode=require\nhost=other\n\n[bare]\nhostaddr=192.0.2.7\n[sales]\nhost=later\n"
        "[here]\nhost=/run/postgresql\n[empty]\n"
    )
    sales, bare, here, empty = pg_service.read(path, "me")
    assert sales.connection is not None
    assert bare.connection is not None
    assert sales.connection.forward.target == Endpoint("db.internal", 5433)
    assert (sales.connection.tls, sales.remarks) == (Tls(TlsMode.REQUIRE), (Remark.LOGIN_LEFT,))
    assert bare.connection.forward.target == Endpoint("192.0.2.7", 5432)
    assert (bare.connection.database, bare.connection.warehouse_user) == ("me", "me")
    assert (here.obstacle, empty.obstacle) == (Obstacle.LOCAL_SOCKET, Obstacle.NO_HOST)
    assert "sesame" not in repr([sales, bare, here, empty])


def reader(tmp_path: Path, platform: str = "linux", **environment: str) -> ForeignConnections:
    return ForeignConnections("me", ForeignPlaces(tmp_path, environment, platform))


@pytest.mark.parametrize("tool", list(Tool))
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a = ", BOMB.encode(), b" " * (MOST_BYTES + 1)])
def test_what_is_no_file_of_the_tool_is_said(tmp_path: Path, tool: Tool, content: bytes) -> None:
    path = tmp_path / ("dataSources.xml" if tool is Tool.DATAGRIP else "file")
    path.write_bytes(content)
    refusal = reader(tmp_path).read(tool, str(path)).refusal
    assert refusal is not None
    assert (refusal.code, refusal.fact("path")) == ("import_unreadable", str(path))
    assert "aaaa" not in refusal.fact("reason")


def test_a_document_type_is_refused_before_anything_is_expanded(tmp_path: Path) -> None:
    path = tmp_path / "dataSources.xml"
    path.write_text(BOMB)
    refusal = reader(tmp_path).read(Tool.DATAGRIP, str(path)).refusal
    assert refusal is not None
    assert refusal.fact("reason") == "it declares a document type, which such a file has not"


@pytest.mark.parametrize(
    ("platform", "tool", "place"),
    [
        ("linux", Tool.DBEAVER, ".local/share/DBeaverData/workspace6/General/.dbeaver/data-sources.json"),
        ("darwin", Tool.DBEAVER, "Library/DBeaverData/workspace6/General/.dbeaver/data-sources.json"),
        ("win32", Tool.DBEAVER, "roaming/DBeaverData/workspace6/General/.dbeaver/data-sources.json"),
        ("linux", Tool.DATAGRIP, ".config/JetBrains/DataGrip2024.3/projects/a/.idea/dataSources.xml"),
        ("win32", Tool.DATAGRIP, "roaming/JetBrains/DataGrip2024.3/projects/a/.idea/dataSources.xml"),
        ("darwin", Tool.DATAGRIP, "DataGripProjects/a/.idea/dataSources.xml"),
        ("linux", Tool.PG_SERVICE, ".pg_service.conf"),
        ("win32", Tool.PG_SERVICE, "roaming/postgresql/.pg_service.conf"),
    ],
)
def test_each_tool_s_files_are_found_where_it_keeps_them(
    tmp_path: Path, platform: str, tool: Tool, place: str
) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    places = ForeignPlaces(tmp_path, {"APPDATA": str(tmp_path / "roaming")}, platform)
    assert places.files(tool) == (path,)
    assert places.files(Tool.PGADMIN) == ()
