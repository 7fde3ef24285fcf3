"""What a server asks, asked in the terminal where the tunnels run."""

from __future__ import annotations

import shutil
import sys

import pytest

from tests.support import program
from tests.support.otp_server import CODE, PASSWORD, Token, count_codes_asked, otp_is_missing, otp_server
from tests.support.otp_server import server as server
from tests.support.otp_server import token as token
from tests.support.pty_program import in_terminal
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of
from tests.support.system_user import SystemUser

pytestmark = [
    pytest.mark.skipif(bool(otp_is_missing()), reason=otp_is_missing()),
    pytest.mark.skipif(sys.platform != "linux" or not shutil.which("setsid"), reason="needs setsid"),
]

PROMPT = "One-time password"


def add(server: OpenSshServer, *names: str) -> str:
    """Connections through it under these names; the option by which its host key is accepted."""
    ask_me = "-o PreferredAuthentications=keyboard-interactive"
    at = f"-p {server.endpoint.port} {server.user}@{server.endpoint.host}"
    for name in names:
        program.must("add", name, f"ssh -N {ask_me} -L 0:db.internal:5432 {at}")
    return f"--accept-host-key={fingerprint_of(server.host_key())}"


@pytest.mark.usefixtures("ssh_kind")
def test_a_code_typed_in_the_terminal_brings_all_connections_up(server: OpenSshServer, token: Token) -> None:
    accept = add(server, "orders", "stock")
    asked, logins = count_codes_asked(server), server.count_logins()
    with in_terminal("up", "orders", "stock", "--here", "--json", accept) as talk:
        talk.wait_for(PROMPT)
        assert f"{server.endpoint.host} asks, for {server.user} of orders:" in talk.said
        code = token.code()
        talk.type(f"{code}\n")
        talk.wait_for('"connection": "orders", "state": "up"')
        talk.wait_for('"connection": "stock", "state": "up"')
        talk.type("\x03")
        assert talk.wait() == 0
        assert code not in talk.said
        assert talk.said.count(PROMPT) == 1
    server.expect_logins(logins + 1)
    assert count_codes_asked(server) - asked == 1


def test_a_wrong_code_ends_it_with_what_to_do(server: OpenSshServer) -> None:
    accept = add(server, "orders")
    with in_terminal("up", "orders", "--here", accept) as talk:
        talk.wait_for(PROMPT)
        talk.type("00000000\n")
        assert talk.wait() == 1
        assert "did not accept the answer" in talk.said
        assert "wait for a fresh one" in talk.said


def test_ctrl_c_at_the_prompt_ends_it_and_the_terminal_shows_what_is_typed_again(
    server: OpenSshServer,
) -> None:
    accept = add(server, "orders")
    with in_terminal("up", "orders", "--here", "--json", accept) as talk:
        talk.wait_for(PROMPT)
        talk.type("\x03")
        talk.wait_for('"state": "off"')
        assert talk.wait() == 0


def test_a_server_that_does_not_wait_any_longer_takes_the_prompt_away(
    system_user: SystemUser, token: Token
) -> None:
    with otp_server(system_user, token, "LoginGraceTime 2") as hasty:
        accept = add(hasty, "orders")
        with in_terminal("up", "orders", "--here", accept) as talk:
            talk.wait_for(PROMPT)
            assert talk.wait() == 1
            assert "did not wait any longer for an answer" in talk.said


def test_without_a_terminal_it_says_that_nobody_can_be_asked(server: OpenSshServer) -> None:
    accept = add(server, "orders")
    answer = program.run("up", "orders", "--here", accept)
    assert answer.status == 1
    assert "nobody can be asked" in answer.err
    assert "Run the command in a terminal" in answer.err
    checked = program.run("check", "orders")
    assert checked.status == 1
    assert "nobody can be asked" in checked.out


def test_a_check_asks_in_the_terminal_too(system_user: SystemUser, token: Token) -> None:
    with otp_server(system_user, token, asks=[PASSWORD, CODE]) as both:
        accept = add(both, "orders")
        with in_terminal("up", "orders", "--here", accept) as talk:
            # The key is known from now on.
            talk.wait_for("Password:")
            talk.type("\x03")
            talk.wait()
        with in_terminal("check", "orders") as talk:
            talk.wait_for("Password:")
            talk.type(f"{system_user.password}\n")
            talk.wait_for(PROMPT)
            talk.type(f"{token.code()}\n")
            talk.wait()
            assert "login           ok" in talk.said
            assert system_user.password not in talk.said
