"""Files of connections: what others get, and what comes from them."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.config_errors import ExportNotWritable, ImportUnreadable
from desktop.core.identity import Guard, WarehouseIdentity
from desktop.core.model import DIRECT, Auth, AuthMethod, Connection, Hop, Proxy, ProxyKind, Route
from desktop.core.tls import Tls, TlsMode
from desktop.store.connection_fields import fields_of
from desktop.store.document import written_document
from desktop.store.exchange import ExchangeFiles
from desktop.store.small_content import MOST_BYTES
from tests.unit.store.samples import AGENT, BASTION, FULL, PLAIN

ADA = ExchangeFiles("ada", Path("/home/me"))
BOB = ExchangeFiles("bob", None)


def with_hop(**changes: Any) -> Connection:
    return replace(PLAIN, route=Route((replace(BASTION, **changes),)))


def hop_of(connections: tuple[Connection, ...]) -> Any:
    return connections[0].route.bastion


def without_ids(*connections: Connection) -> list[Connection]:
    return [replace(each, id="") for each in connections]


def reason_of(path: Path) -> str:
    with pytest.raises(ImportUnreadable) as caught:
        BOB.read(str(path))
    return caught.value.facts["reason"]


def test_everything_but_the_id_and_the_name_of_a_pasted_key_arrives() -> None:
    jump, bastion = FULL.route.hops
    without_key = replace(FULL, route=Route((replace(jump, auth=Auth(AuthMethod.PASTED_KEY)), bastion)))
    assert without_ids(*BOB.decode(ADA.encode([PLAIN, FULL]))) == without_ids(PLAIN, without_key)


def test_each_reading_gives_ids_of_its_own() -> None:
    raw = ADA.encode([PLAIN])
    first, second = BOB.decode(raw)[0], BOB.decode(raw)[0]
    assert len({PLAIN.id, first.id, second.id}) == 3


def test_an_id_in_a_file_reaches_nobodys_secrets() -> None:
    data = json.loads(ADA.encode([PLAIN]))
    data["connections"][0]["id"] = "somebody"
    assert BOB.decode(json.dumps(data).encode())[0].id != "somebody"


def test_who_logged_in_under_their_own_name_is_replaced_by_who_imports() -> None:
    mine = replace(with_hop(user="ada"), warehouse_user="ada")
    (theirs,) = BOB.decode(ADA.encode([mine]))
    assert (theirs.route.bastion.user, theirs.warehouse_user) == ("bob", "bob")


def test_a_shared_account_stays_the_same_for_everybody() -> None:
    mine = replace(with_hop(user="tunnel"), warehouse_user="reader")
    raw = ADA.encode([mine])
    (theirs,) = BOB.decode(raw)
    assert (theirs.route.bastion.user, theirs.warehouse_user) == ("tunnel", "reader")
    assert b"ada" not in raw


def test_where_the_system_names_nobody_the_given_name_stays() -> None:
    raw = ADA.encode([with_hop(user="ada")])
    assert hop_of(ExchangeFiles("", None).decode(raw)).user == "ada"


def test_an_identity_file_is_named_from_the_home_folder() -> None:
    raw = ADA.encode([with_hop(auth=Auth(AuthMethod.KEY_FILE, "/home/me/.ssh/work"))])
    assert hop_of(BOB.decode(raw)).auth.identity_file == "~/.ssh/work"
    assert b"/home/me" not in raw


def test_an_identity_file_elsewhere_keeps_its_path() -> None:
    raw = ADA.encode([with_hop(auth=Auth(AuthMethod.KEY_FILE, "/etc/keys/team"))])
    assert hop_of(BOB.decode(raw)).auth.identity_file == "/etc/keys/team"


def test_an_agent_is_each_reader_s_own() -> None:
    raw = ADA.encode([with_hop(auth=AGENT)])
    assert hop_of(BOB.decode(raw)).auth == Auth(AuthMethod.AGENT)
    assert b"/run" not in raw


def test_caponiers_own_file_can_be_read_too() -> None:
    own = {"version": 1, "connections": json.loads(ADA.encode([PLAIN]))["connections"]}
    own["connections"][0]["id"] = "plain"
    assert without_ids(*BOB.decode(json.dumps(own).encode())) == without_ids(PLAIN)


def test_a_written_file_is_read_by_others(tmp_path: Path) -> None:
    path = tmp_path / "team.caponier"
    ADA.write(str(path), [PLAIN])
    assert without_ids(*BOB.read(str(path))) == without_ids(PLAIN)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_others_may_read_what_is_meant_for_them(tmp_path: Path) -> None:
    path = tmp_path / "team.caponier"
    before = os.umask(0o022)
    try:
        ADA.write(str(path), [PLAIN])
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_file_that_can_t_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no such folder" / "team.caponier"
    with pytest.raises(ExportNotWritable) as caught:
        ADA.write(str(path), [PLAIN])
    assert caught.value.facts == {"path": str(path), "reason": "No such file or directory"}


def test_a_failed_export_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "team.caponier"
    ADA.write(str(path), [PLAIN])
    before = path.read_bytes()

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(ExportNotWritable):
        ADA.write(str(path), [PLAIN, FULL])
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is not JSON, line 1: Expecting value"),
        (b"\x89PNG\xff", "it is not UTF-8 text"),
        (b"[]", "the file should be an object"),
        (b'{"version": 1}', "the file has no connections"),
        (
            b'{"version": 99, "connections": []}',
            "a newer Caponier wrote it (format 99, this one reads up to 5)",
        ),
        (b'{"version": 1, "login_name": 7, "connections": [{}]}', "connections[0] of the file has no route"),
        (b"[" * 100_000, "it is not JSON that a connections file can hold"),
        (b" " * (MOST_BYTES + 1), "it is too large to be a file of connections"),
    ],
    ids=["empty", "picture", "list", "no-list", "newer", "incomplete", "nested", "large"],
)
def test_what_is_no_file_of_connections_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "odd.caponier"
    path.write_bytes(content)
    assert reason_of(path) == reason


def test_what_is_not_even_a_file_is_said(tmp_path: Path) -> None:
    assert reason_of(tmp_path) == "it is not a file"
    assert reason_of(tmp_path / "missing.caponier") == "No such file or directory"
    assert reason_of(Path("nul\0.caponier")) == "embedded null byte"


def test_a_pipe_does_not_hold_anybody_up(tmp_path: Path) -> None:
    make_pipe = getattr(os, "mkfifo", None)
    if make_pipe is None:
        pytest.skip("needs named pipes")
    make_pipe(tmp_path / "pipe.caponier")
    assert reason_of(tmp_path / "pipe.caponier") == "it is not a file"


def test_jump_hosts_and_proxies_travel_under_each_reader_s_own_name() -> None:
    jump = Hop(
        "jump", "ada", auth=Auth(AuthMethod.KEY_FILE, "/home/me/k", certificate_file="/home/me/k-cert.pub")
    )
    shared = replace(PLAIN, route=Route((jump, BASTION), Proxy(ProxyKind.SOCKS5, "proxy", 1080, "ada")))
    (mine,) = BOB.decode(ADA.encode([shared]))
    assert mine.route.proxy == Proxy(ProxyKind.SOCKS5, "proxy", 1080, "bob")
    auth = Auth(AuthMethod.KEY_FILE, "~/k", certificate_file="~/k-cert.pub")
    assert mine.route.hops[0] == Hop("jump", "bob", auth=auth)


def test_a_command_travels_as_it_stands() -> None:
    command = Proxy(ProxyKind.COMMAND, command="nc -x ada:1 %h %p")
    (mine,) = BOB.decode(ADA.encode([replace(PLAIN, route=Route((BASTION,), command))]))
    assert mine.route.proxy == command


def test_tls_travels_with_its_authorities_named_from_the_home_folder() -> None:
    tls = Tls(TlsMode.VERIFY, "/home/me/certs/ca.pem", "db.example.com")
    (theirs,) = BOB.decode(ADA.encode([replace(PLAIN, tls=tls)]))
    assert theirs.tls == replace(tls, ca_file="~/certs/ca.pem")


def test_a_direct_connection_travels() -> None:
    direct = replace(PLAIN, route=DIRECT)
    assert without_ids(*BOB.decode(ADA.encode([direct]))) == without_ids(direct)


def test_a_guard_is_the_trust_of_one_person_alone() -> None:
    guarded = replace(PLAIN, guard=Guard(True, WarehouseIdentity("SHA256:abc", "greeting", "7")))
    assert b"SHA256:abc" not in ADA.encode([guarded])
    forged = written_document({"connections": [fields_of(guarded)]})
    assert without_ids(*BOB.decode(forged)) == without_ids(PLAIN)
