"""``make bench-recovery``: how long a new client waits after each fault, with Caponier and with autossh."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.recovery_costs import print_idle_cost, watch_quiet_run
from tests.bench.recovery_peers import PEERS
from tests.bench.recovery_stories import STORIES, Hosts, Story
from tests.support.lab.clients import first_byte
from tests.support.lab.hosts import Lab, laboratory
from tests.support.logind import Logind, private_logind
from tests.support.netns import can_make_namespaces

ROUNDS = 5
SETTLE_S = 2.0
Rounds = list[tuple[float, int]]


def main() -> None:
    words = _arguments()
    if not can_make_namespaces():
        sys.exit("needs root on Linux, iproute2 and util-linux")
    with _hosts() as (lab, logind):
        if words.idle:
            print_idle_cost(lab)
        elif words.quiet:
            watch_quiet_run(lab, words.quiet)
        else:
            _compare(lab, logind, words)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.recovery", description=__doc__)
    parser.add_argument(
        "stories", nargs="*", choices=[[], *STORIES], metavar="STORY", help=", ".join(STORIES)
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--autossh-rounds", type=int, help="it needs a minute for some; 0 leaves it out")
    parser.add_argument(
        "--idle", action="store_true", help="50 connections up and idle, against 50 ssh -N -L"
    )
    parser.add_argument("--quiet", type=float, metavar="MINUTES", help="count logins while nothing happens")
    words = parser.parse_args()
    if words.autossh_rounds is None:
        words.autossh_rounds = words.rounds
    return words


@contextlib.contextmanager
def _hosts() -> Iterator[tuple[Lab, Logind]]:
    with tempfile.TemporaryDirectory(prefix="caponier-bench-") as folder, private_logind() as logind:
        os.environ.update(HOME=folder, CAPONIER_HOME=f"{folder}/caponier", **logind.environment)
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
        with laboratory(Path(folder), getpass.getuser()) as lab:
            yield lab, logind


def _compare(lab: Lab, logind: Logind, words: argparse.Namespace) -> None:
    number_of = {"Caponier": words.rounds, "autossh": words.autossh_rounds}
    print(
        f"{'seconds, median (worst)':<40} {'Caponier':>18} {'logins':>7} {'target':>7} {'met':>5} {'autossh':>18}"
    )
    for name in words.stories or STORIES:
        story = STORIES[name]
        rounds = {peer: _measure(story, peer, lab, logind, number_of[peer]) for peer in PEERS}
        print(_row(story, rounds["Caponier"], rounds["autossh"]), flush=True)
    print(
        "A client that is refused or reset comes again at once. logins: new ones at the bastion, worst round."
    )


def _measure(story: Story, peer: str, lab: Lab, logind: Logind, number: int) -> Rounds:
    """Seconds and logins of each round, all with one run of the program."""
    if not number:
        return []
    found = []
    with PEERS[peer](lab) as port:
        for _ in range(number):
            time.sleep(SETTLE_S)
            before = lab.server.count_logins()
            took_s = story.measure(Hosts(lab, logind, port))
            found.append((took_s, lab.server.count_logins() - before))
            first_byte(lab, port)
    return found


def _row(story: Story, ours: Rounds, theirs: Rounds) -> str:
    return (
        f"{story.title:<40} {_seconds(ours):>18} {max((logins for _, logins in ours), default=0):>7}"
        f" {story.target_s:>7} {_verdict(story, ours):>5} {_seconds(theirs):>18}"
    )


def _seconds(rounds: Rounds) -> str:
    if not rounds:
        return "-"
    took = [took_s for took_s, _ in rounds]
    if math.isinf(max(took)):
        return "refused"
    return f"{statistics.median(took):.2f} ({max(took):.2f})"


def _verdict(story: Story, rounds: Rounds) -> str:
    if not rounds:
        return "-"
    took = [took_s for took_s, _ in rounds]
    in_time = statistics.median(took) <= story.target_s and max(took) <= 2 * story.target_s
    kept = not story.keeps_session or all(logins == 0 for _, logins in rounds)
    return "yes" if in_time and kept else "NO"


if __name__ == "__main__":
    main()
