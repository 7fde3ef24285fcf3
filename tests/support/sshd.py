"""A real OpenSSH server on a loopback port, with host keys, users and settings of its own."""

from __future__ import annotations

import contextlib
import functools
import getpass
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from desktop.core.model import LOOPBACK, Endpoint
from tests.support.keys import KeyFile, KeyKind, make_key
from tests.support.system_user import is_root
from tests.support.waiting import wait_until

SSHD = (
    shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or "/usr/sbin/sshd"
)
PRIVILEGE_SEPARATION_DIR = Path("/run/sshd")
START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 5.0
ANY_PORT = Endpoint(LOOPBACK, 0)
PORT_ATTEMPTS = 3
_STILL = (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
PENALTIES_SINCE = (9, 8)
HOST_KEYS = {"ed25519": KeyKind.ED25519, "ecdsa": KeyKind.ECDSA_256, "rsa": KeyKind.RSA}


class OpenSshServer:
    """`sshd -D` with a configuration of its own, `at` an address and port that stay the same over restarts.

    Port 0 is a free one. `start` begins to listen in the network namespace of the thread that calls it. `user` logs in
    with one of `keys`; a password is that of the system's account, and works only where the tests run as root.
    `settings` are lines of sshd_config(5) and win over the ones made here. `names` are addresses of hosts that it alone
    can name; they need root. `program` is another copy of sshd.
    """

    def __init__(
        self,
        *settings: str,
        user: str = "",
        keys: Iterable[KeyFile] = (),
        at: Endpoint = ANY_PORT,
        names: Mapping[str, str] | None = None,
        program: str = SSHD,
    ) -> None:
        self.user = user or getpass.getuser()
        self.endpoint = at
        # Not in pytest's folder: sshd reads authorized_keys as the user who logs in, who can't enter that one.
        self._dir = Path(tempfile.mkdtemp(prefix="caponier-sshd-", dir="/tmp"))
        self._dir.chmod(0o755)
        self._settings = settings
        self._names = dict(names or {})
        self._program = program
        self._listener: subprocess.Popen[bytes] | None = None
        self._generation = 0
        self.new_host_keys()
        self.authorize(*keys)

    def start(self) -> None:
        """Block until it listens."""
        _make_privilege_separation_dir()
        attempts = PORT_ATTEMPTS if self.endpoint.port == 0 else 1
        for _ in range(attempts):
            port = self.endpoint.port or _free_port()
            if self._launch(port):
                self.endpoint = replace(self.endpoint, port=port)
                return
        raise RuntimeError(f"sshd did not start:\n{self.log_text()}")

    def stop(self) -> None:
        """End the listener and every connection, as a reboot does. Idempotent."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with _sessions_ended(listener.pid):
                listener.terminate()
            listener.wait(STOP_TIMEOUT_S)

    def drop_sessions(self) -> None:
        """End every connection and go on listening."""
        if self._listener is not None:
            with _sessions_ended(self._listener.pid):
                pass

    @contextlib.contextmanager
    def frozen(self, *, listener: bool) -> Iterator[None]:
        """Its sessions stand still meanwhile, as in a server that hangs; its `listener` too, if wanted.

        What has ended by then is not woken.
        """
        assert self._listener is not None
        root = psutil.Process(self._listener.pid)
        still = [*([root] if listener else []), *root.children(recursive=True)]
        try:
            for process in still:
                _stand_still(process)
            yield
        finally:
            for process in still:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()

    def client_ports(self) -> list[int]:
        """The ports from which TCP connections were made to it, oldest first."""
        return [
            int(found)
            for found in re.findall(r"^Connection from \S+ port (\d+)", self.log_text(), re.MULTILINE)
        ]

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._dir)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def authorize(self, *keys: KeyFile, options: str = "") -> None:
        """Let `keys` in beside those of before; `options` as in authorized_keys, such as ``restrict``."""
        with self._authorized_keys_path.open("a") as authorized:
            for key in keys:
                authorized.write(f"{options} {key.public_line}".lstrip() + "\n")
        self._authorized_keys_path.chmod(0o644)

    def new_host_keys(self) -> None:
        """Be another server from the next start on."""
        self._generation += 1
        for name, kind in HOST_KEYS.items():
            make_key(self._dir, kind, name=f"host_{name}", rsa_number=self._generation)

    def host_key(self, kind: str = "ed25519") -> str:
        """``type base64`` of the host key of that `kind`: ``ed25519``, ``ecdsa`` or ``rsa``."""
        return " ".join(self.host_public_path(kind).read_text().split()[:2])

    def host_public_path(self, kind: str = "ed25519") -> Path:
        """The file of that host key's public half."""
        return self._dir / f"host_{kind}.pub"

    def known_hosts_line(self, kind: str = "ed25519") -> str:
        """As ssh-keyscan would print it, with its end of line."""
        return f"[{self.endpoint.host}]:{self.endpoint.port} {self.host_key(kind)}\n"

    def log_text(self) -> str:
        """Everything sshd logged since the first start, at VERBOSE."""
        return self._log_path.read_text(errors="replace") if self._log_path.exists() else ""

    def count_logins(self, method: str = "") -> int:
        """Logins that succeeded: all, or those by ``password``, ``publickey`` ..."""
        return self._count("Accepted", method)

    def count_failures(self, method: str = "password") -> int:
        """Login attempts that were refused."""
        return self._count("Failed", method)

    def expect_logins(self, expected: int, method: str = "") -> None:
        """Fails unless `count_logins` is that, or becomes that: sshd answers the client before it writes the log."""
        self._expect(lambda: self.count_logins(method), expected)

    def expect_failures(self, expected: int, method: str = "password") -> None:
        """As `expect_logins`, for `count_failures`."""
        self._expect(lambda: self.count_failures(method), expected)

    def _expect(self, count: Callable[[], int], expected: int) -> None:
        wait_until(lambda: count() >= expected)
        assert count() == expected, self.log_text()

    def count_connections(self) -> int:
        """TCP connections that were made to it."""
        return len(self.client_ports())

    def _count(self, outcome: str, method: str) -> int:
        pattern = rf"^{outcome} {re.escape(method) or '[^ ]+'} for "
        return len(re.findall(pattern, self.log_text(), re.MULTILINE))

    @property
    def _log_path(self) -> Path:
        return self._dir / "sshd.log"

    @property
    def _authorized_keys_path(self) -> Path:
        return self._dir / "authorized_keys"

    def _launch(self, port: int) -> bool:
        config_path = self._dir / "sshd_config"
        config_path.write_text("\n".join(self._config(port)) + "\n")
        listening_before = self._count_listening()
        command = [*self._naming(), self._program, "-D", "-f", str(config_path), "-E", str(self._log_path)]
        listener = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        # Asking the log, not the port: a probe would be a connection in the log and in MaxStartups.
        wait_until(
            lambda: listener.poll() is not None or self._count_listening() > listening_before, START_TIMEOUT_S
        )
        if listener.poll() is not None:
            return False
        self._listener = listener
        return True

    def _naming(self) -> list[str]:
        """Runs sshd, as the same process, where /etc/hosts is another file."""
        if not self._names:
            return []
        hosts_path = self._dir / "hosts"
        hosts_path.write_text("".join(f"{address} {name}\n" for name, address in self._names.items()))
        script = 'mount --bind "$0" /etc/hosts && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", script, str(hosts_path)]

    def _count_listening(self) -> int:
        return self.log_text().count(f"Server listening on {self.endpoint.host} port")

    def _config(self, port: int) -> list[str]:
        own = [
            f"ListenAddress {replace(self.endpoint, port=port)}",
            *(f"HostKey {self._dir / f'host_{kind}'}" for kind in HOST_KEYS),
            f"AuthorizedKeysFile {self._authorized_keys_path}",
            f"PidFile {self._dir / 'sshd.pid'}",
            "LogLevel VERBOSE",
            "StrictModes no",
            "UsePAM no",
            "UseDNS no",
            "PermitRootLogin yes",
            "PasswordAuthentication yes",
            "KbdInteractiveAuthentication no",
            "MaxStartups 1000",
            "AllowTcpForwarding yes",
        ]
        if openssh_version() >= PENALTIES_SINCE:
            own.append("PerSourcePenalties no")
        # sshd_config(5) lets the first value of a keyword win, but older servers take the last one of MaxStartups.
        given = {setting.split()[0].lower() for setting in self._settings}
        return [*self._settings, *(line for line in own if line.split()[0].lower() not in given)]


def _make_privilege_separation_dir() -> None:
    if is_root():
        PRIVILEGE_SEPARATION_DIR.mkdir(mode=0o755, exist_ok=True)


@contextlib.contextmanager
def _sessions_ended(listener_pid: int) -> Iterator[None]:
    """End all children of a listener, which stands still during the block.

    A process in the middle of a login forks once more: each is stopped before it is asked for its children.
    """
    listener = psutil.Process(listener_pid)
    _stand_still(listener)
    sessions: set[psutil.Process] = set()
    while young := set(listener.children(recursive=True)) - sessions:
        for process in young:
            _stand_still(process)
        sessions |= young
    for process in sessions:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    yield
    listener.resume()
    wait_until(lambda: all(_has_ended(process) for process in sessions), STOP_TIMEOUT_S)


def _stand_still(process: psutil.Process) -> None:
    """Stop it, and wait until it is: one that is busy forking has a child more by then. It may end by itself."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.suspend()
        wait_until(lambda: process.status() in _STILL, STOP_TIMEOUT_S)


def _has_ended(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@functools.cache
def openssh_version() -> tuple[int, int]:
    answer = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])
