"""Which stages are shown before a check has told of any."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.check import Stage, StageName
from desktop.core.check_outline import Step, outline, step_of
from desktop.core.model import DIRECT, AnyHost, Connection, Endpoint, Forward, Hop, Route, UnixSocket

SALES = Connection("Sales", Route((Hop("bastion", "me"),)), Forward(Endpoint("db", 5432)))
OF_A_SERVER = ["route", "ssh", "host_key", "login"]
BEHIND = ["forward", "warehouse", "protocol", "tls"]


def names(connection: Connection, *, with_login: bool = False) -> list[str]:
    return [step.name for step in outline(connection, with_login=with_login)]


def test_a_tunnel_has_the_stages_of_its_server_then_those_of_the_warehouse() -> None:
    assert names(SALES) == [*OF_A_SERVER, *BEHIND, "direct"]


def test_each_server_has_its_stages_with_its_place() -> None:
    steps = outline(replace(SALES, route=Route((Hop("jump", "me"), Hop("bastion", "me")))), with_login=False)
    assert [step.hop for step in steps[:8]] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert [step.name for step in steps[:8]] == OF_A_SERVER * 2


def test_a_login_comes_before_the_look_for_a_direct_way() -> None:
    assert names(SALES, with_login=True)[-2:] == ["warehouse_login", "direct"]


def test_a_direct_connection_begins_at_the_warehouse() -> None:
    assert names(replace(SALES, route=DIRECT)) == ["warehouse", "protocol", "tls"]


def test_a_port_for_any_host_ends_with_the_permission() -> None:
    assert names(replace(SALES, forward=Forward(AnyHost()))) == [*OF_A_SERVER, "forward"]


def test_a_socket_is_reached_from_the_bastion_only() -> None:
    assert "direct" not in names(replace(SALES, forward=Forward(UnixSocket("/run/x.sock"))))


def test_what_nobody_can_be_asked_for_is_not_expected() -> None:
    assert names(replace(SALES, kind="other")) == [*OF_A_SERVER, "forward", "warehouse", "direct"]


def test_steps_that_come_unexpected_have_their_place() -> None:
    expected = outline(SALES, with_login=False)
    late = [Step(StageName.ROUTE, 1), step_of(Stage(StageName.LOGIN, 1.0, hop=1)), Step("from_the_future")]
    ordered = sorted([*late, *expected], key=lambda step: step.order)
    assert [(step.name, step.hop) for step in ordered[3:7]] == [
        ("login", 0),
        ("route", 1),
        ("login", 1),
        ("forward", None),
    ]
    assert ordered[-1].name == "from_the_future"
