"""SSH agents that hold keys for one test: OpenSSH's, GnuPG's, and one that stands before another and misbehaves."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path

from tests.support.keys import KeyFile
from tests.support.waiting import wait_until

START_TIMEOUT_S = 10.0
_LIST_REQUEST, _LIST_ANSWER, _SIGN_REQUEST, _FAILURE = 11, 12, 13, 5


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """A socket's path has a hundred characters at most; pytest's folders take most of them."""
    with tempfile.TemporaryDirectory(prefix="caponier-agent-", dir="/tmp") as folder:
        yield Path(folder)


def unix_socket() -> socket.socket:
    if sys.platform != "win32":  # whose sockets lack AF_UNIX, says mypy
        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    raise NotImplementedError


class SshAgent:
    """A running ``ssh-agent``. Use it by `ssh_agent`."""

    def __init__(self, socket_path: Path, process: subprocess.Popen[bytes]) -> None:
        self.socket_path = socket_path
        self._process = process

    def add(self, *keys: KeyFile) -> None:
        for key in keys:
            self._run("ssh-add", "-q", str(key.path))

    def remove_all(self) -> None:
        self._run("ssh-add", "-q", "-D")

    def lock(self) -> None:
        """As ``ssh-add -x`` does. It reads the password from a program where there is no terminal."""
        helper = self.socket_path.with_name("password")
        helper.write_text("#!/bin/sh\necho swordfish\n")
        helper.chmod(0o700)
        self._run("ssh-add", "-x", SSH_ASKPASS=str(helper), SSH_ASKPASS_REQUIRE="force", DISPLAY=":none")

    def stop(self) -> None:
        """Idempotent."""
        self._process.terminate()
        self._process.wait(START_TIMEOUT_S)

    def _run(self, *command: str, **variables: str) -> None:
        environment = os.environ | {"SSH_AUTH_SOCK": str(self.socket_path)} | variables
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def ssh_agent(*keys: KeyFile) -> Iterator[SshAgent]:
    """OpenSSH's, with `keys` in it in this order."""
    with short_folder() as folder:
        path = folder / "agent"
        process = subprocess.Popen(
            ["ssh-agent", "-D", "-a", str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        agent = SshAgent(path, process)
        try:
            wait_until(lambda: _listens(path), START_TIMEOUT_S)
            agent.add(*keys)
            yield agent
        finally:
            agent.stop()


class GpgAgent:
    """A running ``gpg-agent`` with one key for SSH in it. Use it by `gpg_agent`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._environment = os.environ | {"GNUPGHOME": str(home)}
        self._gpg(
            "gpg", "--batch", "--passphrase", "", "--quick-generate-key", "caponier-test", "ed25519", "auth"
        )
        (self.home / "sshcontrol").write_text(f"{self._keygrip()}\n")
        self._gpg("gpgconf", "--launch", "gpg-agent")
        self.socket_path = Path(self._gpg("gpgconf", "--list-dirs", "agent-ssh-socket").strip())
        wait_until(self.socket_path.is_socket, START_TIMEOUT_S)

    @property
    def key(self) -> KeyFile:
        """Its public half; the private one stays with the agent."""
        key_type, blob = self._gpg("gpg", "--export-ssh-key", "caponier-test").split()[:2]
        return KeyFile(self.home / "in the agent", f"{key_type} {blob}")

    def stop(self) -> None:
        self._gpg("gpgconf", "--kill", "gpg-agent")

    def _keygrip(self) -> str:
        listed = self._gpg("gpg", "--with-colons", "--with-keygrip", "--list-secret-keys")
        return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("grp"))

    def _gpg(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def gpg_is_missing() -> bool:
    return any(shutil.which(program) is None for program in ("gpg", "gpg-agent", "gpgconf"))


@contextlib.contextmanager
def gpg_agent() -> Iterator[GpgAgent]:
    with short_folder() as home:
        (home / "gpg-agent.conf").write_text("enable-ssh-support\n")
        agent = GpgAgent(home)
        try:
            yield agent
        finally:
            agent.stop()


class AgentInFront:
    """Speaks the agents' protocol, and leaves the work to the agent at `behind`. Use it by `agent_in_front`.

    It lists the public keys `before` first, which it can't sign with. With `refuses` it signs nothing; with `silent` it
    answers no request of that number, and `asked` is set once there was one.
    """

    def __init__(self, socket_path: Path, behind: Path, before: tuple[bytes, ...]) -> None:
        self.socket_path = socket_path
        self.refuses = False
        self.silent: int | None = None
        self.signed: list[bytes] = []
        self.asked = threading.Event()
        self._behind = behind
        self._before = before
        self._ended = threading.Event()

    def end(self) -> None:
        self._ended.set()

    def answer_to(self, question: bytes) -> bytes | None:
        """None for a caller that is kept waiting until the end."""
        if question[0] == self.silent:
            self.asked.set()
            self._ended.wait(60)
            return None
        if question[0] == _SIGN_REQUEST:
            blob, _ = _split(question[1:])
            if self.refuses or blob in self._before:
                return bytes([_FAILURE])
            self.signed.append(blob)
        answer = ask(self._behind, question)
        if answer[0] != _LIST_ANSWER:
            return answer
        count = int.from_bytes(answer[1:5], "big") + len(self._before)
        own = b"".join(_string(blob) + _string(b"from the front") for blob in self._before)
        return bytes([_LIST_ANSWER]) + count.to_bytes(4, "big") + own + answer[5:]


@contextlib.contextmanager
def agent_in_front(behind: Path, *before: bytes) -> Iterator[AgentInFront]:
    if sys.platform != "win32":
        with short_folder() as folder:
            front = AgentInFront(folder / "front", behind, before)

            class Handler(socketserver.StreamRequestHandler):
                def handle(self) -> None:
                    _serve(front, self.rfile, self.wfile)

            server = socketserver.ThreadingUnixStreamServer(str(front.socket_path), Handler)
            server.daemon_threads = False
            thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="agent in front")
            thread.start()
            try:
                yield front
            finally:
                front.end()
                server.shutdown()
                thread.join()
                server.server_close()
    else:
        raise NotImplementedError


def _serve(front: AgentInFront, questions: BufferedIOBase, answers: BufferedIOBase) -> None:
    while size := questions.read(4):
        answer = front.answer_to(questions.read(int.from_bytes(size, "big")))
        if answer is None:
            return
        answers.write(_string(answer))


def ask(place: Path, question: bytes) -> bytes:
    with unix_socket() as sock:
        sock.connect(str(place))
        sock.sendall(_string(question))
        with sock.makefile("rb") as answers:
            return answers.read(int.from_bytes(answers.read(4), "big"))


def _listens(place: Path) -> bool:
    """There is a moment between the making of a socket and its first listening."""
    try:
        return bool(ask(place, bytes([_LIST_REQUEST])))
    except OSError:
        return False


def blob_of(key: KeyFile) -> bytes:
    return base64.b64decode(key.public_line.split()[1])


def security_key_blob() -> bytes:
    """The public half of a FIDO key, as an agent lists it (OpenSSH's PROTOCOL.u2f)."""
    return _string(b"sk-ssh-ed25519@openssh.com") + _string(bytes(range(32))) + _string(b"ssh:")


def _split(data: bytes) -> tuple[bytes, bytes]:
    end = 4 + int.from_bytes(data[:4], "big")
    return data[4:end], data[end:]


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data
