"""``make bench``: speed of Caponier beside other ways to the same service, and what it does under pressure.

Rounds go around all peers, so that whatever else the computer does meanwhile hits all of them.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import promises
from tests.bench.about import about
from tests.bench.chart import draw
from tests.bench.paces import PACES, Pace, quick
from tests.bench.peers import CAPONIER, PEERS, YARDSTICK, caponier_up_ms, ssh_true_ms
from tests.bench.pressure import NEEDS_SCREEN, PARTS, Strain
from tests.bench.pressure import quick as quick_strain
from tests.bench.results import JSON_PATH, PathResults, PressureResults, Results
from tests.bench.rig import Rig, rig
from tests.bench.rounds import measure
from tests.bench.sites import describe
from tests.bench.tables import markdown_lines, terminal_lines
from tests.bench.targets import verdict_lines
from tests.bench.watch import can_watch
from tests.support.netns import can_make_namespaces
from tests.support.xvfb import missing_programs

ROUNDS = 5


def main() -> None:
    words = _arguments()
    results = Results(about())
    for name, pace in PACES.items():
        peers = _chosen(name, words.only)
        if not peers:
            continue
        if pace.round_trip_ms and not can_make_namespaces():
            print(f"{name} is left out: it needs root on Linux, iproute2 and util-linux")
            continue
        results.paths[name] = _measure_path(quick(pace) if words.quick else pace, peers, words.rounds)
        results.save(words.json)
        print("\n".join(["", *terminal_lines(results.paths[name])]), flush=True)
    parts = _chosen_parts(words.only)
    if parts:
        results.pressure = _measure_pressure(
            quick_strain(Strain()) if words.quick else Strain(), parts, words.rounds
        )
        results.save(words.json)
        print("\n".join(["", *promises.terminal_lines(results.pressure)]), flush=True)
    _finish(results, words)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        metavar="PATH/PEER",
        help=f"either may be left out; or one of {', '.join(PARTS)}; may be repeated",
    )
    parser.add_argument("--rounds", type=int, help=f"{ROUNDS} if not given, 1 with --quick")
    parser.add_argument(
        "--quick", action="store_true", help="about two minutes; says whether it works, not how fast"
    )
    parser.add_argument("--json", type=Path, default=JSON_PATH, metavar="FILE")
    parser.add_argument("--chart", type=Path, metavar="FILE.svg", help="draw the figures")
    words = parser.parse_args()
    words.rounds = words.rounds or (1 if words.quick else ROUNDS)
    for only in words.only or ():
        path, _, peer = only.partition("/")
        if only not in PARTS and (path not in ("", *PACES) or peer not in ("", *PEERS)):
            parser.error(
                f"--only takes one of {', '.join(PACES)} and one of {', '.join(PEERS)}, or one of {', '.join(PARTS)}"
            )
    return words


def _chosen(path: str, only: list[str] | None) -> list[str]:
    """Names of the peers to measure there."""
    if only is None:
        return list(PEERS)
    pairs = [each.partition("/")[::2] for each in only if each not in PARTS]
    return [name for name in PEERS if any(p in ("", path) and n in ("", name) for p, n in pairs)]


def _chosen_parts(only: list[str] | None) -> list[str]:
    """Names of the parts to measure under pressure, but for those that can't be here."""
    return [name for name in PARTS if (only is None or name in only) and _is_possible(name)]


def _is_possible(part: str) -> bool:
    if not can_watch():
        print(f"{part} is left out: it needs proc(5)")
        return False
    missing = missing_programs() if part in NEEDS_SCREEN else []
    if missing:
        print(f"{part} is left out: it needs {', '.join(missing)}")
    return not missing


def _measure_path(pace: Pace, names: list[str], rounds: int) -> PathResults:
    results = PathResults(describe(pace.round_trip_ms), {name: [] for name in names})
    with (
        tempfile.TemporaryDirectory(prefix="caponier-bench-") as folder,
        rig(Path(folder), pace.round_trip_ms) as at,
    ):
        for number in range(1, rounds + 1):
            for name in names:
                with _step(results, f"round {number} of {rounds}, {name}"):
                    results.peers[name].append(measure(at, PEERS[name], pace))
            with _step(results, f"round {number} of {rounds}, logins"):
                _log_in(at, results, names, pace.connects)
    return results


def _measure_pressure(strain: Strain, parts: list[str], rounds: int) -> PressureResults:
    results = PressureResults({name: [] for name in parts})
    with tempfile.TemporaryDirectory(prefix="caponier-bench-") as folder, rig(Path(folder), 0.0) as at:
        for number in range(1, rounds + 1):
            for name in parts:
                with _step(results, f"round {number} of {rounds}, {name}"):
                    results.parts[name].append(PARTS[name](at, strain))
    return results


@contextlib.contextmanager
def _step(results: PathResults | PressureResults, title: str) -> Iterator[None]:
    """What fails has no figure, and the run goes on."""
    print(f"{results.short_title}: {title}", file=sys.stderr, flush=True)
    try:
        yield
    except (OSError, AssertionError, subprocess.SubprocessError) as error:
        results.failures.append(f"{title}: {type(error).__name__}: {error}")


def _log_in(at: Rig, results: PathResults, names: list[str], times: int) -> None:
    with at.site.laptop():
        for _ in range(times):
            if YARDSTICK in names:
                results.ssh_true_ms.append(ssh_true_ms(at))
            if CAPONIER in names:
                results.caponier_up_ms.append(caponier_up_ms(at))


def _finish(results: Results, words: argparse.Namespace) -> None:
    print("\nEach figure: the median of the rounds, in brackets the worst round, and the ratio to ssh -L.")
    print("\n".join(f"{name}: {value}" for name, value in results.about.items()))
    print("\n".join(["\nWhat was to be reached:", *verdict_lines(results)]))
    words.json.with_suffix(".md").write_text("\n".join(markdown_lines(results)))
    if words.chart:
        words.chart.write_text(draw(results))
    print(f"\nEvery round: {words.json}")


if __name__ == "__main__":
    main()
