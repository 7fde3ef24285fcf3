"""The log is private, rotates, says when, and holds no secret."""

from __future__ import annotations

import logging
import re
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.store import logs
from desktop.store.logs import configure_logging, install_excepthooks
from desktop.store.paths import Paths
from desktop.store.redaction import Redactor
from tests.support.logs import LogGuard

log = logging.getLogger("desktop.test")


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def configured(paths: Paths, redactor: Redactor) -> Iterator[None]:
    restore = configure_logging(paths, redactor, verbose=False)
    yield
    restore()


@pytest.fixture
def hooks(redactor: Redactor) -> Iterator[None]:
    restore = install_excepthooks(redactor)
    yield
    restore()


def text_of(paths: Paths) -> str:
    return paths.log_path.read_text(encoding="utf-8")


def test_a_line_says_when_in_utc_and_who(paths: Paths, configured: None) -> None:
    log.info("hello %s", "there")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO \[MainThread\] desktop\.test: hello there\n",
        text_of(paths),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_every_log_file_is_private(paths: Paths, redactor: Redactor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 1000)
    restore = configure_logging(paths, redactor, verbose=False)
    for number in range(100):
        log.info("line %s", number)
    restore()
    files = sorted(paths.log_dir.iterdir())
    assert [path.name for path in files] == ["caponier.log", "caponier.log.1", "caponier.log.2"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert all(path.stat().st_size <= 1000 for path in files)


def test_a_file_that_can_not_be_renamed_grows_on(
    paths: Paths, redactor: Redactor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 100)
    for number in (1, 2):
        (paths.log_dir / f"caponier.log.{number}" / "in the way").mkdir(parents=True)
    restore = configure_logging(paths, redactor, verbose=False)
    for number in range(10):
        log.info("line %s", number)
    restore()
    assert text_of(paths).count("line") == 10


def test_secrets_are_masked_in_messages_arguments_and_tracebacks(
    paths: Paths, redactor: Redactor, configured: None
) -> None:
    redactor.hide("hunter2")
    error = ValueError("hunter2 is wrong")
    log.info("tried %s and %r", "hunter2", {"hunter2"}, exc_info=error)
    assert "hunter2" not in text_of(paths)
    assert "ValueError: *** is wrong" in text_of(paths)


@pytest.mark.parametrize(("verbose", "lines"), [(False, 1), (True, 3)])
def test_paramiko_is_quiet_unless_asked(
    paths: Paths, redactor: Redactor, verbose: bool, lines: int, log_guard: LogGuard
) -> None:
    log_guard.allow("paramiko")
    restore = configure_logging(paths, redactor, verbose=verbose)
    paramiko = logging.getLogger("paramiko.transport")
    for say in (paramiko.debug, paramiko.info, paramiko.warning):
        say("about a packet")
    restore()
    assert text_of(paths).count("about a packet") == lines


def test_a_log_folder_that_can_not_be_made_stops_nobody(
    paths: Paths, redactor: Redactor, log_guard: LogGuard, capsys: pytest.CaptureFixture[str]
) -> None:
    log_guard.expect("No log is written")
    log_guard.expect("careful")
    paths.log_dir.write_text("in the way", encoding="utf-8")
    redactor.hide("hunter2")
    restore = configure_logging(paths, redactor, verbose=False)
    log.info("not for the terminal")
    log.warning("careful with hunter2")
    restore()
    shown = capsys.readouterr().err
    assert "File exists" in shown
    assert "careful with ***" in shown
    assert "not for the terminal" not in shown


def test_without_a_terminal_and_without_a_folder_nothing_happens(
    paths: Paths, redactor: Redactor, log_guard: LogGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_guard.allow("No log is written")
    monkeypatch.setattr(sys, "stderr", None)
    paths.log_dir.write_text("in the way", encoding="utf-8")
    configure_logging(paths, redactor, verbose=False)()


def test_the_way_back_leaves_logging_as_it_was(paths: Paths, redactor: Redactor) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.getLogger("paramiko").level)
    configure_logging(paths, redactor, verbose=True)()
    assert (list(root.handlers), root.level, logging.getLogger("paramiko").level) == before


def test_an_uncaught_error_is_logged_and_shown_masked(
    paths: Paths,
    redactor: Redactor,
    configured: None,
    hooks: None,
    log_guard: LogGuard,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_guard.expect("Uncaught error")
    redactor.hide("hunter2")
    error = ValueError("hunter2 is wrong")
    sys.excepthook(ValueError, error, None)
    for text in (text_of(paths), capsys.readouterr().err):
        assert "ValueError: *** is wrong" in text


def test_an_uncaught_error_in_a_thread_is_logged_with_the_thread_s_name(
    paths: Paths, configured: None, hooks: None, log_guard: LogGuard
) -> None:
    log_guard.expect("Uncaught error in the-worker")
    run_in_thread(lambda: [][0])
    assert "IndexError" in text_of(paths)


def test_a_thread_that_leaves_by_sys_exit_is_no_error(paths: Paths, configured: None, hooks: None) -> None:
    run_in_thread(sys.exit)
    assert text_of(paths) == ""


def test_ctrl_c_is_left_to_python(
    paths: Paths, redactor: Redactor, configured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *args: left.append(args[0]))
    restore = install_excepthooks(redactor)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    restore()
    assert left == [KeyboardInterrupt]
    assert text_of(paths) == ""


def run_in_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work, name="the-worker")
    thread.start()
    thread.join()


def test_the_log_is_where_the_paths_say(paths: Paths, configured: None, tmp_path: Path) -> None:
    assert paths.log_path == tmp_path / "logs" / "caponier.log"
    assert paths.log_path.exists()
