"""Failures that wait for the person, and how their answers let a connection go on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.core.errors import SecretStoreLocked
from desktop.core.model import Hop, Proxy, ProxyKind, Route, SecretKind, State
from tests.support.logs import LogGuard
from tests.unit.engine.stage import (
    KEY_UNKNOWN,
    LOST,
    PASSWORD_NEEDED,
    REJECTED,
    Stage,
    a_connection,
    moved,
)

PASSWORD = SecretKind.SSH_PASSWORD


def password_of(stage: Stage) -> str | None:
    """What the latest attempt would log in with."""
    return stage.dialer.last.request.secrets.get(PASSWORD).result(timeout=0)


def test_a_fatal_error_fails_and_is_not_tried_again(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    stage.end(stage.dialer.last, REJECTED)
    stage.clock.advance(3600)
    assert (stage.state(sales), stage.code(sales)) == (State.FAILED, "auth_rejected")
    assert len(stage.dialer.sessions) == 1


def test_a_passing_error_waits_for_the_time_it_names_and_dials_again(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    stage.end(stage.dialer.last, LOST)
    waiting = stage.shown(sales)
    assert (waiting.state, waiting.attempt) == (State.WAITING, 1)
    assert waiting.retry_at is not None
    stage.clock.advance((waiting.retry_at - stage.clock.wall()) / 2)
    assert len(stage.dialer.sessions) == 1
    stage.clock.advance(1)
    assert len(stage.dialer.sessions) == 2
    assert stage.shown(sales).retry_at is None


def test_connect_while_waiting_dials_now(stage: Stage) -> None:
    sales = a_connection()
    stage.end(stage.bring_up(sales), LOST)
    stage.connect(sales)
    assert len(stage.dialer.sessions) == 2
    stage.clock.advance(60)
    assert len(stage.dialer.sessions) == 2


def test_a_dialler_without_room_counts_as_a_lost_session(stage: Stage, log_guard: LogGuard) -> None:
    log_guard.expect("no session could be started")
    sales = a_connection()
    stage.dialer.failure = OSError(24, "Too many open files")
    stage.add(sales)
    stage.connect(sales)
    assert (stage.state(sales), stage.code(sales)) == (State.WAITING, "unexpected")
    stage.clock.advance(1)
    stage.come_up()
    assert stage.state(sales) is State.UP


def test_a_given_password_lets_a_failed_connection_go_on(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    stage.end(stage.dialer.last, PASSWORD_NEEDED)
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=False)
    stage.settle()
    assert len(stage.dialer.sessions) == 2
    assert password_of(stage) == "sesame"
    assert stage.secrets.kept == {}


def test_the_same_failure_at_once_again_is_told_anew(stage: Stage) -> None:
    sales = a_connection()
    stage.dialer.at_once = PASSWORD_NEEDED
    stage.add(sales)
    stage.connect(sales)
    stage.engine.provide_secret(sales.id, PASSWORD, "wrong", remember=False)
    stage.settle()
    asked = [State.CONNECTING, State.FAILED]
    assert stage.states(sales) == [State.OFF, *asked, *asked]


def test_a_password_given_during_an_attempt_starts_another_one_with_it(stage: Stage) -> None:
    sales = a_connection()
    stage.secrets.kept[sales.id, PASSWORD] = "outdated"
    stage.add(sales)
    stage.connect(sales)
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=True)
    stage.settle()
    assert stage.dialer.sessions[0].aborted
    assert len(stage.dialer.sessions) == 2
    assert password_of(stage) == "sesame"
    assert stage.states(sales) == [State.OFF, State.CONNECTING]


def test_a_typed_password_beats_a_stored_one(stage: Stage) -> None:
    sales = a_connection()
    stage.secrets.kept[sales.id, PASSWORD] = "outdated"
    stage.add(sales)
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=False)
    stage.connect(sales)
    assert password_of(stage) == "sesame"


def test_an_old_password_of_an_idle_neighbour_does_not_beat_one_s_own(stage: Stage) -> None:
    neighbour, own = a_connection("old"), a_connection("sales")
    stage.secrets.kept[neighbour.id, PASSWORD] = "outdated"
    stage.secrets.kept[own.id, PASSWORD] = "sesame"
    stage.add(neighbour, own)
    stage.connect(own)
    assert password_of(stage) == "sesame"


def test_a_password_that_one_has_stored_serves_all_who_share_the_login(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.secrets.kept[stock.id, PASSWORD] = "sesame"
    stage.add(sales, stock)
    stage.connect(sales)
    assert password_of(stage) == "sesame"


def test_a_new_answer_beats_an_older_one_of_a_connection_that_shares_the_login(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.add(sales, stock)
    stage.engine.provide_secret(sales.id, PASSWORD, "old", remember=False)
    stage.engine.provide_secret(stock.id, PASSWORD, "new", remember=False)
    stage.connect(sales)
    assert password_of(stage) == "new"


def test_what_was_typed_for_one_bastion_is_not_offered_to_another(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.add(sales, stock)
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=False)
    stage.engine.accept_host_key(stock.id, "ssh-ed25519 AAAA")
    stage.add(moved(stock, "elsewhere"))
    stage.connect(stock)
    assert password_of(stage) is None
    assert stage.dialer.last.request.accepted_keys == frozenset()


def test_a_remembered_password_goes_to_the_keyring(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=True)
    stage.settle()
    assert stage.secrets.kept == {(sales.id, PASSWORD): "sesame"}
    assert stage.notices() == []


def test_a_password_that_cannot_be_remembered_is_used_and_said_so(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    stage.end(stage.dialer.last, PASSWORD_NEEDED)
    stage.secrets.trouble = SecretStoreLocked()
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=True)
    stage.settle()
    (notice,) = stage.notices()
    assert (notice.connection_id, notice.cause.code) == (sales.id, "secret_store_locked")
    assert password_of(stage) == "sesame"


def test_a_locked_keyring_is_told_to_the_login_that_asks(stage: Stage) -> None:
    sales = a_connection()
    stage.secrets.trouble = SecretStoreLocked()
    stage.add(sales)
    stage.connect(sales)
    with pytest.raises(SecretStoreLocked):
        password_of(stage)


def test_an_accepted_host_key_lets_it_go_on(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    assert stage.dialer.last.request.accepted_keys == frozenset()
    stage.end(stage.dialer.last, KEY_UNKNOWN)
    assert stage.code(sales) == "host_key_unknown"
    stage.engine.accept_host_key(sales.id, KEY_UNKNOWN.fact("key"))
    stage.settle()
    assert stage.dialer.last.request.accepted_keys == {"ssh-ed25519 AAAA"}
    assert len(stage.dialer.sessions) == 2


def test_a_host_key_accepted_beforehand_is_there_at_the_first_attempt(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    stage.add(sales, stock)
    stage.engine.accept_host_key(sales.id, "ssh-ed25519 AAAA")
    stage.connect(stock)
    assert stage.dialer.last.request.accepted_keys == {"ssh-ed25519 AAAA"}


def test_a_host_key_accepted_twice_does_not_disturb_the_attempt(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.engine.accept_host_key(sales.id, "ssh-ed25519 AAAA")
    stage.connect(sales)
    stage.engine.accept_host_key(sales.id, "ssh-ed25519 AAAA")
    stage.settle()
    assert len(stage.dialer.sessions) == 1


def test_answers_for_what_was_removed_are_dropped(stage: Stage) -> None:
    stage.engine.provide_secret("gone", PASSWORD, "sesame", remember=True)
    stage.engine.accept_host_key("gone", "ssh-ed25519 AAAA")
    stage.settle()
    assert stage.secrets.kept == {}


def test_remove_switches_off_deletes_every_secret_and_tells(stage: Stage) -> None:
    sales = a_connection()
    session = stage.bring_up(sales)
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=True)
    stage.engine.remove(sales.id)
    stage.settle()
    assert session.aborted
    assert stage.relays.last.closed
    assert stage.secrets.deleted == [(sales.id, kind) for kind in SecretKind]
    assert stage.secrets.kept == {}
    assert [update.removed for update in stage.updates if update.removed] == [(sales.id,)]


def test_what_was_removed_is_forgotten(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.engine.provide_secret(sales.id, PASSWORD, "sesame", remember=False)
    stage.engine.remove(sales.id)
    stage.engine.remove(sales.id)
    stage.add(sales)
    stage.connect(sales)
    assert password_of(stage) is None
    assert len(stage.secrets.deleted) == len(SecretKind)


def test_saving_a_failed_connection_unchanged_dials_again(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales)
    stage.connect(sales)
    stage.end(stage.dialer.last, REJECTED)
    stage.add(replace(sales, name="Sales"))
    assert len(stage.dialer.sessions) == 2


def test_a_new_route_moves_a_live_connection(stage: Stage) -> None:
    sales = a_connection()
    old = stage.bring_up(sales)
    port = stage.shown(sales).local
    stage.add(moved(sales, "elsewhere"))
    stage.come_up()
    assert old.aborted
    assert stage.dialer.last.request.route.bastion.host == "elsewhere"
    assert (stage.state(sales), stage.shown(sales).local) == (State.UP, port)


def test_a_new_route_leaves_the_others_on_the_old_one(stage: Stage) -> None:
    sales, stock = a_connection("sales"), a_connection("stock")
    old = stage.bring_up(sales, stock)
    stage.add(moved(sales, "elsewhere"))
    assert not old.aborted
    assert (stage.state(sales), stage.state(stock)) == (State.CONNECTING, State.UP)


def test_a_new_route_for_one_that_is_off_starts_nothing(stage: Stage) -> None:
    sales = a_connection()
    stage.add(sales, moved(sales, "elsewhere"))
    assert stage.dialer.sessions == []
    assert stage.shown(sales).connection.route.bastion.host == "elsewhere"


def test_secrets_of_a_jump_host_that_is_no_more_leave_the_keyring(stage: Stage) -> None:
    sales = a_connection("sales")
    jump, other = Hop("jump", "me"), Hop("other", "me", 2222)
    proxy = Proxy(ProxyKind.SOCKS5, "proxy", 1080)
    before = replace(sales, route=Route((jump, other, sales.route.bastion), proxy))
    stage.engine.put(before)
    stage.settle()
    stage.engine.put(replace(before, route=Route((replace(jump, user="you"), other, sales.route.bastion))))
    stage.settle()
    assert stage.secrets.deleted == [
        (sales.id, kind, login) for login in ("me@jump:22", "proxy") for kind in SecretKind
    ]
