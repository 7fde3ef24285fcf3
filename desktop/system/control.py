"""Asks the window that runs, from a process without Qt. Imports little: ``caponier status`` has 50 ms to answer in.

One request a connection: a JSON object on a line. The answers are JSON objects on lines, and the last one holds
``"done": true`` and the exit status for the command line. `desktop.system.control_server` is the other end.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from io import BufferedReader

Message = dict[str, object]

_LONGEST_ANSWER = 16 * 1024 * 1024
_NOBODY_THERE = (FileNotFoundError, NotADirectoryError, ConnectionRefusedError, PermissionError)


class NoWindow(Exception):
    """No window runs, or none of this person's."""


class NoAnswer(Exception):
    """The window did not answer in time, or ended before it had answered all."""


def ask(socket_path: str, request: Message, first_within_s: float) -> Iterator[Message]:
    """Send `request` and give the answers as they come, the last one included.

    Blocks: at most `first_within_s` for the first answer, for the others as long as it takes. A pipe of Windows knows
    no deadline. Raises `NoWindow` instead of the first answer, and `NoAnswer` at any time.
    """
    try:
        connection = _Connection(socket_path, first_within_s)
    except _NOBODY_THERE as error:
        raise NoWindow from error
    except OSError as error:
        raise NoAnswer from error
    with closing(connection):
        try:
            connection.send(json.dumps(request).encode() + b"\n")
            yield from _answers(connection)
        except (OSError, ValueError) as error:
            raise NoAnswer from error


def come_forward(socket_path: str, *, hidden: bool, link: str = "", within_s: float) -> bool | None:
    """Ask the window that runs to show itself on top, with what `link` asks for.

    With `hidden` it is only asked whether it is there.

    Blocks. True where it did, False where it does not answer, None where there is none.
    """
    request: Message = {"do": "ping"}
    if not hidden:
        _pass_the_foreground_on()
        # From whoever started us (xdg-activation-v1): the compositor lets its bearer come to the front.
        token = os.environ.get("XDG_ACTIVATION_TOKEN", "")
        request = {"do": "open" if link else "raise", "link": link, "token": token}
    try:
        return all(answer.get("status") == 0 for answer in ask(socket_path, request, within_s))
    except NoWindow:
        return None
    except NoAnswer:
        return False


def _answers(connection: _Connection) -> Iterator[Message]:
    while True:
        answer = json.loads(connection.reader.readline(_LONGEST_ANSWER) or b"null")
        if not isinstance(answer, dict):
            raise NoAnswer
        yield answer
        if answer.get("done"):
            return
        connection.wait_for_ever()


if sys.platform == "win32":

    def server_name(socket_path: str) -> str:
        """What the window listens on: a pipe named after the socket, with no backslash in it (CreateNamedPipe)."""
        import hashlib

        digest = hashlib.sha256(os.path.normcase(socket_path).encode()).hexdigest()[:32]
        return rf"\\.\pipe\caponier-{digest}"

    class _Connection:
        def __init__(self, socket_path: str, _timeout_s: float) -> None:
            self._pipe = open(server_name(socket_path), "r+b", buffering=0)  # noqa: SIM115 - `close` closes it
            self.reader = BufferedReader(self._pipe)

        def send(self, content: bytes) -> None:
            self._pipe.write(content)

        def wait_for_ever(self) -> None:
            """It does so from the start."""

        def close(self) -> None:
            self.reader.close()

    def _pass_the_foreground_on() -> None:
        """Only the process that the person just started may bring a window to the front (AllowSetForegroundWindow)."""
        import ctypes

        any_process = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_process)

else:
    import socket

    def server_name(socket_path: str) -> str:
        """What the window listens on."""
        return socket_path

    class _Connection:
        def __init__(self, socket_path: str, timeout_s: float) -> None:
            _refuse_what_others_may_have_made(os.path.dirname(socket_path))
            self._socket = socket.socket(socket.AF_UNIX)
            try:
                self._socket.settimeout(timeout_s)
                self._socket.connect(socket_path)
                self.reader = self._socket.makefile("rb")
            except BaseException:
                self._socket.close()
                raise

        def send(self, content: bytes) -> None:
            self._socket.sendall(content)

        def wait_for_ever(self) -> None:
            self._socket.settimeout(None)

        def close(self) -> None:
            self.reader.close()
            self._socket.close()

    def _pass_the_foreground_on() -> None:
        """Nothing to do here."""

    def _refuse_what_others_may_have_made(folder: str) -> None:
        """It may be in the temporary folder. The window never listens in such a one. Raises `OSError`."""
        found = os.lstat(folder)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise PermissionError(folder)
