"""The demo as a whole, reached as a person would reach any warehouse: through the system's own ssh."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.core.errors import DemoUnavailable
from desktop.core.model import AUTOMATIC_PORT, AuthMethod, Endpoint
from desktop.core.validation import problems_of
from desktop.demo.bastion import DemoBastion
from desktop.demo.demo import Demo
from desktop.demo.warehouse import DemoWarehouse
from tests.support.echo import refusing_endpoint
from tests.support.keys import make_key_with_ssh_keygen
from tests.support.ssh_clients import openssh_forward


def test_ssh_with_a_key_reads_rows_through_the_demo_bastion(warehouse: DemoWarehouse, tmp_path: Path) -> None:
    key = make_key_with_ssh_keygen(tmp_path)
    known_hosts = tmp_path / "known_hosts"
    target = Endpoint("warehouse.demo", 5432)
    with DemoBastion({target: warehouse.endpoint}, [key.public_line]) as bastion:
        known_hosts.write_text(f"[{bastion.endpoint.host}]:{bastion.endpoint.port} {bastion.host_key}\n")
        identity = ("-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-i", str(key.path))
        forward = openssh_forward(
            bastion.endpoint, target, *identity, user=bastion.user, known_hosts=known_hosts
        )
        with forward as local, warehouse.connect(through=local) as client:
            ((orders,),) = client.execute("SELECT count(*) FROM orders").fetchall()
    assert orders == 600


def test_the_demo_answers_through_a_tunnel_and_ends_without_a_trace(tmp_path: Path) -> None:
    before = threading.active_count()
    with Demo() as demo:
        connection = demo.connection
        hop, target = connection.route.bastion, connection.forward.target
        assert isinstance(target, Endpoint)
        known_hosts = tmp_path / "known_hosts"
        known_hosts.write_text(f"[{hop.host}]:{hop.port} {demo.host_key}\n")
        with openssh_forward(
            hop.endpoint,
            target,
            user=hop.user,
            known_hosts=known_hosts,
            password=demo.ssh_password,
        ) as local:
            answer = demo.query(local)
    assert answer.version_line.startswith("PostgreSQL 1")
    assert len(answer.rows) == 5
    assert all(row.country and row.orders > 10 and row.revenue > Decimal(1000) for row in answer.rows)
    assert threading.active_count() == before


def test_the_demo_connection_can_be_saved_as_it_is() -> None:
    with Demo() as demo:
        connection = demo.connection
        assert problems_of(connection, []) == ()
        assert connection.name == "Demo warehouse"
        assert connection.route.bastion.auth.method is AuthMethod.PASSWORD
        assert connection.forward.local_port == AUTOMATIC_PORT
        assert (connection.database, connection.warehouse_user) == ("shop", "analyst")
        assert demo.ssh_password not in repr(connection)
        assert demo.warehouse_password not in repr(connection)


def test_a_query_through_a_port_that_leads_nowhere_says_so() -> None:
    with Demo() as demo, pytest.raises(DemoUnavailable, match="refused"):
        demo.query(refusing_endpoint())
