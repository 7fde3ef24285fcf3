"""ProxyCommand: programs that lead to the first hop, and programs that do not."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from desktop.core.model import Hop, Proxy, ProxyKind, Route
from desktop.ssh import hop_connection
from desktop.wording.messages import advice, title
from tests.support.dialling import cause_of, dialling
from tests.support.echo import TcpService
from tests.support.keys import KeyFile, make_key
from tests.support.local_clients import answer, client_of
from tests.support.proxies import PIPE
from tests.support.relay_stage import relay_stage
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.system_user import SystemUser
from tests.support.waiting import wait_until

MIB = 1 << 20
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are a POSIX shell's")


def python(code: str, *words: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)} {' '.join(words)}"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return make_key(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def server(key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    with OpenSshServer(user=system_user.name, keys=[key]) as running:
        yield running


@pytest.fixture
def hop(server: OpenSshServer, key: KeyFile) -> Hop:
    return with_key(server.endpoint, server.user, key.path)


def by(command: str, hop: Hop) -> Route:
    return Route((hop,), Proxy(ProxyKind.COMMAND, command=command))


@pytest.mark.usefixtures("ssh_kind")
def test_a_program_leads_to_the_bastion_and_ends_with_the_session(
    hop: Hop, known_hosts: Path, service: TcpService
) -> None:
    before = set(psutil.Process().children())
    with relay_stage(by(python(PIPE, "%h", "%p"), hop), known_hosts) as running:
        session = running.attached()
        assert session.addresses is None
        _, local = running.open_port(service.endpoint)
        with client_of(local) as client:
            assert answer(client, b"x" * MIB) == b"x" * MIB
        programs = [each for each in set(psutil.Process().children()) - before if PIPE in each.cmdline()]
        assert len(programs) == 1
    assert not programs[0].is_running()


def test_ssh_itself_may_be_the_program(
    hop: Hop, known_hosts: Path, server: OpenSshServer, key: KeyFile
) -> None:
    options = f"-F /dev/null -i {key.path} -o UserKnownHostsFile={known_hosts} -o BatchMode=yes"
    command = f"ssh {options} -p {server.endpoint.port} -W %h:%p %r@{server.endpoint.host}"
    before = server.count_logins()
    with dialling(by(command, hop), known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
    server.expect_logins(before + 2)


def test_a_program_that_ends_is_told_with_its_last_words(hop: Hop, known_hosts: Path) -> None:
    command = "sh -c 'echo first >&2; echo the %% gate is shut >&2; exit 7'"
    cause = cause_of(by(command, hop), known_hosts)
    assert (cause.code, cause.fact("status"), cause.retryable) == ("proxy_command_ended", "7", True)
    assert cause.fact("detail") == "first; the % gate is shut"
    assert title(cause) == "The proxy command ended with status 7"
    assert "the % gate is shut" in advice(cause)


def test_a_program_that_is_not_there(hop: Hop, known_hosts: Path) -> None:
    cause = cause_of(by("no-such-program-anywhere", hop), known_hosts)
    assert (cause.code, cause.fact("status")) == ("proxy_command_ended", "127")
    assert "no-such-program-anywhere" in cause.fact("detail")


def test_a_shell_that_is_not_there(hop: Hop, known_hosts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/nowhere/sh")
    cause = cause_of(by("true", hop), known_hosts)
    assert (cause.code, cause.retryable) == ("proxy_command_unusable", False)


def test_a_program_that_prints_something_else(hop: Hop, known_hosts: Path) -> None:
    # It ends only when it has heard of us: a program that is gone before could be told as one that ended, too.
    command = "sh -c 'printf \"\\033[1mwelcome\\n\"; echo why >&2; head -c 4 >/dev/null'"
    cause = cause_of(by(command, hop), known_hosts)
    assert (cause.code, cause.retryable) == ("proxy_command_garbage", False)
    assert (cause.fact("answer"), cause.fact("detail")) == (".[1mwelcome", "why")


def test_a_program_that_hangs_is_given_up_on_and_ended(
    hop: Hop, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hop_connection, "HANDSHAKE_TIMEOUT_S", 0.5)
    before = set(psutil.Process().children())
    # It heeds no wish, and has a child that does not either.
    cause = cause_of(by("sh -c 'trap \"\" TERM HUP; sleep 60 & sleep 60; true'", hop), known_hosts)
    assert (cause.code, cause.retryable) == ("proxy_command_silent", True)
    assert set(psutil.Process().children()) == before


def test_what_a_program_left_behind_holds_nobody_up(hop: Hop, known_hosts: Path) -> None:
    # As `ControlPersist` of ssh_config(5) does it: in a session of its own, with our pipe still open.
    command = "sh -c 'setsid sleep 3 </dev/null >/dev/null & echo gone >&2; exit 3'"
    cause = cause_of(by(command, hop), known_hosts)
    assert (cause.code, cause.fact("status")) == ("proxy_command_ended", "3")


def test_while_a_program_hangs_the_attempt_can_be_called_off(hop: Hop, known_hosts: Path) -> None:
    before = len(psutil.Process().children())
    with dialling(by("sleep 60", hop), known_hosts) as (session, outcome):
        wait_until(lambda: len(psutil.Process().children()) > before)
        session.abort()
        assert not outcome.logged_in()
    assert outcome.cause is None
    assert len(psutil.Process().children()) == before


def test_a_program_that_ends_later_is_a_lost_peer(hop: Hop, known_hosts: Path) -> None:
    with dialling(by(python(PIPE, "%h", "%p"), hop), known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause
        (program,) = [each for each in psutil.Process().children() if PIPE in each.cmdline()]
        program.kill()
        outcome.wait_for_end()
    assert outcome.cause is not None
    assert (outcome.cause.code, outcome.cause.fact("hop")) == ("peer_lost", "0")


def test_much_on_standard_error_stops_nobody(hop: Hop, known_hosts: Path) -> None:
    chatty = python("import sys; sys.stderr.write('chatter\\n' * 100_000);" + PIPE, "%h", "%p")
    with dialling(by(chatty, hop), known_hosts) as (_, outcome):
        assert outcome.logged_in(), outcome.cause


@pytest.mark.parametrize("name", ["$(touch broken-out)", "a;b", "-oProxyCommand=x", "a'b"])
def test_a_name_that_means_something_to_a_shell_runs_nothing(hop: Hop, known_hosts: Path, name: str) -> None:
    cause = cause_of(by("echo %h", Hop(name, hop.user, hop.port, hop.auth)), known_hosts, hop="")
    assert (cause.code, cause.retryable) == ("proxy_command_unusable", False)


def test_a_program_sees_nothing_of_a_bundle(
    hop: Hop, known_hosts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle")
    cause = cause_of(by("sh -c 'echo \"<$LD_LIBRARY_PATH>\" >&2; exit 1'", hop), known_hosts)
    assert cause.fact("detail") == "<>"
