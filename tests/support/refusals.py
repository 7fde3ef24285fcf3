"""What is said about a private key that can't be used, and that it gives nothing away."""

from __future__ import annotations

import traceback

import pytest

from desktop.core.errors import CaponierError
from desktop.ssh.keys import load_private_key

REFUSED_PATH = "~/.ssh/id"
REFUSED_STORE = "secret_store_locked"


def refusal(data: bytes, passphrase: str | None = None) -> CaponierError:
    with pytest.raises(CaponierError) as caught:
        load_private_key(data, passphrase, REFUSED_PATH, REFUSED_STORE)
    return caught.value


def assert_tells_nothing(error: CaponierError, *secrets: str) -> None:
    """Neither the error nor anything that hangs on it shows a piece of the key."""
    assert error.__cause__ is None
    assert error.__context__ is None
    told = f"{error!r} {error.args} {error.facts} {''.join(traceback.format_exception(error))}"
    pieces = {piece for secret in secrets for piece in secret.split("\n") if piece and "-----" not in piece}
    assert not [piece for piece in pieces if piece in told]
