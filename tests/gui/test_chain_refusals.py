"""A chain whose servers are not the ones known: what the window says at each place, and that it trusts nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from desktop.core.errors import Cause
from desktop.core.host_keys import HostKeyEntry, HostKeyKind, entry_in_question
from desktop.core.model import Connection, Endpoint
from desktop.gui.changed_key_prompt import ChangedKeyPrompt
from desktop.gui.route_stops import BROKEN, FINE, IDLE
from desktop.gui.state_look import ASKS
from desktop.ssh.host_key_book import HostKeyBook
from desktop.ssh.known_hosts import KnownHosts
from tests.gui.real_window import RealWindow, real_window
from tests.support.certified_chain import CertifiedChain
from tests.support.stage import connection_to, fingerprint_of
from tests.support.system_user import SystemUser
from tests.support.system_user import system_user as system_user

PLACES = [0, 1, 2]
TITLES = ["Jump host", "Jump host", "Bastion"]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, system_user: SystemUser) -> Iterator[CertifiedChain]:
    chain = CertifiedChain(tmp_path_factory.mktemp("chain"), system_user.name, len(PLACES))
    yield chain
    chain.close()


class Case:
    """The window, after it was told to connect along `chain` with what is in `known_hosts`."""

    def __init__(
        self, window: RealWindow, orders: Connection, chain: CertifiedChain, known_hosts: Path
    ) -> None:
        self.window, self.orders, self.chain = window, orders, chain
        self.known_hosts = known_hosts
        self.trusted = known_hosts.read_text()
        self.logins = [each.count_logins() for each in chain.servers]
        window.choose(orders)
        window.click("connectButton")
        window.wait(lambda: window.snapshot(orders).state == "failed")
        window.settle()

    def assert_stopped_at(self, place: int, words: str) -> None:
        """The strip shows where, nobody behind that was spoken to, and nothing was learnt."""
        servers = self.window.stops()[1:-1]
        assert [each.title for each in servers] == TITLES
        lights = (
            [FINE] * place + [ASKS if words == "Asks you" else BROKEN] + [IDLE] * (len(PLACES) - place - 1)
        )
        assert [each.light for each in servers] == lights
        said = ["Passed"] * place + [words] + ["Not connected"] * (len(PLACES) - place - 1)
        assert [each.words for each in servers] == said
        more = [
            now.count_logins() - before for now, before in zip(self.chain.servers, self.logins, strict=True)
        ]
        assert more == [1] * place + [0] * (len(PLACES) - place)
        assert self.known_hosts.read_text() == self.trusted
        assert len(list(self.known_hosts.parent.iterdir())) == 1


@pytest.fixture
def known_hosts(tmp_path: Path) -> Path:
    folder = tmp_path / "trust"
    folder.mkdir()
    return folder / "known_hosts"


@pytest.fixture
def orders(chain: CertifiedChain) -> Connection:
    return connection_to(Endpoint("db.internal", 5432), chain.route, "Orders")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("qapp")
def test_a_changed_key_is_asked_about_at_every_place_and_not_replaced_by_itself(
    chain: CertifiedChain, orders: Connection, known_hosts: Path, place: int
) -> None:
    other = chain.servers[place - 1].host_key()
    lines = chain.known().splitlines(keepends=True)
    lines[place] = f"{chain.name(place)} {other}\n"
    known_hosts.write_text("".join(lines))
    with real_window(known_hosts, orders) as window:
        case = Case(window, orders, chain, known_hosts)
        assert window.line(orders) == "Host key changed"
        assert window.text("troubleTitle").startswith("The host key of 127.0.0.1")
        assert window.buttons() == ["answerButton"]
        window.wait(window.dialog)
        assert isinstance(window.dialog(), ChangedKeyPrompt)
        for words in (other, chain.servers[place].host_key()):
            assert fingerprint_of(words) in window.said()
        assert f"port {chain.servers[place].endpoint.port}" in window.said()
        assert not window.in_dialog(QPushButton, "replaceKey").isEnabled()
        window.in_dialog(QLineEdit, "enteredFingerprint").setText(fingerprint_of(other))
        assert not window.in_dialog(QPushButton, "replaceKey").isEnabled()
        case.assert_stopped_at(place, "Asks you")
        window.press("stayDisconnected")
        window.wait(lambda: window.line(orders) == "Off")
        assert known_hosts.read_text() == case.trusted


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("qapp")
def test_an_unknown_authority_is_refused_at_every_place(
    chain: CertifiedChain, orders: Connection, known_hosts: Path, place: int
) -> None:
    known_hosts.write_text(chain.known(but=place))
    with real_window(known_hosts, orders) as window:
        case = Case(window, orders, chain, known_hosts)
        assert window.line(orders) == "Unknown authority"
        assert window.text("troubleTitle").endswith("is from an unknown authority")
        assert f"known_hosts:{place + 1}" in window.text("troubleAdvice")
        assert_nothing_is_asked(window)
        assert page_begins_at(window, known_hosts).line_number == place + 1
        case.assert_stopped_at(place, "Not trusted")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.usefixtures("qapp")
def test_a_revoked_key_is_refused_at_every_place(
    chain: CertifiedChain, orders: Connection, known_hosts: Path, place: int
) -> None:
    key = chain.servers[place].host_key()
    known_hosts.write_text(f"{chain.known()}@revoked {chain.name(place)} {key}\n{chain.name(place)} {key}\n")
    with real_window(known_hosts, orders) as window:
        case = Case(window, orders, chain, known_hosts)
        assert window.line(orders) == "Host key revoked"
        assert window.text("troubleTitle").endswith("is revoked")
        assert fingerprint_of(key) in window.text("troubleAdvice")
        assert_nothing_is_asked(window)
        begins = page_begins_at(window, known_hosts)
        assert (begins.kind, begins.fingerprint) == (HostKeyKind.REVOKED, fingerprint_of(key))
        case.assert_stopped_at(place, "Not trusted")


def page_begins_at(window: RealWindow, known_hosts: Path) -> HostKeyEntry:
    """The entry at which the banner's button opens the page of host keys."""
    asked: list[Cause] = []
    window.window.host_keys_requested.connect(asked.append)
    window.click("hostKeysTroubleButton")
    entry = entry_in_question(HostKeyBook(KnownHosts(known_hosts)).entries(), asked[0])
    assert entry is not None
    return entry


def assert_nothing_is_asked(window: RealWindow) -> None:
    """There is no yes to say to it: only the administrator can help."""
    QApplication.processEvents()
    assert window.dialog() is None
    assert window.buttons() == ["hostKeysTroubleButton"]
