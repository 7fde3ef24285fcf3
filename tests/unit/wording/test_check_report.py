from __future__ import annotations

from dataclasses import replace

from desktop import __version__
from desktop.core.check import Stage, StageName
from desktop.core.errors import ForwardProhibited
from desktop.core.model import DIRECT, AnyHost, Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route
from desktop.wording.check_report import check_report
from desktop.wording.check_stages import login_obstacle

KEY = Auth(AuthMethod.KEY_FILE, identity_file="~/.ssh/id_secret_name")
ORDERS = Connection(
    "Orders",
    Route((Hop("bastion", "ada", auth=KEY),)),
    Forward(Endpoint("db", 5432)),
    "postgresql",
    "sales",
    "reader",
)
ROUTE = Stage(StageName.ROUTE, 12.3, "192.0.2.7, round trip 12.0 ms", hop=0)
NOTED = Stage(StageName.DIRECT, 4.0, "it can be reached", note="A direct connection is faster.")
PROHIBITED = Stage(StageName.FORWARD, 8.0, cause=ForwardProhibited(bastion="bastion", target="db:5432").cause)
AT = 1_800_000_000.0


def test_a_report_says_what_was_checked_when_and_by_which_version() -> None:
    lines = check_report(ORDERS, [ROUTE], AT).splitlines()
    assert lines[:2] == ["Check of the connection Orders", f"2027-01-15 08:00:00 UTC, Caponier {__version__}"]
    assert "Warehouse:  PostgreSQL at db:5432" in lines
    assert "User:       reader" in lines
    assert "Through:    ada@bastion:22" in lines
    assert lines[-1] == "ok         12 ms  Name and route to bastion: 192.0.2.7, round trip 12.0 ms"


def test_a_report_of_a_failure_has_the_lines_to_set() -> None:
    text = check_report(ORDERS, [ROUTE, PROHIBITED], AT)
    assert "FAILED    8.0 ms  Forwarding allowed: bastion does not allow forwarding to db:5432" in text
    assert "\nLikely causes:\n1. AllowTcpForwarding" in text
    assert "\n    Match User ada\n        DisableForwarding no\n" in text
    assert '    restrict,port-forwarding,permitopen="db:5432"' in text


def test_a_report_names_no_key_file() -> None:
    assert "id_secret_name" not in check_report(ORDERS, [ROUTE, PROHIBITED], AT)


def test_a_note_stands_below_its_stage() -> None:
    assert "\n                  note: A direct connection is faster.\n" in check_report(ORDERS, [NOTED], AT)


def test_a_report_of_a_direct_connection_says_so() -> None:
    assert "Through:    nothing: it is a direct connection" in check_report(
        replace(ORDERS, route=DIRECT), [], AT
    )


def test_a_check_logs_in_where_there_is_a_driver_and_a_user() -> None:
    assert login_obstacle(ORDERS) == ""
    assert "no warehouse user" in login_obstacle(replace(ORDERS, warehouse_user=""))
    assert "can't log in to this kind: Redis" in login_obstacle(replace(ORDERS, kind="redis"))
    assert "Each client" in login_obstacle(replace(ORDERS, forward=Forward(AnyHost())))
