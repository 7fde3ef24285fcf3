"""``make bench``: prints one table, each figure the median of several rounds."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.measures import download_mib_s, open_ms, percentile, upload_mib_s
from tests.bench.peers import Peer, peers
from tests.support.keys import make_key
from tests.support.sshd import OpenSshServer

ROUNDS = 5
STREAM_MIB = 256
OPENINGS = 100
YARDSTICK = "ssh -L"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="caponier-bench-") as folder:
        rows = _measure_all(Path(folder))
    _print_table(rows)


def _measure_all(home: Path) -> dict[str, list[float]]:
    (home / ".ssh").mkdir(mode=0o700)
    key = make_key(home)
    with OpenSshServer(keys=[key]) as server:
        (home / ".ssh" / "known_hosts").write_text(f"{server.known_hosts_line()}\n")
        return {name: _measure(name, peer) for name, peer in peers(server, key, home).items()}


def _print_table(rows: dict[str, list[float]]) -> None:
    print(f"\n{'':<20} {'down MiB/s':>16} {'up MiB/s':>16} {'open p50 ms':>16}")
    for name, row in rows.items():
        shown = [f"{value:9.1f} {_ratio(value, rows[YARDSTICK][column])}" for column, value in enumerate(row)]
        print(f"{name:<20} {' '.join(shown)}")
    print(f"In brackets: the ratio to {YARDSTICK} in this run.")


def _measure(name: str, peer: Peer) -> list[float]:
    print(f"measuring {name}", flush=True)
    return [
        _median(lambda: download_mib_s(peer, STREAM_MIB)),
        _median(lambda: upload_mib_s(peer, STREAM_MIB)),
        percentile(open_ms(peer, OPENINGS), 50),
    ]


def _median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))


def _ratio(value: float, yardstick: float) -> str:
    return f"({value / yardstick:4.2f})"


if __name__ == "__main__":
    main()
