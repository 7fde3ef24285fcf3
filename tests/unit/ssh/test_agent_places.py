"""Where SSH agents are looked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from desktop.ssh.agent_places import OPENSSH_PIPE, PAGEANT, agent_places, is_pipe
from tests.support.agents import short_folder, unix_socket

only_unix = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


class Computer:
    """A home folder, a runtime folder, and sockets in them."""

    def __init__(self, folder: Path, sockets: ExitStack) -> None:
        self.home = folder / "home"
        self.runtime = folder / "run"
        self.environment = {"XDG_RUNTIME_DIR": str(self.runtime)}
        self._sockets = sockets

    def listen(self, path: Path) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        listener = self._sockets.enter_context(unix_socket())
        listener.bind(str(path))
        return str(path)

    def places(self, named: str = "") -> tuple[str, ...]:
        return agent_places(named, self.environment, self.home)


@pytest.fixture
def computer() -> Iterator[Computer]:
    with short_folder() as folder, ExitStack() as sockets:
        yield Computer(folder, sockets)


@only_unix
@pytest.mark.parametrize(
    "place",
    [
        "run/keyring/ssh",
        "run/gcr/ssh",
        "run/ssh-agent.socket",
        "run/gnupg/S.gpg-agent.ssh",
        "home/.gnupg/S.gpg-agent.ssh",
        "home/.1password/agent.sock",
        "home/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock",
    ],
)
def test_an_agent_is_found_without_the_variable(computer: Computer, place: str) -> None:
    path = computer.listen(computer.home.parent / place)
    assert path in computer.places()


@only_unix
def test_the_variable_comes_first_and_counts_once(computer: Computer) -> None:
    keyring = computer.listen(computer.runtime / "keyring" / "ssh")
    gpg = computer.listen(computer.runtime / "gnupg" / "S.gpg-agent.ssh")
    computer.environment["SSH_AUTH_SOCK"] = gpg
    assert [place for place in computer.places() if place in (keyring, gpg)] == [gpg, keyring]


@only_unix
def test_gnupg_may_have_another_folder(computer: Computer) -> None:
    computer.environment["GNUPGHOME"] = str(computer.home / "keys")
    path = computer.listen(computer.home / "keys" / "S.gpg-agent.ssh")
    assert path in computer.places()


@only_unix
def test_a_file_that_is_no_socket_is_no_agent(computer: Computer) -> None:
    path = computer.runtime / "keyring" / "ssh"
    path.parent.mkdir(parents=True)
    path.write_text("")
    assert str(path) not in computer.places()


@only_unix
def test_a_socket_of_somebody_else_is_left_alone(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    path = computer.listen(computer.runtime / "keyring" / "ssh")
    monkeypatch.setattr("os.getuid", lambda: -1)
    assert path not in computer.places()


@pytest.mark.parametrize(
    ("named", "place"),
    [
        ("/run/my agent", "/run/my agent"),
        ("$MY_AGENT", "/run/mine"),
        ("${MY_AGENT}", "/run/mine"),
        ("$NO_SUCH", "$NO_SUCH"),
        (PAGEANT, PAGEANT),
    ],
)
def test_a_named_agent_is_the_only_one(computer: Computer, named: str, place: str) -> None:
    computer.environment |= {"MY_AGENT": "/run/mine", "SSH_AUTH_SOCK": "/run/other"}
    assert computer.places(named) == (place,)


def test_a_named_agent_may_be_in_the_home_folder(computer: Computer) -> None:
    assert computer.places("~/.1password/agent.sock") == (str(computer.home / ".1password/agent.sock"),)


def test_windows_has_a_pipe_and_pageant(monkeypatch: pytest.MonkeyPatch, computer: Computer) -> None:
    monkeypatch.setattr("desktop.ssh.agent_places.sys.platform", "win32")
    assert computer.places() == (OPENSSH_PIPE, PAGEANT)
    # As Git for Windows sets it.
    computer.environment["SSH_AUTH_SOCK"] = "/tmp/ssh-abc/agent.1"
    assert computer.places() == (OPENSSH_PIPE, PAGEANT)
    computer.environment["SSH_AUTH_SOCK"] = r"\\.\pipe\mine"
    assert computer.places() == (r"\\.\pipe\mine", OPENSSH_PIPE, PAGEANT)


def test_pipes_are_known_by_their_names() -> None:
    assert is_pipe("//./pipe/agent")
    assert is_pipe(r"\\.\PIPE\agent")
    assert not is_pipe("/run/agent")
