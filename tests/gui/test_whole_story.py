"""The whole program as a person meets it: a real screen, keyboard, mouse, tray, bastion and warehouse."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from desktop.core.model import Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route
from desktop.demo.warehouse import DemoWarehouse
from desktop.store.connections import ConnectionsFile
from desktop.store.paths import Paths
from tests.gui.story import Sight, Story, files_with, shows, window_is_gone, window_is_there
from tests.support.clipboard import clipboard_of
from tests.support.echo import echo
from tests.support.house import ROOT
from tests.support.keys import KeyFile, make_key
from tests.support.postgres import warehouse as warehouse
from tests.support.sshd import OpenSshServer
from tests.support.system_user import SystemUser
from tests.support.system_user import system_user as system_user
from tests.support.waiting import wait_until
from tests.support.xvfb import Screen, missing_programs, virtual_screen

SHUTDOWN_S = 5.0
ANSWER_S = 30.0
WRONG = "not the password"

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or bool(missing_programs()),
        reason="needs X11 programs: Xvfb, openbox, trayer, xdotool, dbus",
    ),
    pytest.mark.timeout(300),
]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with virtual_screen() as screen:
        yield screen


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return make_key(tmp_path)


@pytest.fixture
def server(key: KeyFile, system_user: SystemUser) -> Iterator[OpenSshServer]:
    with OpenSshServer(user=system_user.name, keys=[key]) as running:
        yield running


def test_from_an_ssh_command_to_queries_with_the_window_closed(
    screen: Screen, server: OpenSshServer, key: KeyFile, warehouse: DemoWarehouse, home: Path
) -> None:
    command = (
        f"ssh -Nf -L 0:{warehouse.endpoint} -p {server.endpoint.port} -i {key.path} "
        f"{server.user}@{server.endpoint.host}"
    )
    with Story(screen) as story:
        story.click("emptyPaste", until=shows("command"))
        story.click("command", until=lambda sight: sight["focus"] == "command")
        with clipboard_of(story.environment, command):
            story.keys("ctrl+v")
            story.wait_for_text("command", command)
        story.click("continue", until=shows("bastion-host"))
        story.fill("name", "Orders")
        story.keys("Tab", "Tab")
        story.wait(lambda sight: sight["focus"] == "kind", "the cursor on the kind of warehouse")
        story.keys("p")
        story.wait_for_text("kind", "PostgreSQL")
        story.fill("warehouse-user", warehouse.user)
        story.fill("database", warehouse.database)
        story.click("save", until=shows("connectButton"))

        _connect_and_trust(story, server)
        assert _version(_copied_url(story), warehouse).startswith("PostgreSQL")

        story.choose("Orders")
        story.wait_for_tooltip("Caponier\nNot connected")
        story.choose("Orders")
        story.wait_for_tooltip("Caponier\n1 connected")
        url = _copied_url(story)

        _close_window(story)
        assert _version(url, warehouse).startswith("PostgreSQL")
        story.click_icon(until=window_is_there)
        assert story.wait_for_text("stateLine", "Connected")

        story.choose("Quit")
        assert story.end() == (0, "")
    server.expect_logins(2, "publickey")
    assert server.count_failures() == 0
    for line in key.text.splitlines()[1:-1]:
        assert files_with(line, home) == []


def test_a_form_filled_by_hand_and_a_password_typed_when_asked(
    screen: Screen, server: OpenSshServer, system_user: SystemUser, home: Path
) -> None:
    if not system_user.password:
        pytest.skip("only root can make a user with a known password")
    with echo() as service, Story(screen, "--verbose") as story:
        story.click("emptyAdd", until=shows("name"))
        typed = {
            "name": "Echoes & more",
            "target-host": service.endpoint.host,
            "target-port": str(service.endpoint.port),
            "bastion-host": server.endpoint.host,
            "bastion-port": str(server.endpoint.port),
            "bastion-user": system_user.name,
        }
        for part, text in typed.items():
            story.fill(part, text)
        story.click("save", until=shows("connectButton"))

        story.click("connectButton", until=shows("secret", "keyring-trouble"))
        story.fill("secret", WRONG)
        story.keys("Return")
        story.click("trust", until=lambda sight: sight["front"] == "That password was refused")
        story.fill("secret", system_user.password)
        story.click("connect", until=shows("stateLine"))
        story.wait_for_text("stateLine", "Connected")
        host, _, port = _copied(story, "copyHostAndPort").rpartition(":")
        with socket.create_connection((host, int(port)), ANSWER_S) as client:
            client.sendall(b"through the tunnel")
            assert client.recv(100) == b"through the tunnel"

        story.keys("ctrl+q")
        assert story.end() == (0, "")
    server.expect_failures(1, "password")
    server.expect_logins(1, "password")
    assert files_with(system_user.password, home) == []
    assert files_with(WRONG, home) == []


def test_a_session_that_ends_takes_the_program_and_its_tunnels_along_in_order(
    screen: Screen, server: OpenSshServer, key: KeyFile, home: Path
) -> None:
    _save(_key_connection(server, key, Endpoint("127.0.0.1", 9)))
    _trust_beforehand(server, home)
    with Story(screen) as story:
        story.click("connectButton", until=lambda sight: "Connected" in _state(sight))
        host, _, port = _copied(story, "copyHostAndPort").rpartition(":")

        story.terminate()
        assert story.end(SHUTDOWN_S) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), ANSWER_S)
    wait_until(lambda: "disconnected by user" in server.log_text() or "closed by" in server.log_text())


def test_a_damaged_connections_file_is_told_kept_aside_and_the_window_opens(screen: Screen) -> None:
    paths = Paths.from_environment()
    paths.config_dir.mkdir(parents=True)
    paths.connections_path.write_text('{"version": 1, "connections": [{"na')
    with Story(screen) as story:
        sight = story.wait(shows("read"), "the notice")
        said = " ".join(sight["texts"])
        story.click("read", until=shows("emptyAdd"))
        story.choose("Quit")
        assert story.end() == (0, "")
    kept = files_with('[{"na', paths.config_dir)
    assert len(kept) == 1
    assert kept[0] != paths.connections_path
    assert str(kept[0]) in said


def test_without_a_screen_a_sentence_says_so(home: Path) -> None:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    ended = subprocess.run(
        [sys.executable, "-m", "desktop"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=ANSWER_S,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == "There is no screen to open a window on. Without one: caponier --help\n"
    assert list(home.iterdir()) == []


def _connect_and_trust(story: Story, server: OpenSshServer) -> None:
    """Compares the fingerprint first, as the dialog asks for."""
    story.click("connectButton", until=shows("trust"))
    blob = base64.b64decode(server.host_key().split()[1])
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    assert story.text("fingerprint") == f"SHA256:{digest}"
    story.click("trust", until=lambda sight: "Connected" in _state(sight))


def _close_window(story: Story) -> None:
    """By the window manager's key. The program stays, in the tray."""
    story.press("alt+F4", until=window_is_gone)
    story.wait_for_tooltip("Caponier\n1 connected")


