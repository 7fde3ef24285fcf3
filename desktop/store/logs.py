"""The log: where it goes, how much of it, and what becomes of errors that nobody caught."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from desktop.store.paths import Paths, make_private
from desktop.store.redaction import RedactingFormatter, Redactor

_log = logging.getLogger(__name__)

FILE_BYTES = 1_000_000
FILES = 3


def configure_logging(paths: Paths, redactor: Redactor, *, verbose: bool) -> Callable[[], None]:
    """Send every record of this process to the log file. Returns the way back, which also closes the file.

    Where the file can't be opened, warnings go to standard error, if there is one, and the program runs on.
    """
    trouble: OSError | None = None
    handler: logging.Handler
    try:
        make_private(paths.log_dir)
        handler = _PrivateFile(paths.log_path)
    except OSError as error:
        trouble = error
        handler = _standard_error()
    handler.setFormatter(RedactingFormatter(redactor))
    restore = _attach(handler, verbose=verbose)
    if trouble is not None:
        _log.warning("No log is written to %s: %s", paths.log_path, trouble.strerror)
    return restore


def install_excepthooks(redactor: Redactor) -> Callable[[], None]:
    """Log what nobody caught, in any thread, and show it, masked, on standard error. Returns the way back."""
    old_hook, old_thread_hook = sys.excepthook, threading.excepthook

    def on_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            old_hook(kind, error, trace)
            return
        _log.critical("Uncaught error", exc_info=(kind, error, trace))
        _show("".join(traceback.format_exception(kind, error, trace)), redactor)

    def on_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, SystemExit):
            return
        name = args.thread.name if args.thread else "a thread that is gone"
        _log.critical(
            "Uncaught error in %s", name, exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )
        _show("".join(traceback.format_exception(args.exc_value)), redactor)

    def restore() -> None:
        sys.excepthook, threading.excepthook = old_hook, old_thread_hook

    sys.excepthook, threading.excepthook = on_uncaught, on_uncaught_in_thread
    return restore


def _show(text: str, redactor: Redactor) -> None:
    # Without a console, as in a windowed program on Windows, there is no standard error.
    if sys.stderr is not None:
        sys.stderr.write(redactor.mask(text))


class _PrivateFile(RotatingFileHandler):
    """Mode 0600. A full disk, or a second process at the same file, costs records and nothing else."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", errors="backslashreplace"
        )

    def _open(self) -> TextIOWrapper:
        # The opener names the mode, so that the file is private from its first moment.
        return open(
            self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=_private_opener
        )

    def doRollover(self) -> None:  # noqa: N802 - the base class's name
        try:
            super().doRollover()
        except OSError:
            # Windows renames no file that another process has open: grow on.
            self.stream = self.stream or self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the base class's name
        """Nothing: the base class would print the record, unmasked, on standard error."""


def _private_opener(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _standard_error() -> logging.Handler:
    if sys.stderr is None:
        return logging.NullHandler()
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    return handler


def _attach(handler: logging.Handler, *, verbose: bool) -> Callable[[], None]:
    root, paramiko = logging.getLogger(), logging.getLogger("paramiko")
    old_levels = root.level, paramiko.level
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    # paramiko tells every channel and packet at INFO and DEBUG.
    paramiko.setLevel(logging.DEBUG if verbose else logging.WARNING)
    root.addHandler(handler)

    def restore() -> None:
        root.removeHandler(handler)
        handler.close()
        root.setLevel(old_levels[0])
        paramiko.setLevel(old_levels[1])

    return restore
