"""What a real sshd was shown in the public key method, out of its log."""

from __future__ import annotations

import re

from tests.support.keys import KeyFile
from tests.support.sshd import OpenSshServer
from tests.support.stage import fingerprint_of

# What a server needs to tell of refused keys, too.
TELLING = "LogLevel DEBUG1"


class Watch:
    """What a server that is `TELLING` logs from now on."""

    def __init__(self, server: OpenSshServer) -> None:
        self._server = server
        self._before = len(server.log_text())

    @property
    def offered(self) -> list[str]:
        """Fingerprints of the keys it was offered, in order; one that was asked about and then used counts once."""
        return list(dict.fromkeys(fingerprint for _, fingerprint in self._shown()))

    @property
    def shown(self) -> list[str]:
        """As `offered`, but a certificate counts beside its key, and has ``-CERT`` behind its fingerprint."""
        told = (
            f"{fingerprint}{'-CERT' if kind.endswith('-CERT') else ''}" for kind, fingerprint in self._shown()
        )
        return list(dict.fromkeys(told))

    @property
    def logins(self) -> int:
        return len(re.findall(r"^Accepted publickey", self.text, re.MULTILINE))

    @property
    def text(self) -> str:
        return self._server.log_text()[self._before :]

    def _shown(self) -> list[tuple[str, str]]:
        return re.findall(
            r"(?:Failed|Accepted|Postponed) publickey for .* ssh2: (\S+) (SHA256:\S+)", self.text
        )


def plain(key: KeyFile) -> str:
    """A key as in `Watch.shown`."""
    return fingerprint_of(key.public_line)


def certified(key: KeyFile) -> str:
    """A certificate of a key as in `Watch.shown`."""
    return f"{plain(key)}-CERT"
