"""What keyring and the libraries below it raise, in words of our own tree."""

from __future__ import annotations

import logging

from desktop.core.errors import SecretStoreError, SecretStoreLocked, SecretStoreMissing

_log = logging.getLogger(__name__)

# By name: which of these libraries there are depends on the system, and the import of keyring itself may have failed.
_LOCKED = frozenset(
    (
        "KeyringLocked",
        "LockedException",
        "PromptDismissedException",
        # A backend that exists and won't write or delete: macOS's way to say that the person refused.
        "PasswordSetError",
        "PasswordDeleteError",
    )
)
_MISSING = frozenset(("InitError", "SecretServiceNotAvailableException", "DBusErrorResponse"))


def translated(error: Exception) -> SecretStoreError:
    """A new error without traceback or cause: the frames of the old one may hold a secret. Logs the old one's type."""
    if isinstance(error, SecretStoreError):
        return type(error)()
    names = {type(each).__name__ for each in (error, error.__cause__)}
    trouble = SecretStoreLocked() if names & _LOCKED else SecretStoreMissing()
    # RuntimeError: no backend, or no home folder to look for its settings. OSError: the D-Bus went away.
    known = names & (_LOCKED | _MISSING) or isinstance(error, RuntimeError | OSError)
    # Never its text: an encoding error, for one, quotes what it could not encode.
    _log.log(
        logging.INFO if known else logging.WARNING, "%s: the keyring raised %s", trouble, type(error).__name__
    )
    return trouble
