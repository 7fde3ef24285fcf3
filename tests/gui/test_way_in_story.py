"""A way in with everything on it, on a real screen: a proxy's login, a jump host's key, a bastion that asks twice."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.core.model import Auth, AuthMethod, Connection, Forward, Hop, Proxy, Route
from desktop.store.connections import ConnectionsFile
from desktop.store.paths import Paths
from tests.gui.story import Story, files_with, shows
from tests.support.clipboard import clipboard_of
from tests.support.echo import TcpService, echo
from tests.support.keys import make_key
from tests.support.local_clients import answer, client_of
from tests.support.otp_server import CODE, PASSWORD, Token, otp_is_missing, otp_server
from tests.support.otp_server import token as token
from tests.support.proxies import PASSWORD as PROXY_PASSWORD
from tests.support.proxies import are_missing, socks_proxy
from tests.support.sshd import OpenSshServer
from tests.support.stage import with_key
from tests.support.system_user import SystemUser, throw_away_user
from tests.support.xvfb import Screen, missing_programs, virtual_screen

pytestmark = [
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or bool(missing_programs()),
        reason="needs X11 programs: Xvfb, openbox, trayer, xdotool, dbus",
    ),
    pytest.mark.skipif(bool(otp_is_missing()), reason=otp_is_missing()),
    pytest.mark.skipif(are_missing(), reason="needs microsocks"),
    pytest.mark.timeout(300),
]

WRONG_CODE = "00000000"


class Way:
    """The servers of the way, and what a person knows who may go it."""

    def __init__(
        self, proxy: Proxy, jump: OpenSshServer, bastion: OpenSshServer, service: TcpService
    ) -> None:
        self.proxy, self.jump, self.bastion, self.service = proxy, jump, bastion, service

    def save(self, home: Path, key_path: Path) -> None:
        """The connection "Orders", and whom it may trust."""
        at = self.bastion.endpoint
        hops = (
            with_key(self.jump.endpoint, self.jump.user, key_path),
            Hop(at.host, self.bastion.user, at.port, Auth(AuthMethod.INTERACTIVE)),
        )
        orders = Connection("Orders", Route(hops, self.proxy), Forward(self.service.endpoint))
        ConnectionsFile(Paths.from_environment()).save([orders])
        (home / ".ssh").mkdir(mode=0o700)
        known = "".join(each.known_hosts_line() for each in (self.jump, self.bastion))
        (home / ".ssh" / "known_hosts").write_text(known)


@pytest.fixture
def screen() -> Iterator[Screen]:
    with virtual_screen() as screen:
        yield screen


@pytest.fixture
def person() -> Iterator[SystemUser]:
    with throw_away_user() as made:
        yield made


@pytest.fixture
def way(person: SystemUser, token: Token, home: Path, tmp_path: Path) -> Iterator[Way]:
    key = make_key(tmp_path)
    with (
        socks_proxy(login=True) as proxy,
        OpenSshServer(user=person.name, keys=[key]) as jump,
        otp_server(person, token, asks=(PASSWORD, CODE)) as bastion,
        echo() as service,
    ):
        made = Way(proxy, jump, bastion, service)
        made.save(home, key.path)
        yield made


def test_each_question_is_asked_in_turn_and_a_wrong_code_costs_one_click(
    screen: Screen, way: Way, person: SystemUser, token: Token, home: Path
) -> None:
    bastion = f"Sign in to {way.bastion.endpoint.host}"
    with Story(screen) as story:
        story.click("connectButton", until=shows("secret"))
        assert story.wait(lambda sight: sight["front"] == "Proxy password needed", "whose password it is")
        _enter(story, "secret", PROXY_PASSWORD)

        story.wait(lambda sight: sight["front"] == bastion, "the bastion's question")
        _sign_in(story, person, WRONG_CODE)
        assert story.wait_for_text("stateLine", "Answer not accepted")

        story.click("connectAgainButton", until=shows("answer-1"))
        _sign_in(story, person, token.code())
        assert story.wait_for_text("stateLine", "Connected")

        with clipboard_of(story.environment) as other:
            story.click("copyHostAndPort", until=lambda _: other.was_told)
            port = int(other.pasted().rpartition(":")[2])
        with client_of(port) as client:
            assert answer(client, b"through all of it") == b"through all of it"
        story.keys("ctrl+q")
        assert story.end() == (0, "")
    assert way.jump.count_failures() == 0
    way.bastion.expect_logins(1)
    for secret in (PROXY_PASSWORD, person.password, WRONG_CODE):
        assert files_with(secret, home) == []


def _sign_in(story: Story, person: SystemUser, code: str) -> None:
    """Round after round, in the same dialog."""
    _enter(story, "answer-1", person.password)
    story.wait(lambda sight: any("One-time" in text for text in sight["texts"]), "the question for a code")
    _enter(story, "answer-1", code)


def _enter(story: Story, part: str, text: str) -> None:
    story.fill(part, text)
    story.keys("Return")
