"""Where SSH agents listen on each system, also for a program that was started from a dock, without SSH_AUTH_SOCK."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

# The name under which a person chooses PuTTY's agent, which has a window instead of a socket.
PAGEANT = "pageant"
# Of the Windows service "OpenSSH Authentication Agent"; 1Password for Windows takes the same.
OPENSSH_PIPE = r"\\.\pipe\openssh-ssh-agent"
_PIPES = "\\\\.\\pipe\\"
_VARIABLE = "SSH_AUTH_SOCK"


def agent_places(named: str, environment: Mapping[str, str], home: Path | None) -> tuple[str, ...]:
    """The places to look at, likeliest first: only `named` where that is one.

    A named one may begin with ``~``, and may be a variable as in ssh_config(5), IdentityAgent. Sockets that were not
    named are there and belong to this account.
    """
    if named:
        return (_expanded(named, environment, home),)
    given = environment.get(_VARIABLE, "")
    if sys.platform == "win32":
        # Pageant last: it may run for PuTTY's sake alone, while the service runs only where somebody set it up. In the
        # variable, Git's and Cygwin's shells put a file that only their own programs understand.
        first, usual = is_pipe(given), (OPENSSH_PIPE, PAGEANT)
    else:
        first = bool(given)
        usual = tuple(str(path) for path in _usual_sockets(environment, home) if _is_own_socket(path))
    return tuple(dict.fromkeys((given, *usual) if first else usual))


def is_pipe(place: str) -> bool:
    return place.replace("/", "\\").lower().startswith(_PIPES)


def _expanded(named: str, environment: Mapping[str, str], home: Path | None) -> str:
    if named.startswith("$"):
        return environment.get(named.removeprefix("$").strip("{}"), named)
    if named.startswith("~/") and home is not None:
        return str(home / named.removeprefix("~/"))
    return named


def _usual_sockets(environment: Mapping[str, str], home: Path | None) -> Iterator[Path]:
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime:
        # GNOME's keyring until 45, and its successor in GNOME 46; KDE and others start OpenSSH's own as a user service.
        for name in ("keyring/ssh", "gcr/ssh", "ssh-agent.socket", "openssh_agent"):
            yield Path(runtime, name)
    if sys.platform == "darwin":
        # launchd starts OpenSSH's agent when somebody knocks.
        yield from sorted(Path("/private/tmp").glob("com.apple.launchd.*/Listeners"))
    if home is not None:
        # https://developer.1password.com/docs/ssh/agent: one path for Linux, one for macOS.
        yield home / ".1password/agent.sock"
        yield home / "Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock"
    if runtime:
        yield Path(runtime, "gnupg/S.gpg-agent.ssh")
    # gpg-agent(1): in the home folder where the system has no folder for sockets.
    if environment.get("GNUPGHOME"):
        yield Path(environment["GNUPGHOME"], "S.gpg-agent.ssh")
    elif home is not None:
        yield home / ".gnupg/S.gpg-agent.ssh"


def _is_own_socket(path: Path) -> bool:
    """Somebody else's in a shared folder would learn when and where this person logs in."""
    try:
        return path.is_socket() and (sys.platform == "win32" or path.stat().st_uid == os.getuid())
    except OSError:
        return False
