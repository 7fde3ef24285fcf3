"""Certificates as an authority makes them with ssh-keygen(1)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.keys import KeyFile, make_key_with_ssh_keygen

FOR_A_DAY = "-5m:+1d"
LONG_OVER = "20200101:20200102"
NOT_YET = "+1d:+2d"


class Authority:
    """A key that signs others. `options` are those of ssh-keygen(1) for the authority's own key."""

    def __init__(self, folder: Path, *options: str, name: str = "ca") -> None:
        self.key = make_key_with_ssh_keygen(folder, *options, name=name)

    def known_hosts_line(self, hosts: str) -> str:
        return f"@cert-authority {hosts} {self.key.public_line}\n"

    def sign(
        self,
        public_path: Path,
        *options: str,
        principals: str = "",
        valid: str = FOR_A_DAY,
        host: bool = False,
        key_id: str = "made for a test",
    ) -> Path:
        """Write the certificate beside the public key, and return its path. `options` as in ssh-keygen(1)."""
        command = ["ssh-keygen", "-q", "-s", str(self.key.path), "-I", key_id, "-V", valid, *options]
        command += ["-h"] if host else []
        command += ["-n", principals] if principals else []
        subprocess.run([*command, str(public_path)], check=True, stdin=subprocess.DEVNULL)
        return public_path.with_name(f"{public_path.stem}-cert.pub")

    def sign_key(self, key: KeyFile, *options: str, principals: str = "", valid: str = FOR_A_DAY) -> Path:
        """A certificate for a user's key."""
        return self.sign(key.public_path, *options, principals=principals, valid=valid)