def _copied_url(story: Story) -> str:
    return _copied(story, "copyUrl")


def _copied(story: Story, button: str) -> str:
    """What another program pastes after a click on one of the copy buttons."""
    with clipboard_of(story.environment) as other:
        story.click(button, until=lambda _: other.was_told)
        return other.pasted()


def _version(url: str, warehouse: DemoWarehouse) -> str:
    """A query by somebody else's client, with the URL as it was copied."""
    with psycopg.connect(url, password=warehouse.password, connect_timeout=int(ANSWER_S)) as client:
        row = client.execute("SELECT version()").fetchone()
    assert row is not None
    return str(row[0])


def _state(sight: Sight) -> str:
    return str(sight["parts"].get("stateLine", {}).get("text", ""))


def _save(*connections: Connection) -> None:
    ConnectionsFile(Paths.from_environment()).save(connections)


def _key_connection(server: OpenSshServer, key: KeyFile, target: Endpoint) -> Connection:
    auth = Auth(AuthMethod.KEY_FILE, identity_file=str(key.path))
    hop = Hop(server.endpoint.host, server.user, server.endpoint.port, auth)
    return Connection("Orders", Route((hop,)), Forward(target))


def _trust_beforehand(server: OpenSshServer, home: Path) -> None:
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "known_hosts").write_text(server.known_hosts_line())
