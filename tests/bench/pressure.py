"""What Caponier promises about itself under pressure: one round of each part, through a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from unittest import mock

from desktop.core.model import LOOPBACK
from tests.bench.children import child
from tests.bench.crowd import Served
from tests.bench.lateness import Lateness
from tests.bench.peers import caponier, save_connection
from tests.bench.rig import Rig
from tests.bench.rounds import Figures, rate_mib_s, spread
from tests.bench.sampler import REQUEST_BYTES
from tests.bench.services import ECHO
from tests.bench.watch import Watch
from tests.support.local_clients import answer, client_of
from tests.support.xvfb import virtual_screen

_PERCENT = 100
_STEADY_MIB = 2.0
_STEADY_FOR_S = 1.5
_STEADY_AT_MOST_S = 8.0
# As launchd sets it for programs: Caponier has to raise it itself, whatever the bench and its servers need.
_FEW_FILES = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (256, r.getrlimit(r.RLIMIT_NOFILE)[1]))"
# Qt remarks on a desktop without portals; no keyring of the person is asked.
_QUIET = {
    "QT_LOGGING_RULES": "qt.qpa.services=false",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}


@dataclass(frozen=True, slots=True)
class Strain:
    """How many, and for how long. A download runs for `warm_s` before it counts."""

    crowd: int = 1000
    stalled: int = 100
    hold_s: float = 1.0
    warm_s: float = 0.5
    steady_s: float = 2.0
    settle_s: float = 0.5
    idle_s: float = 3.0
    loaded_s: float = 10.0
    proxied_s: float = 8.0


Part = Callable[[Rig, Strain], Figures]


def quick(strain: Strain) -> Strain:
    """The same crowds, for a shorter time."""
    return replace(strain, steady_s=1.0, idle_s=1.0, loaded_s=3.0, proxied_s=2.0)


def crowd(rig: Rig, strain: Strain) -> Figures:
    with caponier(rig, first=_FEW_FILES) as program:
        port = program.port()
        _warm_up(port)
        with Watch(program.pid) as watch, child("tests.bench.crowd", LOOPBACK, port, strain.crowd) as said:
            served = Served(**json.loads(said))
            time.sleep(strain.hold_s)
    if served.failures:
        print(f"not served: {'; '.join(served.failures)}, ...", file=sys.stderr)
    return {
        "crowd_served_percent": served.answered / strain.crowd * _PERCENT,
        "crowd_took_ms": served.took_ms,
        "crowd_threads": watch.most_threads,
        "crowd_more_mib": watch.more_mib,
    }


def stalled(rig: Rig, strain: Strain) -> Figures:
    with caponier(rig) as program:
        port = program.port()
        _warm_up(port)
        with Watch(program.pid) as watch:
            alone_mib_s = _download_mib_s(rig, port, strain)
            assert alone_mib_s, "nothing came of a download alone"
            alone_mib = watch.more_mib
            time.sleep(strain.settle_s)
            with child("tests.bench.stalled", LOOPBACK, port, strain.stalled) as said:
                assert said == str(strain.stalled), (
                    f"only {said} clients of {strain.stalled} got a first piece"
                )
                watch.wait_until_steady(_STEADY_MIB, _STEADY_FOR_S, _STEADY_AT_MOST_S)
                beside_mib_s = _download_mib_s(rig, port, strain)
    return {
        "stalled_more_mib": watch.more_mib,
        "alone_more_mib": alone_mib,
        "alone_mib_s": alone_mib_s,
        "beside_mib_s": beside_mib_s,
        "beside_percent": beside_mib_s / alone_mib_s * _PERCENT,
    }


def window(rig: Rig, strain: Strain) -> Figures:
    save_connection(rig)
    path = rig.home / "lateness.json"
    with (
        virtual_screen() as screen,
        child("tests.bench.window_lateness", path, environment=screen.environment | _QUIET) as port,
    ):
        _warm_up(int(port))
        time.sleep(strain.settle_s)
        idle_mono = time.monotonic()
        time.sleep(strain.idle_s)
        idle_end_mono = time.monotonic()
        reached_mib_s = _download_mib_s(rig, int(port), replace(strain, steady_s=strain.loaded_s))
        end_mono = time.monotonic()
    found = Lateness(**json.loads(path.read_text()))
    loaded_mono = end_mono - strain.loaded_s
    assert found.count_painted(loaded_mono, end_mono), "nobody saw the window"
    return {
        "window_mib_s": reached_mib_s,
        **dict(spread("window_idle", found.late_between(idle_mono, idle_end_mono))),
        **dict(spread("window_loaded", found.late_between(loaded_mono, end_mono))),
    }


def proxied(rig: Rig, strain: Strain) -> Figures:
    """The window while its connection waits for a proxy that accepts, and never answers."""
    home, path = rig.home / "proxied", rig.home / "proxied.json"
    with (
        socket.create_server((LOOPBACK, 0)) as silent,
        mock.patch.dict(os.environ, CAPONIER_HOME=str(home)),
        virtual_screen() as screen,
    ):
        save_connection(rig, "--proxy", f"socks5://{LOOPBACK}:{silent.getsockname()[1]}")
        environment = screen.environment | _QUIET | {"CAPONIER_HOME": str(home)}
        with child("tests.bench.window_lateness", path, "connecting", environment=environment):
            asked, _ = silent.accept()
            with asked:
                start_mono = time.monotonic()
                time.sleep(strain.proxied_s)
                end_mono = time.monotonic()
        shutil.rmtree(home)
    found = Lateness(**json.loads(path.read_text()))
    return dict(spread("window_proxied", found.late_between(start_mono, end_mono)))


PARTS: dict[str, Part] = {"crowd": crowd, "stalled": stalled, "window": window, "proxied": proxied}
NEEDS_SCREEN = ("window", "proxied")


def _warm_up(port: int) -> None:
    """What the first client of all makes Python and the session fetch is no client's."""
    with client_of(port) as client:
        request = ECHO * REQUEST_BYTES
        assert answer(client, request) == request


def _download_mib_s(rig: Rig, port: int, strain: Strain) -> float:
    with child("tests.bench.load", "download", LOOPBACK, port, rig.received_path):
        return rate_mib_s(rig.received, strain.warm_s, strain.steady_s)
