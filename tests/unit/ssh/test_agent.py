"""What is made of an agent's answers, sensible or not."""

from __future__ import annotations

import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.core.agents import AgentHolding, AgentTrouble
from desktop.core.errors import AgentKeyMissing, AgentRefused, AgentUnavailable
from desktop.ssh.agent import all_keys, keys_to_offer
from desktop.ssh.agent_look import AgentLook, agents_hold
from desktop.ssh.cancel import CancelToken
from desktop.ssh.keys import fingerprint_of_blob
from desktop.wording.agents import identity_line
from tests.support.agents import blob_of, security_key_blob, short_folder, unix_socket
from tests.support.certificates import Authority
from tests.support.keys import make_key

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


def string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def key_blob(name: str, rest: bytes = b"") -> bytes:
    return string(name.encode()) + rest


def listing(*keys: tuple[bytes, bytes]) -> bytes:
    body = bytes([12]) + len(keys).to_bytes(4, "big")
    return string(body + b"".join(string(blob) + string(comment) for blob, comment in keys))


ED25519 = key_blob("ssh-ed25519", string(bytes(32)))
RSA = key_blob("ssh-rsa", string(b"\x03") + string(b"\x05"))
TWO = listing((ED25519, b"mine"), (RSA, b"old"))
SIGNATURE = string(bytes([14]) + string(b"signature"))
FAILURE = string(bytes([5]))


@contextmanager
def agent_that(*answers: bytes) -> Iterator[Path]:
    """Gives one answer to each caller, whatever is asked, and hangs up; its last one again and again."""
    with short_folder() as folder, unix_socket() as listener:
        path = folder / "agent"
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            number = 0
            while True:
                caller, _ = listener.accept()
                with caller:
                    if not caller.recv(4096):
                        return
                    caller.sendall(answers[min(number, len(answers) - 1)])
                    number += 1

        thread = threading.Thread(target=serve, name="agent")
        thread.start()
        try:
            yield path
        finally:
            with unix_socket() as last:
                last.connect(str(path))
            thread.join()


@pytest.fixture
def cancel() -> Iterator[CancelToken]:
    token = CancelToken()
    yield token
    token.close()


def test_keys_come_with_their_names(cancel: CancelToken) -> None:
    with agent_that(TWO) as path:
        keys = keys_to_offer(str(path), "", cancel)
    assert [(key.identity.key_type, key.identity.comment) for key in keys] == [
        ("ssh-ed25519", "mine"),
        ("ssh-rsa", "old"),
    ]
    assert keys[0].identity.fingerprint == fingerprint_of_blob(ED25519)


def test_only_the_chosen_key_is_given(cancel: CancelToken) -> None:
    with agent_that(TWO) as path:
        (key,) = keys_to_offer(str(path), fingerprint_of_blob(RSA), cancel)
    assert key.blob == RSA


def test_a_chosen_key_that_is_not_there_is_missed(cancel: CancelToken) -> None:
    with agent_that(TWO) as path, pytest.raises(AgentKeyMissing):
        keys_to_offer(str(path), "SHA256:other", cancel)


@pytest.mark.parametrize(
    "name", ["sk-ssh-ed25519@openssh.com", "ssh-dss", "ssh-rsa-cert-v01@openssh.com", "from-the-future"]
)
def test_types_that_no_login_can_use_are_skipped(cancel: CancelToken, name: str) -> None:
    with agent_that(listing((key_blob(name), b""), (ED25519, b"mine"))) as path:
        held = all_keys(str(path), cancel)
    assert [key.blob for key in held.keys] == [ED25519]
    assert [identity.key_type for identity in held.skipped] == [name]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (listing(), AgentTrouble.EMPTY),
        (FAILURE, AgentTrouble.EMPTY),
        (listing((security_key_blob(), b"token")), AgentTrouble.UNUSABLE),
        (b"", AgentTrouble.GONE),
        (b"\0\0", AgentTrouble.GONE),
        (string(b""), AgentTrouble.GONE),
        (b"\xff\xff\xff\xff", AgentTrouble.GONE),
        (TWO[:20], AgentTrouble.GONE),
        (string(bytes([12]) + b"\xff\xff\xff\xff"), AgentTrouble.GONE),
        (string(bytes([12, 0, 0, 0, 1]) + string(b"\0")), AgentTrouble.GONE),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", AgentTrouble.GONE),
    ],
)
def test_an_agent_without_keys_or_sense_is_of_no_use(
    cancel: CancelToken, answer: bytes, trouble: AgentTrouble
) -> None:
    with agent_that(answer) as path, pytest.raises(AgentUnavailable) as caught:
        keys_to_offer(str(path), "", cancel)
    assert caught.value.facts == {"agent": str(path), "trouble": trouble}


