"""Another program at the same clipboard: it holds a text, and says what is copied next."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

TIMEOUT_S = 30.0
NOTHING = "nothing was copied yet"


class OtherProgram:
    """Use it by `clipboard_of`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @property
    def was_told(self) -> bool:
        """True as soon as somebody else copied something."""
        return self._process.poll() is not None

    def pasted(self) -> str:
        """What somebody else copied. Blocks until then."""
        assert self._process.wait(TIMEOUT_S) == 0
        assert self._process.stdout is not None
        return str(json.loads(self._process.stdout.readline()))


@contextmanager
def clipboard_of(environment: Mapping[str, str], text: str = NOTHING) -> Iterator[OtherProgram]:
    """A program that copied `text`. On X11 a copied text is gone with the program that it was copied from."""
    command = [sys.executable, __file__, text]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline(), "the clipboard was not taken"
        yield OtherProgram(process)
    finally:
        process.kill()
        process.wait(TIMEOUT_S)
        process.stdout.close()


def main(text: str) -> None:
    from PySide6.QtGui import QGuiApplication

    app = QGuiApplication([sys.argv[0]])
    clipboard = app.clipboard()

    def on_changed() -> None:
        if clipboard.text() not in ("", text):
            print(json.dumps(clipboard.text()), flush=True)  # noqa: T201 - what the test reads
            app.quit()

    clipboard.setText(text)
    clipboard.dataChanged.connect(on_changed)
    print("holds it", flush=True)  # noqa: T201
    app.exec()


if __name__ == "__main__":
    main(sys.argv[1])
