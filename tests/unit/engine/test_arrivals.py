"""What saving the connections of somebody else's file would mean here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop.core.exchange import Arrival
from desktop.core.model import Auth, AuthMethod, Connection, Endpoint, Route
from desktop.core.validation import Fault, Field
from desktop.engine.arrivals import arrivals_of
from tests.unit.engine.stage import a_connection

SALES = a_connection("sales", local_port=15432)


def elsewhere(connection: Connection, host: str = "other.internal") -> Connection:
    return replace(connection, forward=replace(connection.forward, target=Endpoint(host, 5432)))


def with_identity(path: str) -> Connection:
    hop = replace(SALES.route.bastion, auth=Auth(AuthMethod.KEY_FILE, path))
    return replace(SALES, route=Route((hop,)))


def one(given: Connection, *saved: Connection) -> Arrival:
    (arrival,) = arrivals_of([given], saved)
    return arrival


def test_a_new_connection_is_saved_as_it_is_under_an_id_of_its_own() -> None:
    arrival = one(SALES)
    assert arrival.is_new
    assert arrival.connection.id != SALES.id
    assert replace(arrival.connection, id=SALES.id) == SALES


def test_what_leads_to_the_same_place_is_known_whatever_it_is_called() -> None:
    arrival = one(replace(SALES, name="Verkauf", group="Team"), SALES)
    assert (arrival.known_as, arrival.is_new, arrival.can_be_saved) == ("sales", False, True)


def test_another_bastion_is_another_place() -> None:
    hop = replace(SALES.route.bastion, host="elsewhere.example.com")
    assert one(replace(SALES, route=Route((hop,))), SALES).is_new


def test_a_taken_name_and_port_give_way() -> None:
    arrival = one(elsewhere(SALES), SALES)
    assert (arrival.connection.name, arrival.connection.forward.local_port) == ("sales 2", 0)
    assert arrival.lost_its_port


def test_two_of_one_file_do_not_get_in_each_others_way() -> None:
    first, second = arrivals_of([SALES, elsewhere(SALES)], ())
    assert (first.connection.name, second.connection.name) == ("sales", "sales 2")
    assert (first.connection.forward.local_port, second.connection.forward.local_port) == (15432, 0)


def test_what_could_not_be_saved_from_the_form_can_t_be_from_a_file() -> None:
    arrival = one(replace(SALES, forward=replace(SALES.forward, local_host="0.0.0.0")))
    assert arrival.problem is not None
    assert (arrival.problem.field, arrival.problem.fault) == (Field.LOCAL_HOST, Fault.NOT_LOOPBACK)
    assert not arrival.is_new


def test_a_name_that_nobody_can_see_is_none() -> None:
    problem = one(replace(SALES, name="\u200b")).problem
    assert problem is not None
    assert (problem.field, problem.fault) == (Field.NAME, Fault.EMPTY)


def test_control_characters_do_not_reach_a_copied_command() -> None:
    arrival = one(replace(SALES, database="sales\nrm -rf ~", warehouse_user="me\x1b[A"))
    assert (arrival.connection.database, arrival.connection.warehouse_user) == ("sales rm -rf ~", "me [A")


def test_a_missing_identity_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "id_ed25519"
    assert one(with_identity(str(path))).lacks_identity_file
    path.touch()
    assert not one(with_identity(str(path))).lacks_identity_file


def test_a_strangers_path_is_no_reason_to_fail() -> None:
    assert one(with_identity("nul\0")).lacks_identity_file
    assert one(with_identity("~nobody-of-that-name/key")).lacks_identity_file
