"""What tunnels cost while nothing happens, and whether nothing happens to them."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import time
from collections.abc import Iterator, Sequence

import psutil

from tests.bench.recovery_peers import NAME, STOP_TIMEOUT_S, ssh_words
from tests.support.lab.clients import first_byte
from tests.support.lab.hosts import Lab
from tests.support.local_clients import answer

CONNECTIONS = 50
IDLE_S = 60.0
SETTLE_S = 5.0
# Between two questions of the client that stays: both sides of the pings' intervals.
PAUSES_S = (0.1, 2.0, 5.0, 20.0, 40.0)
FIRST_PORT = 15000
MIB = 1024 * 1024


def print_idle_cost(lab: Lab) -> None:
    names = [f"orders {number}" for number in range(CONNECTIONS)]
    with lab.up(*names) as running:
        ours = _cost([psutil.Process(running.pid)])
    with _many_ssh(lab) as processes:
        theirs = _cost(processes)
    print(
        f"{CONNECTIONS} connections, idle for {IDLE_S:.0f} s {'% of a core':>12} {'PSS MiB':>9} {'threads':>8}"
    )
    for title, (percent, mib, threads) in {"Caponier": ours, "ssh -N -L each": theirs}.items():
        print(f"{title:<32} {percent:>12.2f} {mib:>9.1f} {threads:>8}")


def watch_quiet_run(lab: Lab, minutes: float) -> None:
    """One client asks now and then, and others come and go."""
    with lab.up(NAME) as running, lab.client(running.port()) as client:
        client.settimeout(None)
        end_mono = time.monotonic() + minutes * 60
        for number, pause_s in enumerate(itertools.cycle(PAUSES_S)):
            question = number.to_bytes(8, "big")
            if answer(client, question) != question:
                raise RuntimeError("the client that stays was cut off")
            first_byte(lab, running.port())
            if time.monotonic() > end_mono:
                break
            time.sleep(pause_s)
        states = [event["state"] for event in running.events]
    print(f"{minutes:.0f} quiet minutes: {lab.server.count_logins()} login, states {' '.join(states)}")


def _cost(processes: Sequence[psutil.Process]) -> tuple[float, float, int]:
    """Percent of one core, proportional set size in MiB, threads."""
    time.sleep(SETTLE_S)
    before_s = sum(map(_cpu_s, processes))
    time.sleep(IDLE_S)
    percent = (sum(map(_cpu_s, processes)) - before_s) / IDLE_S * 100
    pss = sum(process.memory_full_info().pss for process in processes)
    return percent, pss / MIB, sum(process.num_threads() for process in processes)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextlib.contextmanager
def _many_ssh(lab: Lab) -> Iterator[list[psutil.Process]]:
    with contextlib.ExitStack() as running:
        processes = []
        for port in range(FIRST_PORT, FIRST_PORT + CONNECTIONS):
            command = ["ssh", *ssh_words(lab, port)]
            with lab.laptop.inside():
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            running.callback(process.wait, STOP_TIMEOUT_S)
            running.callback(process.terminate)
            first_byte(lab, port)
            processes.append(psutil.Process(process.pid))
        yield processes
