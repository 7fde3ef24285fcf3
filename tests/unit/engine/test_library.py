"""The saved connections: checked, written, told to the engine, and shared with other processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.core.config_errors import (
    ConfigNotWritable,
    ConfigUnreadable,
    ConnectionInvalid,
    ConnectionNotFound,
)
from desktop.core.model import Auth, AuthMethod, Connection, Hop, Proxy, ProxyKind
from desktop.core.ssh_command import parse_ssh_command
from desktop.engine.drafts import drafts_of, spread_name
from desktop.engine.library import Library
from desktop.store.connections import ConnectionsFile
from desktop.store.paths import Paths
from tests.support.fakes import with_port
from tests.support.keys import make_key
from tests.support.stage import fingerprint_of
from tests.support.standins import StandInStore, StandInTunnels
from tests.unit.engine.stage import a_connection

SALES, STOCK = a_connection("sales", local_port=15432), a_connection("stock")


class Program:
    """One process: its library, and what its engine is asked."""

    def __init__(self, store: ConnectionsFile | StandInStore) -> None:
        self.tunnels = StandInTunnels()
        self.library = Library(store, self.tunnels)
        self.library.load()
        self.tunnels.asked.clear()

    @property
    def asked(self) -> list[tuple[str, ...]]:
        return self.tunnels.asked


def a_program() -> Program:
    return Program(ConnectionsFile(Paths.from_environment()))


def connections_path() -> Path:
    return Paths.from_environment().connections_path


def on_disk() -> tuple[Connection, ...]:
    return ConnectionsFile(Paths.from_environment()).load()


def test_what_was_saved_is_handed_to_the_engine_in_its_order() -> None:
    tunnels = StandInTunnels()
    library = Library(StandInStore([SALES, STOCK]), tunnels)
    library.load()
    assert library.connections == (SALES, STOCK)
    assert tunnels.asked == [("put", SALES.id), ("put", STOCK.id)]


def test_a_saved_connection_is_written_and_told() -> None:
    program = a_program()
    program.library.put(SALES)
    assert on_disk() == (SALES,)
    assert program.asked == [("put", SALES.id)]


def test_a_removed_connection_is_written_and_told() -> None:
    program = a_program()
    program.library.put(SALES)
    program.library.remove(SALES.id)
    assert (on_disk(), program.library.connections) == ((), ())
    assert program.asked[-1] == ("remove", SALES.id)


def test_an_edited_connection_keeps_its_place() -> None:
    program = Program(StandInStore([SALES, STOCK]))
    renamed = replace(SALES, name="Sales")
    program.library.put(renamed)
    assert program.library.connections == (renamed, STOCK)


@pytest.mark.parametrize(
    ("wrong", "field", "problem"),
    [
        (replace(STOCK, name=" "), "name", "empty"),
        (replace(STOCK, name="SALES"), "name", "duplicate"),
        (with_port(STOCK, 70000), "local-port", "out-of-range"),
        (with_port(STOCK, 15432), "local-port", "port-taken-by-other"),
    ],
)
def test_a_wrong_connection_is_refused_and_nothing_changes(
    wrong: Connection, field: str, problem: str
) -> None:
    store = StandInStore([SALES])
    program = Program(store)
    with pytest.raises(ConnectionInvalid) as caught:
        program.library.put(wrong)
    assert (caught.value.facts["field"], caught.value.facts["problem"]) == (field, problem)
    assert (store.saved, program.library.connections, program.asked) == ((SALES,), (SALES,), [])


def test_a_failing_save_changes_nothing() -> None:
    store = StandInStore([SALES])
    program = Program(store)
    store.failure = ConfigNotWritable(path="connections.json", reason="read-only")
    with pytest.raises(ConfigNotWritable):
        program.library.put(STOCK)
    with pytest.raises(ConfigNotWritable):
        program.library.remove(SALES.id)
    assert (program.library.connections, program.asked) == ((SALES,), [])


def test_find_ignores_case_and_names_what_it_did_not_find() -> None:
    program = Program(StandInStore([SALES]))
    assert program.library.find("SALES") == SALES
    with pytest.raises(ConnectionNotFound) as caught:
        program.library.find("nothing")
    assert caught.value.facts["name"] == "nothing"


def test_free_name_is_the_wish_or_the_first_number_that_is_free() -> None:
    second = replace(STOCK, name="Sales 2")
    library = Program(StandInStore([SALES, second])).library
    assert library.free_name("new") == "new"
    assert library.free_name("sales") == "sales 3"


def test_a_copy_has_its_own_id_a_free_name_and_an_automatic_port() -> None:
    library = Program(StandInStore([SALES])).library
    copy = library.copy_of(SALES)
    assert (copy.name, copy.forward.local_port, copy.route) == ("sales 2", 0, SALES.route)
    assert copy.id != SALES.id
    library.put(copy)


def test_an_edit_takes_over_what_another_process_added() -> None:
    window, command_line = a_program(), a_program()
    command_line.library.put(SALES)
    window.library.put(STOCK)
    assert on_disk() == window.library.connections == (SALES, STOCK)
    assert window.asked == [("put", SALES.id), ("put", STOCK.id)]


def test_an_edit_takes_over_what_another_process_changed_and_leaves_the_rest_alone() -> None:
    window = a_program()
    for connection in (SALES, STOCK):
        window.library.put(connection)
    changed = replace(SALES, database="other")
    a_program().library.put(changed)
    window.asked.clear()
    window.library.remove(STOCK.id)
    assert on_disk() == window.library.connections == (changed,)
    assert window.asked == [("put", SALES.id), ("remove", STOCK.id)]


def test_an_edit_takes_over_what_another_process_removed() -> None:
    window = a_program()
    window.library.put(SALES)
    a_program().library.remove(SALES.id)
    window.library.put(STOCK)
    assert on_disk() == window.library.connections == (STOCK,)
    assert window.asked[-2:] == [("remove", SALES.id), ("put", STOCK.id)]


def test_what_another_process_has_removed_already_is_removed_once() -> None:
    window = a_program()
    window.library.put(SALES)
    a_program().library.remove(SALES.id)
    window.library.remove(SALES.id)
    assert window.asked.count(("remove", SALES.id)) == 1


def test_a_connection_that_is_saved_here_outlives_its_removal_by_another_process() -> None:
    window = a_program()
    window.library.put(SALES)
    a_program().library.remove(SALES.id)
    window.library.put(replace(SALES, database="other"))
    assert [each.database for each in on_disk()] == ["other"]


def test_a_name_that_another_process_took_is_refused() -> None:
    window = a_program()
    a_program().library.put(SALES)
    with pytest.raises(ConnectionInvalid) as caught:
        window.library.put(replace(STOCK, name="Sales"))
    assert caught.value.facts["problem"] == "duplicate"
    assert on_disk() == (SALES,)


def test_a_file_that_was_damaged_meanwhile_is_told_and_costs_nothing() -> None:
    window = a_program()
    window.library.put(SALES)
    window.asked.clear()
    connections_path().write_bytes(b"{")
    with pytest.raises(ConfigUnreadable) as caught:
        window.library.put(STOCK)
    assert Path(caught.value.facts["kept_as"]).read_bytes() == b"{"
    assert (window.library.connections, window.asked) == ((SALES,), [])
    window.library.put(STOCK)
    assert on_disk() == (SALES, STOCK)


def test_a_damaged_file_at_the_start_leaves_an_empty_library_that_works() -> None:
    connections_path().parent.mkdir(parents=True)
    connections_path().write_bytes(b"{")
    library = Library(ConnectionsFile(Paths.from_environment()), StandInTunnels())
    with pytest.raises(ConfigUnreadable):
        library.load()
    assert library.connections == ()
    library.put(SALES)
    assert on_disk() == (SALES,)


def draft_names(command: str, *saved: Connection) -> list[str]:
    library = Program(StandInStore(saved)).library
    return [draft.name for draft in drafts_of(parse_ssh_command(command), library, "ada")]


def test_each_forward_of_a_command_becomes_a_draft_over_the_same_bastion() -> None:
    library = Program(StandInStore()).library
    command = "ssh -N -L 15432:db.internal:5432 -L 13306:shop.internal:3306 bastion"
    drafts = drafts_of(parse_ssh_command(command), library, "ada")
    assert [(draft.name, draft.kind) for draft in drafts] == [
        ("db.internal", "postgresql"),
        ("shop.internal", "mysql"),
    ]
    assert drafts[0].route == drafts[1].route
    assert drafts[0].route.bastion.user == "ada"


def test_a_command_that_names_its_user_keeps_it() -> None:
    library = Program(StandInStore()).library
    parsed = parse_ssh_command("ssh -L 15432:db.internal:5432 me@bastion")
    assert drafts_of(parsed, library, "ada")[0].route.bastion.user == "me"


def test_a_command_without_an_identity_logs_in_with_the_youngest_of_the_usual_keys(home: Path) -> None:
    library = Program(StandInStore()).library
    parsed = parse_ssh_command("ssh -L 15432:db.internal:5432 me@bastion")
    assert drafts_of(parsed, library, "ada")[0].route.bastion.auth == Auth(AuthMethod.PASSWORD)
    (home / ".ssh").mkdir(exist_ok=True)
    for name in ("id_rsa", "id_ed25519"):
        (home / ".ssh" / name).touch()
        auth = drafts_of(parsed, library, "ada")[0].route.bastion.auth
        assert auth == Auth(AuthMethod.KEY_FILE, f"~/.ssh/{name}")


def test_without_any_usual_key_an_agent_that_holds_keys_comes_before_a_password(home: Path) -> None:
    library = Program(StandInStore()).library
    parsed = parse_ssh_command("ssh -L 15432:db.internal:5432 me@bastion")
    (draft,) = drafts_of(parsed, library, "ada", lambda: True)
    assert draft.route.bastion.auth == Auth(AuthMethod.AGENT)
    (home / ".ssh").mkdir(exist_ok=True)
    (home / ".ssh" / "id_rsa").touch()
    (draft,) = drafts_of(parsed, library, "ada", lambda: True)
    assert draft.route.bastion.auth.method is AuthMethod.KEY_FILE


def test_a_public_half_stands_for_the_key_in_the_agent(home: Path) -> None:
    library = Program(StandInStore()).library
    key = make_key(home, name="work")
    parsed = parse_ssh_command(
        "ssh -i ~/work.pub -o IdentityAgent=/run/agent -L 1:db.internal:5432 me@bastion"
    )
    (draft,) = drafts_of(parsed, library, "ada")
    chosen = fingerprint_of(key.public_line)
    assert draft.route.bastion.auth == Auth(AuthMethod.AGENT, "~/work.pub", chosen, "/run/agent")
    without_agent = parse_ssh_command("ssh -i ~/work.pub -L 1:db.internal:5432 me@bastion")
    (draft,) = drafts_of(without_agent, library, "ada", lambda: True)
    assert draft.route.bastion.auth == Auth(AuthMethod.AGENT, "~/work.pub", chosen)
    (draft,) = drafts_of(without_agent, library, "ada")
    assert draft.route.bastion.auth == Auth(AuthMethod.KEY_FILE, "~/work.pub")
    key.public_path.write_text("garbage")
    (draft,) = drafts_of(parsed, library, "ada")
    assert draft.route.bastion.auth == Auth(AuthMethod.KEY_FILE, "~/work.pub")


def test_drafts_get_names_that_nobody_bears() -> None:
    command = "ssh -L 1:localhost:5432 -L 2:localhost:3306 me@bastion"
    assert draft_names(command) == ["bastion", "bastion port 3306"]
    assert draft_names("ssh -L 1:SALES:5432 me@bastion", SALES) == ["SALES 2"]


def test_a_port_that_no_warehouse_is_known_for_is_another_service() -> None:
    library = Program(StandInStore()).library
    (draft,) = drafts_of(parse_ssh_command("ssh -L 1:thing.internal:4711 me@bastion"), library, "ada")
    assert draft.kind == "other"


def test_a_given_name_is_spread_over_the_drafts() -> None:
    library = Program(StandInStore([replace(STOCK, name="mine 3306")])).library
    parsed = parse_ssh_command("ssh -L 1:db.internal:5432 -L 2:shop.internal:3306 me@bastion")
    named = spread_name("mine", drafts_of(parsed, library, "ada"), library)
    assert [draft.name for draft in named] == ["mine", "mine 3306 2"]


def test_each_jump_host_of_a_command_gets_the_likeliest_login(home: Path) -> None:
    library = Program(StandInStore()).library
    parsed = parse_ssh_command("ssh -J you@jump,jump2 -i ~/work -L 1:db.internal:5432 me@bastion")
    asked: list[bool] = []

    def agent_has_keys() -> bool:
        asked.append(True)
        return True

    (draft,) = drafts_of(parsed, library, "ada", agent_has_keys)
    agent, file = Auth(AuthMethod.AGENT), Auth(AuthMethod.KEY_FILE, "~/work")
    assert draft.route.hops == (
        Hop("jump", "you", auth=agent),
        Hop("jump2", "ada", auth=agent),
        Hop("bastion", "me", auth=file),
    )
    assert asked == [True]
    (home / ".ssh").mkdir(exist_ok=True)
    (home / ".ssh" / "id_rsa").touch()
    (draft,) = drafts_of(parsed, library, "ada")
    assert draft.route.hops[0].auth == Auth(AuthMethod.KEY_FILE, "~/.ssh/id_rsa")


def test_a_proxy_and_a_certificate_of_a_command_are_kept(home: Path) -> None:
    library = Program(StandInStore()).library
    parsed = parse_ssh_command(
        "ssh -o 'ProxyCommand=nc -x proxy:1080 %h %p' -o CertificateFile=c -L 1:db:2 me@bastion"
    )
    (draft,) = drafts_of(parsed, library, "ada")
    assert draft.route.proxy == Proxy(ProxyKind.SOCKS5, "proxy", 1080)
    assert draft.route.bastion.auth == Auth()
    (draft,) = drafts_of(parsed, library, "ada", lambda: True)
    assert draft.route.bastion.auth == Auth(AuthMethod.AGENT, certificate_file="c")
