"""From an empty home to rows of a warehouse, by the command line alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Endpoint
from desktop.demo.warehouse import DemoWarehouse
from tests.support import program
from tests.support.keys import KeyFile, KeyForm, KeyKind, make_key
from tests.support.secret_service import SecretService, missing_programs, private_secret_service
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser

needs_keyring = pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}")
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    with private_secret_service() as service:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.bus_address)
        yield service


def ssh_command(server: OpenSshServer, target: Endpoint, *options: str) -> str:
    to = f"{server.user}@{server.endpoint.host}"
    return " ".join(("ssh", "-N", "-L", f"0:{target}", "-p", str(server.endpoint.port), *options, to))


def accepting(server: OpenSshServer) -> tuple[str, str]:
    return "--accept-host-key", fingerprint_of(server.host_key())


def read_orders(warehouse: DemoWarehouse, port: int) -> int:
    with warehouse.connect(Endpoint("127.0.0.1", port)) as client:
        ((orders,),) = client.execute("SELECT count(*) FROM orders").fetchall()
        return int(orders)


def test_rows_come_through_a_connection_made_on_the_command_line(
    server: OpenSshServer, key: KeyFile, warehouse: DemoWarehouse
) -> None:
    command = ssh_command(server, warehouse.endpoint, "-i", str(key.path))
    assert program.must("add", "orders", command, "--kind", "postgresql").startswith("Saved orders: ")
    with program.up("orders", *accepting(server)) as running:
        assert read_orders(warehouse, running.port()) == 600
        assert running.stop() == 0
        states = [event["state"] for event in running.events]
    assert states == ["connecting", "up", "closing", "off"]
    assert server.count_connections() == 2  # the first met an unknown host key


def test_an_event_has_the_fields_that_scripts_rely_on(
    server: OpenSshServer, key: KeyFile, warehouse: DemoWarehouse
) -> None:
    program.must("add", "orders", ssh_command(server, warehouse.endpoint, "-i", str(key.path)))
    with program.up("orders", *accepting(server)) as running:
        event = running.wait_for(state="up")
    at = event.pop("at")
    assert (at[10], at[-1], len(at)) == ("T", "Z", len("2026-01-01T12:00:00.000Z"))
    host, _, port = event.pop("local").rpartition(":")
    assert (host, 0 < int(port) < 65536) == ("127.0.0.1", True)
    assert event == {"connection": "orders", "state": "up", "cause": None, "attempt": 0}


def test_what_is_added_is_listed(server: OpenSshServer, key: KeyFile) -> None:
    target = Endpoint("db.internal", 5432)
    program.must("add", "Orders", ssh_command(server, target, "-i", str(key.path)))
    program.must("add", "Flights", ssh_command(server, Endpoint("db.internal", 3306), "-i", str(key.path)))
    first, second = map(json.loads, program.must("list", "--json").splitlines())
    assert (first["name"], first["target"], first["kind"]) == ("Orders", "db.internal:5432", "postgresql")
    assert (first["auth"], first["identity_file"]) == ("key-file", str(key.path))
    assert first["bastion"] == {
        "host": server.endpoint.host,
        "port": server.endpoint.port,
        "user": server.user,
    }
    assert (second["name"], second["kind"]) == ("Flights", "mysql")
    for_people = program.must("list")
    assert "Orders: PostgreSQL at db.internal:5432 through" in for_people


def test_two_connections_over_one_bastion_share_one_login(
    server: OpenSshServer, key: KeyFile, warehouse: DemoWarehouse
) -> None:
    for name in ("one", "two"):
        program.must("add", name, ssh_command(server, warehouse.endpoint, "-i", str(key.path)))
    with program.up("one", "two", *accepting(server)) as running:
        ups = [running.wait_for(state="up", connection=name)["local"] for name in ("one", "two")]
        assert len(set(ups)) == 2
        assert [read_orders(warehouse, int(local.rpartition(":")[2])) for local in ups] == [600, 600]
    server.expect_logins(1)


@needs_keyring
def test_a_stored_password_logs_in(
    server: OpenSshServer, system_user: SystemUser, warehouse: DemoWarehouse, keyring: SecretService
) -> None:
    if not system_user.password:
        pytest.skip("only root can make a user with a known password")
    program.must("add", "orders", ssh_command(server, warehouse.endpoint))
    program.must("secret", "set", "orders", "ssh-password", stdin=f"{system_user.password}\n")
    with program.up("orders", *accepting(server)) as running:
        assert read_orders(warehouse, running.port()) == 600
    server.expect_logins(1, "password")
    assert server.count_failures() == 0


@needs_keyring
def test_a_stored_passphrase_opens_the_identity_file(
    server: OpenSshServer, tmp_path: Path, warehouse: DemoWarehouse, keyring: SecretService
) -> None:
    locked = make_key(tmp_path, passphrase=PASSPHRASE)
    server.authorize(locked)
    program.must("add", "orders", ssh_command(server, warehouse.endpoint, "-i", str(locked.path)))
    program.must("secret", "set", "orders", "key-passphrase", stdin=PASSPHRASE)
    with program.up("orders", *accepting(server)) as running:
        assert read_orders(warehouse, running.port()) == 600


@needs_keyring
@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["open", "locked"])
def test_a_pasted_key_logs_in_without_its_file(
    server: OpenSshServer, tmp_path: Path, warehouse: DemoWarehouse, keyring: SecretService, passphrase: str
) -> None:
    pasted = make_key(tmp_path, KeyKind.RSA, KeyForm.PKCS8, passphrase)
    server.authorize(pasted)
    program.must("add", "orders", ssh_command(server, warehouse.endpoint))
    program.must("secret", "set", "orders", "private-key", stdin=pasted.text)
    if passphrase:
        program.must("secret", "set", "orders", "key-passphrase", stdin=passphrase)
    pasted.path.unlink()
    with program.up("orders", *accepting(server)) as running:
        assert read_orders(warehouse, running.port()) == 600


@needs_keyring
def test_removing_a_connection_removes_its_secrets(server: OpenSshServer, keyring: SecretService) -> None:
    for name in ("orders", "flights"):
        program.must("add", name, ssh_command(server, Endpoint("db.internal", 5432)))
        program.must("secret", "set", name, "ssh-password", stdin=f"password of {name}")
        program.must("secret", "set", name, "warehouse-password", stdin=f"second password of {name}")
    program.must("remove", "orders")
    (left,) = map(json.loads, program.must("list", "--json").splitlines())
    assert left["name"] == "flights"
    assert sorted(keyring.secrets().values()) == ["password of flights", "second password of flights"]


def test_a_connection_can_be_removed_where_there_is_no_keyring(server: OpenSshServer) -> None:
    program.must("add", "orders", ssh_command(server, Endpoint("db.internal", 5432)))
    program.must("remove", "orders")
    assert program.must("list", "--json") == ""
