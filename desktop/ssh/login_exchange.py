"""One method of a login as RFC 4252 and 4256 have it, for a `Lane`.

What is bent here was read in paramiko 5.1 (auth_handler.py). paramiko asks for answers on the reader thread, which is
deaf meanwhile; here it goes on reading, so that a server that does not wait any longer is noticed. And what the server
would take instead of what it refused is kept.
"""

from __future__ import annotations

import threading
import time

import paramiko
from paramiko.common import cMSG_USERAUTH_INFO_RESPONSE
from paramiko.ssh_exception import AuthenticationException

from desktop.core.challenge import MOST_PROMPTS
from desktop.ssh.forwarding import Handler

_LOOK_AGAIN_S = 0.1
# What a server takes to judge an answer, or to wait for a yes on a phone. OpenSSH gives a login 120 s in all.
JUDGES_WITHIN_S = 300.0


class LoginExchange(paramiko.AuthHandler):
    """One attempt. Its lane learns what the server would take, in `methods_offered`, and what it says beside."""

    def _parse_userauth_banner(self, message: paramiko.Message) -> None:
        self.transport.login_banner = _text(message)

    def _parse_service_accept(self, message: paramiko.Message) -> None:
        """What can't be signed ends the attempt, not the lane: there may be another way."""
        try:
            super()._parse_service_accept(message)
        except paramiko.SSHException:
            self.auth_event.set()

    def _parse_userauth_failure(self, message: paramiko.Message) -> None:
        self.transport.methods_offered = message.get_list()
        message.rewind()
        super()._parse_userauth_failure(message)


class Interview(LoginExchange):
    """Keyboard-interactive. The rounds are answered by whoever calls `run`."""

    def __init__(self, lane: paramiko.Transport) -> None:
        super().__init__(lane)
        self._news = threading.Event()
        self._round: tuple[str, str, list[tuple[str, bool]]] | None = None

    @property
    def awaits_answer(self) -> bool:
        """Any thread."""
        return not self._news.is_set() and bool(self.transport.is_active())

    def run(self, username: str, handler: Handler) -> list[str]:
        """The further methods that the server wants. Blocks, also for whatever `handler` waits for, and raises that."""
        self.auth_interactive(username, handler, self._news)
        while True:
            self._wait_for_news()
            if self._round is None:
                return list(self.wait_for_response(self._news))
            asked, self._round = self._round, None
            # From here on, news are that the server does not wait for the answer.
            self._news.clear()
            self._send(handler(*asked))

    def _wait_for_news(self) -> None:
        until_mono = time.monotonic() + JUDGES_WITHIN_S
        while not self._news.wait(_LOOK_AGAIN_S) and self.transport.is_active():
            if time.monotonic() >= until_mono:
                raise AuthenticationException("no answer to the answers")
        if not self.transport.is_active():
            # It says how the lane ended.
            self._round = None

    def _send(self, answers: list[str]) -> None:
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
        message.add_int(len(answers))
        for answer in answers:
            message.add_string(answer)
        self.transport._send_message(message)

    def _parse_userauth_info_request(self, message: paramiko.Message) -> None:
        title, text = _text(message), _text(message)
        message.get_binary()
        # One more than is taken tells that there are too many; paramiko would read as many as are claimed.
        count = min(message.get_int(), MOST_PROMPTS + 1)
        self._round = title, text, [(_text(message), message.get_boolean()) for _ in range(count)]
        self._news.set()


def _text(message: paramiko.Message) -> str:
    said: bytes = message.get_binary()
    return said.decode(errors="replace")
