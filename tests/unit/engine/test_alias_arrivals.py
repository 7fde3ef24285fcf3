"""Forwards of ssh_config's aliases as connections to save."""

from __future__ import annotations

from desktop.core.aliases import AliasForward, AliasView, ForwardingAliases
from desktop.core.errors import NameNotFound
from desktop.core.model import AUTOMATIC_PORT, CONFIGURED_PORT, Auth, AuthMethod, Endpoint, Forward, Hop
from desktop.engine.alias_arrivals import AliasArrival, alias_arrivals


def forward(host: str, port: int, local: int, *, is_narrowed: bool = False) -> AliasForward:
    return AliasForward(Forward(Endpoint(host, port), local), is_narrowed)


def names(found: tuple[AliasArrival, ...]) -> list[str]:
    return [each.arrival.connection.name for each in found if each.arrival is not None]


def test_one_forward_is_called_as_its_alias_and_several_have_their_targets_added() -> None:
    one = AliasView("one", forwards=(forward("db", 5432, 15432),))
    two = AliasView(
        "two", forwards=(forward("db", 5432, 15432, is_narrowed=True), forward("db", 3306, 13306))
    )
    found = alias_arrivals(ForwardingAliases((one, two)), ())
    assert names(found) == ["one", "two db:5432", "two db:3306"]
    arrivals = [each.arrival for each in found if each.arrival is not None]
    assert [each.connection.kind for each in arrivals] == ["postgresql", "postgresql", "mysql"]
    assert [each.connection.forward.local_port for each in arrivals] == [15432, AUTOMATIC_PORT, 13306]
    assert [each.is_narrowed for each in found] == [False, True, False]
    assert arrivals[0].connection.route.hops == (
        Hop("one", "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG)),
    )


def test_what_can_t_be_one_stands_where_it_stands_in_the_file() -> None:
    cause = NameNotFound(host="x").cause
    bad = AliasView("bad", cause=cause)
    good = AliasView("good", forwards=(forward("db", 1, 2),), left_out=("LocalForward 4 /sock",))
    found = alias_arrivals(ForwardingAliases((bad, good)), ())
    assert [(each.view.alias, each.arrival is not None, each.left_out) for each in found] == [
        ("bad", False, ""),
        ("good", True, ""),
        ("good", False, "LocalForward 4 /sock"),
    ]


def test_what_was_imported_before_is_known() -> None:
    found = ForwardingAliases((AliasView("a", forwards=(forward("db", 1, 2),)),))
    (first,) = alias_arrivals(found, ())
    assert first.arrival is not None
    (again,) = alias_arrivals(found, (first.arrival.connection,))
    assert again.arrival is not None
    assert again.arrival.known_as == "a"
