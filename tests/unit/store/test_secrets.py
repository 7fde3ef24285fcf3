"""The keyring's worker: one thread, no waiting at the end, and no secret where it does not belong."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.errors import CaponierError, SecretStoreLocked, SecretStoreMissing
from desktop.core.model import SecretKind
from desktop.store.secrets import KeyringSecrets
from tests.support.logs import LogGuard
from tests.unit.store.test_vault import Drawer

PASSWORD = SecretKind.SSH_PASSWORD
ANSWER_S = 10.0


class Dialog(Drawer):
    """Entries behind an unlock dialog that stands until `answered`."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = threading.Event()
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.shown.set()
        self.answered.wait()
        return super().get_password(service, username)


class Failing(Drawer):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error


@pytest.fixture
def dialog() -> Iterator[Dialog]:
    dialog = Dialog()
    yield dialog
    dialog.answered.set()


def trouble_with(error: Exception) -> CaponierError:
    secrets = KeyringSecrets(find_entries=lambda: Failing(error))
    trouble = secrets.set("a", PASSWORD, "hunter2").exception(ANSWER_S)
    secrets.close()
    assert isinstance(trouble, CaponierError)
    return trouble


def named(name: str) -> Exception:
    """An error of a library that this system may lack."""
    error: Exception = type(name, (Exception,), {})("hunter2")
    return error


def test_calls_are_carried_out_in_order_by_one_thread() -> None:
    threads = set()
    drawer = Drawer()

    def entries() -> Drawer:
        threads.add(threading.current_thread().name)
        return drawer

    secrets = KeyringSecrets(find_entries=entries)
    for number in range(5):
        secrets.set("a", PASSWORD, str(number))
    assert secrets.get("a", PASSWORD).result(ANSWER_S) == "4"
    secrets.delete("a", PASSWORD)
    assert secrets.get("a", PASSWORD).result(ANSWER_S) is None
    secrets.close()
    assert threads == {"keyring"}


def test_no_thread_is_started_before_it_is_needed() -> None:
    before = threading.active_count()
    secrets = KeyringSecrets(find_entries=Drawer)
    assert threading.active_count() == before
    secrets.close()


def test_each_secret_that_passes_is_told_to_the_redaction() -> None:
    told: list[str] = []
    drawer = Drawer()
    secrets = KeyringSecrets(told.append, lambda: drawer)
    secrets.set("a", PASSWORD, "hunter2").result(ANSWER_S)
    secrets.get("a", PASSWORD).result(ANSWER_S)
    secrets.get("b", PASSWORD).result(ANSWER_S)
    secrets.close()
    assert told == ["hunter2", "hunter2"]


@pytest.mark.parametrize(
    "name", ["KeyringLocked", "PromptDismissedException", "LockedException", "PasswordDeleteError"]
)
def test_a_refusal_is_a_locked_keyring(name: str) -> None:
    assert isinstance(trouble_with(named(name)), SecretStoreLocked)


def test_a_dismissed_dialog_under_another_error_is_a_locked_keyring() -> None:
    error = named("InitError")
    error.__cause__ = named("PromptDismissedException")
    assert isinstance(trouble_with(error), SecretStoreLocked)


@pytest.mark.parametrize(
    "error", [named("InitError"), RuntimeError("no home folder"), ConnectionResetError("the bus is gone")]
)
def test_what_can_not_be_reached_is_missing(error: Exception) -> None:
    assert isinstance(trouble_with(error), SecretStoreMissing)


def test_an_unknown_trouble_is_missing_and_logged_without_its_text(
    log_guard: LogGuard, caplog: pytest.LogCaptureFixture
) -> None:
    log_guard.expect("KeyringSurprise")
    assert isinstance(trouble_with(named("KeyringSurprise")), SecretStoreMissing)
    assert "hunter2" not in caplog.text


def test_a_failure_carries_no_trace_of_the_secret() -> None:
    trouble = trouble_with(named("KeyringLocked"))
    assert trouble.__context__ is None
    assert trouble.__traceback__ is None
    assert "hunter2" not in "".join(traceback.format_exception(trouble)) + repr(trouble)


def test_the_worker_forgets_a_secret_once_it_is_stored() -> None:
    # A str can't be referenced weakly; its referrers can be counted.
    secret = "".join(["hunter", "2" * 30])
    secrets = KeyringSecrets(find_entries=Drawer)
    before = len(gc.get_referrers(secret))
    future = secrets.set("a", PASSWORD, secret)
    future.result(ANSWER_S)
    secrets.get("b", PASSWORD).result(ANSWER_S)
    assert len(gc.get_referrers(secret)) == before
    secrets.close()


def test_closing_does_not_wait_for_an_open_dialog(dialog: Dialog) -> None:
    secrets = KeyringSecrets(find_entries=lambda: dialog)
    at_dialog, behind_it = secrets.get("a", PASSWORD), secrets.get("b", PASSWORD)
    assert dialog.shown.wait(ANSWER_S)
    secrets.close()
    assert not dialog.answered.is_set()
    for future in (at_dialog, behind_it):
        assert isinstance(future.exception(ANSWER_S), SecretStoreLocked)


def test_a_closed_store_answers_at_once() -> None:
    secrets = KeyringSecrets(find_entries=Drawer)
    secrets.close()
    secrets.close()
    assert isinstance(secrets.get("a", PASSWORD).exception(0), SecretStoreMissing)


def test_closing_from_an_answer_is_allowed() -> None:
    secrets = KeyringSecrets(find_entries=Drawer)
    closed = threading.Event()

    def close(_: object) -> None:
        secrets.close()
        closed.set()

    secrets.get("a", PASSWORD).add_done_callback(close)
    assert closed.wait(ANSWER_S)


def test_a_cancelled_call_harms_no_other(dialog: Dialog) -> None:
    secrets = KeyringSecrets(find_entries=lambda: dialog)
    first, second, third = (secrets.get(name, PASSWORD) for name in "abc")
    assert dialog.shown.wait(ANSWER_S)
    first.cancel()
    second.cancel()
    dialog.answered.set()
    assert third.result(ANSWER_S) is None
    secrets.close()


def test_the_program_ends_while_a_dialog_stands() -> None:
    program = (
        "from tests.unit.store.test_secrets import Dialog, KeyringSecrets, PASSWORD\n"
        "dialog = Dialog()\n"
        "secrets = KeyringSecrets(find_entries=lambda: dialog)\n"
        "secrets.get('a', PASSWORD)\n"
        "dialog.shown.wait()\n"
        "secrets.close()\n"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, timeout=60).returncode == 0
