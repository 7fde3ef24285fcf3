"""Host keys of every kind, made once."""

from __future__ import annotations

import paramiko
import pytest

from desktop.ssh.keys import load_private_key
from tests.support.keys import KeyKind, make_key


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, paramiko.PKey]:
    """Two Ed25519 keys, and one of each other kind."""
    folder = tmp_path_factory.mktemp("keys")
    made = {
        "ed25519": make_key(folder, name="one"),
        "another": make_key(folder, name="two"),
        "ecdsa": make_key(folder, KeyKind.ECDSA_256),
        "rsa": make_key(folder, KeyKind.RSA),
    }
    return {name: load_private_key(key.path.read_bytes(), None) for name, key in made.items()}
