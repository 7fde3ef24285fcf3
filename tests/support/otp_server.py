"""A real OpenSSH server that asks by PAM, for one-time codes too (OATH's HOTP, RFC 4226)."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support.keys import KeyFile
from tests.support.sshd import SSHD, OpenSshServer, openssh_version
from tests.support.system_user import SystemUser, is_root

PAM_DIR = Path("/etc/pam.d")
_OATH = "pam_oath.so usersfile={users} window=20 digits=8"
PASSWORD, CODE = "auth required pam_unix.so", f"auth required {_OATH}"
# sshd's password method goes through PAM as well, where nobody can be asked for a code. pam_oath takes a longer answer
# than a code for a password with a code behind it: the password has to be shorter.
CODE_OR_PASSWORD = (f"auth sufficient {_OATH}", PASSWORD)
# Since then sshd_config(5) can name the PAM service; before, it is called like the program.
SERVICE_NAMED_SINCE = (9, 8)
_ALLOW = ("account required pam_permit.so", "session required pam_permit.so")


def otp_is_missing() -> str:
    """What keeps tests from running such a server here; empty where nothing does."""
    modules = [*Path("/usr/lib").glob("*/security/pam_oath.so"), *Path("/lib").glob("*/security/pam_oath.so")]
    if not is_root() or not PAM_DIR.is_dir():
        return "needs root, for a PAM service of its own"
    return "" if modules and shutil.which("oathtool") else "needs libpam-oath and oathtool"


class Token:
    """A person's token for one-time codes. Each of its codes is good for one login."""

    def __init__(self) -> None:
        self.secret = secrets.token_hex(20)
        self._count = 0

    def code(self) -> str:
        """The next one."""
        command = ["oathtool", "--hotp", f"--counter={self._count}", "--digits=8", self.secret]
        self._count += 1
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextlib.contextmanager
def otp_server(
    user: SystemUser,
    token: Token,
    *settings: str,
    asks: Iterable[str] = (CODE,),
    keys: Iterable[KeyFile] = (),
) -> Iterator[OpenSshServer]:
    """Lets `user` in who answers what PAM `asks`, in that order; `settings` as in `OpenSshServer`.

    The machine's own PAM services are not touched.
    """
    service = f"caponier-test-{secrets.token_hex(4)}"
    folder = Path(tempfile.mkdtemp(prefix="caponier-otp-", dir="/tmp"))
    users_path, service_path = folder / "users.oath", PAM_DIR / service
    users_path.touch(mode=0o600)
    users_path.write_text(f"HOTP {user.name} - {token.secret}\n")
    try:
        lines = [line.format(users=users_path) for line in asks]
        service_path.write_text("\n".join((*lines, *_ALLOW)) + "\n")
        own = ["UsePAM yes", "KbdInteractiveAuthentication yes"]
        program = Path(SSHD)
        if openssh_version() >= SERVICE_NAMED_SINCE:
            own.append(f"PAMServiceName {service}")
        else:
            program = folder / service
            shutil.copy(SSHD, program)
        with OpenSshServer(*settings, *own, user=user.name, keys=keys, program=str(program)) as running:
            yield running
    finally:
        service_path.unlink(missing_ok=True)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def token() -> Token:
    return Token()


@pytest.fixture(scope="module")
def server(system_user: SystemUser, token: Token) -> Iterator[OpenSshServer]:
    """Wants a code of `token`."""
    with otp_server(system_user, token) as running:
        yield running


def count_codes_asked(server: OpenSshServer) -> int:
    """How often somebody was asked by PAM."""
    return server.log_text().count("Postponed keyboard-interactive for ")
