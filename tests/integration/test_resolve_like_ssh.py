"""`resolve` against the real ``ssh -G``, option by option."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from desktop.core.config_errors import CommandNotUnderstood
from desktop.core.ssh_config_errors import SshConfigError, SshConfigUntrusted
from desktop.ssh_config.options import PRINTED
from desktop.ssh_config.resolve import resolve
from tests.integration.ssh_configs.blocks import BLOCKS
from tests.integration.ssh_configs.case import Case
from tests.integration.ssh_configs.options import OPTIONS
from tests.integration.ssh_configs.refused import REFUSED


def version() -> str:
    if shutil.which("ssh") is None:
        return ""
    return subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=False).stderr


# Other versions differ from it here and there, as `caponier resolve --help` says.
pytestmark = pytest.mark.skipif(not version().startswith("OpenSSH_9.2"), reason="OpenSSH 9.2 is the model")

HOSTS = [*OPTIONS, *BLOCKS]
PAIRS = [(case, host) for case in HOSTS for host in case.hosts]
_VARIABLES = {"CORPUS_WORD": "word", "CORPUS_PERCENT": "100%h", "CORPUS_PORT": "15432"}


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CORPUS_UNSET", raising=False)


@pytest.fixture
def ssh_dir(home: Path) -> Path:
    folder = home / ".ssh"
    folder.mkdir(mode=0o700)
    return folder


def written(case: Case, ssh_dir: Path) -> str:
    for name, text in case.files.items():
        path = ssh_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        path.chmod(0o600)
    path = ssh_dir / "config"
    path.write_text(case.text.replace("{dir}", str(ssh_dir)), encoding="utf-8", newline="")
    return str(path)


def ssh_g(path: str, host: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["ssh", "-G", "-F", path, host],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )


def by_name(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in lines:
        found.setdefault(name, []).append(value)
    return found


def ssh_says(path: str, host: str) -> dict[str, list[str]]:
    answer = ssh_g(path, host)
    assert answer.returncode == 0, answer.stderr
    lines = [line.partition(" ") for line in os.fsdecode(answer.stdout).splitlines()]
    return by_name((name, value) for name, _, value in lines if name in PRINTED)


def test_the_corpus_is_large_enough() -> None:
    assert len(PAIRS) >= 60
    assert len({case.name for case in (*HOSTS, *REFUSED)}) == len(HOSTS) + len(REFUSED)


@pytest.mark.parametrize(("case", "host"), PAIRS, ids=[f"{case.name}-{host}" for case, host in PAIRS])
def test_a_host_resolves_as_for_ssh(case: Case, host: str, ssh_dir: Path) -> None:
    path = written(case, ssh_dir)
    wanted = ssh_says(path, host)
    # Older versions of ssh don't print it.
    wanted.setdefault("host", [host.rpartition("@")[2]])
    assert by_name(resolve(host, config_path=path).lines) == wanted
    assert not (ssh_dir / "ran").exists()


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_ssh_refuses_is_refused(case: Case, ssh_dir: Path) -> None:
    path = written(case, ssh_dir)
    assert ssh_g(path, "a").returncode != 0
    with pytest.raises(SshConfigError):
        resolve("a", config_path=path)


def test_lines_come_in_the_order_of_ssh(ssh_dir: Path) -> None:
    case = Case("", "LocalForward 80 a:80\nCertificateFile /c\nProxyJump b\nBindAddress 192.0.2.1\n", ("a",))
    path = written(case, ssh_dir)
    printed = list(ssh_says(path, "a"))
    assert [name for name, _ in resolve("a", config_path=path).lines if name in printed] == [
        name for name, values in ssh_says(path, "a").items() for _ in values
    ]


@pytest.mark.parametrize("host", ["a;b", "-a", "a b", "a$(b)", "x;y@a", ""])
def test_what_ssh_takes_for_no_host_is_refused(host: str) -> None:
    with pytest.raises(CommandNotUnderstood):
        resolve(host, config_path="none")


def test_a_file_that_others_can_write_to_is_refused_by_both_where_it_is_included(ssh_dir: Path) -> None:
    path = written(Case("", "Include inner\n", ("a",), {"inner": "User ada\n"}), ssh_dir)
    assert resolve("a", config_path=path).user == "ada"
    (ssh_dir / "inner").chmod(0o666)
    assert ssh_g(path, "a").returncode != 0
    with pytest.raises(SshConfigUntrusted):
        resolve("a", config_path=path)
