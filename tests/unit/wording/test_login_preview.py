"""What is said of a login before it is made."""

from __future__ import annotations

import pytest

from desktop.core.agents import AgentIdentity
from desktop.core.errors import HostKeyUnknown, KeyUnreadable
from desktop.core.login_preview import HopOffers, Keeping, Offer, ServerMethods
from desktop.core.model import AuthMethod, Endpoint
from desktop.wording.login_preview import offer_lines, server_answer, skipped_line

BASTION = Endpoint("bastion", 22)
MINE = AgentIdentity("ssh-ed25519", "SHA256:mine", "ada@laptop")
FILE = Offer(AuthMethod.KEY_FILE, "~/.ssh/id", AgentIdentity("ssh-ed25519", "SHA256:x"))


def lines(*offers: Offer) -> list[str]:
    return offer_lines(HopOffers("ada", BASTION, offers))


@pytest.mark.parametrize(
    ("offer", "line"),
    [
        (FILE, "The key ~/.ssh/id, Ed25519 SHA256:x"),
        (
            Offer(AuthMethod.KEY_FILE, "~/id", None, "~/id-cert.pub", Keeping.IN_KEYRING),
            "The key ~/id, with the certificate ~/id-cert.pub, passphrase in the keyring",
        ),
        (
            Offer(AuthMethod.KEY_FILE, "id", cause=KeyUnreadable(path="id", reason="gone").cause),
            "The key id, but: The key id can't be read",
        ),
        (Offer(AuthMethod.AGENT, identity=MINE), "A key of the SSH agent, ada@laptop Ed25519 SHA256:mine"),
        (
            Offer(AuthMethod.PASSWORD, secret=Keeping.NOWHERE),
            "A password: none is saved, so you will be asked for it",
        ),
        (Offer(AuthMethod.PASTED_KEY, secret=Keeping.TYPED), "The key pasted above"),
        (
            Offer(AuthMethod.INTERACTIVE),
            "Your answers to its questions, such as a code: you will be asked",
        ),
    ],
)
def test_each_way_is_one_line(offer: Offer, line: str) -> None:
    assert lines(offer) == [line]


@pytest.mark.parametrize("keeping", Keeping)
@pytest.mark.parametrize("method", [AuthMethod.PASSWORD, AuthMethod.PASTED_KEY])
def test_every_place_of_a_secret_has_a_sentence(method: AuthMethod, keeping: Keeping) -> None:
    if keeping is not Keeping.NOT_NEEDED:
        assert lines(Offer(method, secret=keeping))[0]


def test_no_way_at_all_is_said_too() -> None:
    assert lines() == ["Nothing: none of the keys that your ssh configuration names is here"]


def test_keys_that_are_passed_over_are_told() -> None:
    token = AgentIdentity("sk-ssh-ed25519@openssh.com", "SHA256:t")
    assert "1 key of the agent" in skipped_line(HopOffers("ada", BASTION, (), (token,)))


def test_what_the_server_takes_is_said_in_words() -> None:
    said = server_answer(ServerMethods(BASTION, "ada", ("publickey", "password")), (FILE,))
    assert said.startswith("bastion begins with a key or a password.")
    assert "choose another way" not in said


def test_a_way_that_the_server_does_not_take_is_noticed() -> None:
    said = server_answer(ServerMethods(BASTION, "ada", ("keyboard-interactive",)), (FILE,))
    assert "Nothing of the above is among it: choose another way to log in." in said
    assert "behind it" in server_answer(ServerMethods(BASTION, "ada", ("password",), is_bastion=False), ())


def test_a_server_that_asks_for_nothing_is_said() -> None:
    said = server_answer(ServerMethods(BASTION, "ada", lets_in=True), (FILE,))
    assert said == "bastion lets ada in without asking for anything."


def test_the_key_of_a_server_that_nobody_knows_is_shown() -> None:
    cause = HostKeyUnknown(
        host="bastion", port=22, key_type="ssh-ed25519", fingerprint="SHA256:x", key="k"
    ).cause
    said = server_answer(ServerMethods(BASTION, "ada", cause=cause), ())
    assert "SHA256:x" in said
    assert said.endswith("You are asked about it when you connect.")