@pytest.mark.parametrize(
    "named", ["/no/such/agent", "/" + "long" * 50, "zero\0byte", "pageant", r"\\.\pipe\none"]
)
def test_an_agent_that_is_not_there_is_gone(cancel: CancelToken, named: str) -> None:
    with pytest.raises(AgentUnavailable) as caught:
        keys_to_offer(named, "", cancel)
    assert caught.value.facts["trouble"] == "gone"


def test_the_next_agent_is_asked_where_the_first_lacks_the_key(
    cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    with agent_that(listing((RSA, b""))) as first, agent_that(TWO) as second:
        monkeypatch.setattr("desktop.ssh.agent.agent_places", lambda *_: (str(first), str(second)))
        (key,) = keys_to_offer("", fingerprint_of_blob(ED25519), cancel)
        assert key.place == str(second)
        assert {each.place for each in keys_to_offer("", "", cancel)} == {str(first)}
        assert [each.blob for each in all_keys("", cancel).keys] == [RSA, ED25519]


def test_a_signature_is_what_the_agent_gives(cancel: CancelToken) -> None:
    with agent_that(TWO, SIGNATURE) as path:
        key = keys_to_offer(str(path), "", cancel)[0]
        assert key.sign(b"data", "ssh-ed25519", 5, cancel) == b"signature"


@pytest.mark.parametrize("answer", [FAILURE, string(bytes([14]) + string(b"")), TWO])
def test_no_signature_is_a_refusal(cancel: CancelToken, answer: bytes) -> None:
    with agent_that(TWO, answer) as path:
        key = keys_to_offer(str(path), "", cancel)[0]
        with pytest.raises(AgentRefused) as caught:
            key.sign(b"data", "ssh-ed25519", 5, cancel)
    assert caught.value.facts["key"] == "mine"


def test_an_agent_that_left_meanwhile_is_gone(cancel: CancelToken) -> None:
    with agent_that(TWO) as path:
        key = keys_to_offer(str(path), "", cancel)[0]
    with pytest.raises(AgentUnavailable):
        key.sign(b"data", "ssh-ed25519", 5, cancel)


def test_a_comment_is_made_printable(cancel: CancelToken) -> None:
    with agent_that(listing((ED25519, b"\x1b[31mred\xff\n"))) as path:
        (key,) = keys_to_offer(str(path), "", cancel)
    assert key.identity.comment.isprintable()


def test_a_look_tells_what_is_held_or_why_nothing_is(tmp_path: Path) -> None:
    key = make_key(tmp_path)
    with agent_that(listing((blob_of(key), b"mine"), (security_key_blob(), b"token"))) as path:
        told = look(str(path))
        assert told == agents_hold(str(path))
    assert [identity.comment for identity in told.identities] == ["mine"]
    assert [identity.comment for identity in told.skipped] == ["token"]
    nothing = look("/no/such/agent")
    assert nothing.cause is not None
    assert nothing.cause.code == "agent_unavailable"


def test_a_key_and_its_certificates_are_one_choice(tmp_path: Path, cancel: CancelToken) -> None:
    key, other = make_key(tmp_path), make_key(tmp_path, name="other")
    authority = Authority(tmp_path)
    certificate = b64decode(authority.sign_key(key, principals="me").read_text().split()[1])
    host = b64decode(authority.sign(other.public_path, host=True).read_text().split()[1])
    listed = listing(
        (certificate, b"mine"), (blob_of(key), b"mine"), (blob_of(other), b"other"), (host, b"server")
    )
    with agent_that(listed) as path:
        told = look(str(path))
        chosen = keys_to_offer(str(path), fingerprint_of_blob(blob_of(key)), cancel)
    assert told.identities[0].certificates == ("made for a test",)
    assert [identity.comment for identity in told.identities] == ["mine", "other"]
    assert [identity.comment for identity in told.skipped] == ["server"]
    assert "mine · Ed25519 with certificate made for a test · SHA256:" in identity_line(told.identities[0])
    assert [held.blob for held in chosen] == [certificate, blob_of(key)]
    assert {held.public for held in chosen} == {blob_of(key)}


def test_a_look_at_an_agent_that_says_nothing_is_ended() -> None:
    with short_folder() as folder, unix_socket() as listener:
        listener.bind(str(folder / "agent"))
        listener.listen()
        told: list[AgentHolding] = []
        running = AgentLook(str(folder / "agent"), told.append)
        caller, _ = listener.accept()
        running.stop()
        running.stop()
        caller.close()
        assert told == []


def look(named: str) -> AgentHolding:
    told: list[AgentHolding] = []
    came = threading.Event()

    def tell(holding: AgentHolding) -> None:
        told.append(holding)
        came.set()

    running = AgentLook(named, tell)
    assert came.wait(10)
    running.stop()
    return told[0]
