"""A PostgreSQL that lives for one run: made in a temporary folder, stopped and removed with it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from desktop.core.errors import DemoUnavailable
from desktop.core.model import LOOPBACK, Endpoint
from desktop.demo.guard import Guard
from desktop.demo.postgres_programs import (
    Programs,
    find_programs,
    last_complaint,
    new_run_dir,
    server_account,
)

READY_POLL_S = 0.05
STOP_TIMEOUT_S = 5.0
PORT_ATTEMPTS = 3

# No durability: the data is thrown away. Statements that fail are not logged, so no password reaches the log.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 32MB
log_min_error_statement = panic
"""
LOGIN_RULES = "host all all 127.0.0.1/32 scram-sha-256\n"


class PostgresServer:
    """Blocking; one thread starts it, and any thread may close it, which also ends a start that is under way."""

    def __init__(self) -> None:
        self.endpoint = Endpoint(LOOPBACK, 0)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._undo = contextlib.ExitStack()

    def start(self, setup_sql: str, is_ready: Callable[[], bool], deadline_mono: float) -> None:
        """Make the data, run `setup_sql` as superuser, and listen until `is_ready` agrees.

        Statements of `setup_sql` end with a semicolon and an empty line. Raises `DemoUnavailable` and `OSError`; call
        `close` also then.
        """
        with self._lock:
            self._left_s(deadline_mono)
            run_dir, programs = self._prepare()
            self._make_data(programs, run_dir / "data", setup_sql, deadline_mono)
            for _ in range(PORT_ATTEMPTS):
                if self._listen(programs, run_dir, is_ready, deadline_mono):
                    return
            complaint = last_complaint(_log_path(run_dir).read_bytes())
        raise DemoUnavailable(reason=f"PostgreSQL did not start: {complaint}")

    def close(self) -> None:
        """Stop the server and remove its folder, in at most twice `STOP_TIMEOUT_S`. Idempotent."""
        self._stopped.set()
        with self._lock:
            self._undo.close()

    def _prepare(self) -> tuple[Path, Programs]:
        account = server_account()
        run_dir = new_run_dir(account)
        guard = Guard(run_dir)
        self._undo.callback(guard.dismiss)
        self._undo.callback(shutil.rmtree, run_dir, ignore_errors=True)
        guard.start()
        return run_dir, find_programs(account, run_dir)

    def _make_data(self, programs: Programs, data_dir: Path, setup_sql: str, deadline_mono: float) -> None:
        flags = ("--username=postgres", "--auth=reject", "--encoding=UTF8", "--locale=C", "--no-sync")
        programs.run("initdb", "-D", str(data_dir), *flags, timeout_s=self._left_s(deadline_mono))
        with (data_dir / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        (data_dir / "pg_hba.conf").write_text(LOGIN_RULES, encoding="utf-8")
        # Single-user mode (postgres(1)) asks for no login, so the superuser needs no password, ever.
        single = ("--single", "-j", "-D", str(data_dir), "-c", "exit_on_error=on", "postgres")
        programs.run("postgres", *single, text=setup_sql, timeout_s=self._left_s(deadline_mono))

    def _listen(
        self, programs: Programs, run_dir: Path, is_ready: Callable[[], bool], deadline_mono: float
    ) -> bool:
        """Try one port. False where the server gave up, as it does when somebody else was faster on that port."""
        self.endpoint = Endpoint(LOOPBACK, _free_port())
        process = _launch(programs, run_dir, self.endpoint.port)
        self._undo.callback(_stop, programs, run_dir, process)
        while process.poll() in (None, 0):
            if is_ready():
                return True
            self._stopped.wait(min(READY_POLL_S, self._left_s(deadline_mono)))
        return False

    def _left_s(self, deadline_mono: float) -> float:
        """Seconds left. Raises `DemoUnavailable` at the deadline, and when the start was called off."""
        if self._stopped.is_set():
            raise DemoUnavailable(reason="it was closed while it started")
        left_s = deadline_mono - time.monotonic()
        if left_s <= 0:
            raise DemoUnavailable(reason="PostgreSQL took too long to start")
        return left_s


def _launch(programs: Programs, run_dir: Path, port: int) -> subprocess.Popen[bytes]:
    data_dir, setting = str(run_dir / "data"), f"port={port}"
    # On Windows pg_ctl gives up an administrator's rights, with which the server would refuse to start.
    in_background = ("pg_ctl", "start", "-W", "-D", data_dir, "-o", f"-c {setting}")
    as_child = ("postgres", "-D", data_dir, "-c", setting)
    command = in_background if sys.platform == "win32" else as_child
    with _log_path(run_dir).open("ab") as log:
        return programs.popen(*command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _stop(programs: Programs, run_dir: Path, process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(DemoUnavailable):
        stop = ("stop", "-m", "immediate", "-w", "-D", str(run_dir / "data"))
        programs.run("pg_ctl", *stop, timeout_s=STOP_TIMEOUT_S)
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _log_path(run_dir: Path) -> Path:
    return run_dir / "server.log"


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])
