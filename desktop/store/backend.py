"""Which keyring of this computer is used. Runs in the keyring's worker thread only: finding one can take 0.3 s.

`keyring.get_keyring()` is passed over on purpose. It keeps a failed search for the life of the process, so that a
keyring that starts later is never found, and where packages add backends it may chain to one that writes plain text.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from desktop.core.errors import SecretStoreMissing

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

# Packages and modules whose backends keep secrets in plain text, forget them, or ask for a password on a terminal.
_REFUSED = (
    "keyring.backends.fail",
    "keyring.backends.null",
    "keyring.backends.chainer",
    "keyrings.",
    "sagecipher",
)


def find_backend() -> KeyringBackend:
    """The backend that the person chose in keyring's own settings, else the system's. Raises `SecretStoreMissing`.

    The settings are PYTHON_KEYRING_BACKEND and keyringrc.cfg, see keyring's manual, "Configuring".
    """
    from keyring.core import load_config, load_env

    chosen = load_env() or load_config()
    if chosen is None:
        return _of_system()
    if type(chosen).__module__.startswith(_REFUSED):
        raise SecretStoreMissing
    return chosen


def _of_system() -> KeyringBackend:
    usable = [kind for kind in _kinds_of_system() if kind.viable]
    if not usable:
        raise SecretStoreMissing
    return max(usable, key=_priority)()


def _kinds_of_system() -> Sequence[type[KeyringBackend]]:
    """Imported by statements, not by names as keyring does it, so that a bundler sees them."""
    kinds: Sequence[type[KeyringBackend]]
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        kinds = (WinVaultKeyring,)
    elif sys.platform == "darwin":
        from keyring.backends.macOS import Keyring

        kinds = (Keyring,)
    else:
        from keyring.backends.kwallet import DBusKeyring

        from desktop.store.secret_service import SecretServiceKeyring

        kinds = (SecretServiceKeyring, DBusKeyring)
    return kinds


def _priority(kind: type[KeyringBackend]) -> float:
    return float(kind.priority)
