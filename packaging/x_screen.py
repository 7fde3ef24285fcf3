"""A screen nobody sees, and word of each window that appears on it."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from typing import Self

SIZE = "1280x900x24"
STOP_TIMEOUT_S = 5.0
# Less is a tray, an icon or a window that only owns a selection.
LEAST_PX = 200
_ALREADY_THERE_S = 0.001

# X11 protocol, appendix B: requests and events as bytes, little-endian.
_EVENT_BYTES = 32
_CREATE_NOTIFY, _MAP_NOTIFY, _CONFIGURE_NOTIFY = 16, 19, 22
_SIZE_IN = {_CREATE_NOTIFY: "<8xI4xHH", _CONFIGURE_NOTIFY: "<8xI8xHH"}
_CHANGE_WINDOW_ATTRIBUTES, _EVENT_MASK, _SUBSTRUCTURE_NOTIFY = 2, 0x800, 0x80000


class Appearances:
    """Every top-level window that is mapped from now on. Use it in a ``with``.

    It speaks X11 itself: a program asked in turns would cost more than what is measured.
    """

    def __init__(self, display: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._sizes_px: dict[int, tuple[int, int]] = {}
        try:
            self._socket.connect(f"/tmp/.X11-unix/X{display.removeprefix(':')}")  # noqa: S108 - X11's own place
            root = self._greet()
            mask = struct.pack("<II", _EVENT_MASK, _SUBSTRUCTURE_NOTIFY)
            self._socket.sendall(struct.pack("<BxHI", _CHANGE_WINDOW_ATTRIBUTES, 4, root) + mask)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def next(self, timeout_s: float) -> float | None:
        """When a window of some size came, in monotonic seconds; None where none did in time."""
        deadline_mono = time.monotonic() + timeout_s
        with contextlib.suppress(TimeoutError):
            while True:
                event = self._read(_EVENT_BYTES, max(deadline_mono - time.monotonic(), _ALREADY_THERE_S))
                at_mono = time.monotonic()
                if min(self._mapped_size_px(event)) >= LEAST_PX:
                    return at_mono
        return None

    def _mapped_size_px(self, event: bytes) -> tuple[int, int]:
        """Nothing where the event says something else."""
        # The top bit says that a client sent it.
        kind = event[0] & 0x7F
        if kind == _MAP_NOTIFY:
            (window,) = struct.unpack_from("<8xI", event)
            return self._sizes_px.get(window, (0, 0))
        if kind in (_CREATE_NOTIFY, _CONFIGURE_NOTIFY):
            window, width_px, height_px = struct.unpack_from(_SIZE_IN[kind], event)
            self._sizes_px[window] = (width_px, height_px)
        return (0, 0)

    def _greet(self) -> int:
        """The id of the root window."""
        self._socket.sendall(struct.pack("<cxHHHH2x", b"l", 11, 0, 0, 0))
        accepted, length = struct.unpack("<B5xH", self._read(8, STOP_TIMEOUT_S))
        answer = self._read(4 * length, STOP_TIMEOUT_S)
        if accepted != 1:
            raise ConnectionRefusedError(answer)
        vendor_bytes, formats = struct.unpack_from("<16xH3xB", answer)
        (root,) = struct.unpack_from("<I", answer, 32 + (vendor_bytes + 3) // 4 * 4 + 8 * formats)
        return int(root)

    def _read(self, count: int, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        data = b""
        while len(data) < count:
            part = self._socket.recv(count - len(data))
            if not part:
                raise ConnectionResetError("the X server ended")
            data += part
        return data


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """The name of a display of its own."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SIZE, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL)
    os.close(writer)
    with ended(server):
        with os.fdopen(reader) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"


@contextlib.contextmanager
def tray(display: str) -> Iterator[None]:
    """A strip for icons, as X11 has it; programs without a session bus use that one."""
    command = ["trayer", "--SetDockType", "true", "--widthtype", "request", "--height", "32"]
    with ended(subprocess.Popen(command, env={**os.environ, "DISPLAY": display}, stderr=subprocess.DEVNULL)):
        yield


@contextlib.contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """`process`, which is gone at the end, one way or the other."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
