"""keyring's Secret Service backend, with its connections closed. Imported on Linux alone, in the keyring's thread."""

from __future__ import annotations

from contextlib import closing

import secretstorage
from keyring.backends.SecretService import Keyring
from keyring.errors import KeyringLocked


class SecretServiceKeyring(Keyring):
    """Where a collection stays locked, the base class (keyring 25.7) leaves its D-Bus connection open.

    A program that runs for weeks and asks a locked keyring at each attempt to connect would run out of sockets.
    """

    def get_preferred_collection(self) -> secretstorage.Collection:
        """The default collection, unlocked, with a connection that the caller closes. May wait for a dialog."""
        connection = secretstorage.dbus_init()
        try:
            return _unlocked(secretstorage.get_default_collection(connection))
        except BaseException:
            connection.close()
            raise


def _unlocked(collection: secretstorage.Collection) -> secretstorage.Collection:
    if collection.is_locked() and collection.unlock():
        raise KeyringLocked("the person dismissed the dialog, or nothing showed one")
    return collection


def is_locked() -> bool:
    """Whether its next use opens a dialog: to unlock the default collection, or to make one. Opens none itself."""
    with closing(secretstorage.dbus_init()) as connection:
        try:
            return bool(secretstorage.Collection(connection).is_locked())
        except secretstorage.ItemNotFoundException:
            return True
