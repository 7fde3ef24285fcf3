"""What counts as bulk data."""

from __future__ import annotations

from desktop.ssh.load import BULK_BYTES, HALF_LIFE_S, Load

MIB = 1 << 20


def after(mib_s: float, seconds: float, step_s: float = 0.05) -> Load:
    load = Load()
    for turn in range(1, int(seconds / step_s) + 1):
        load.add(int(mib_s * MIB * step_s), 1000 + turn * step_s)
    return load


def test_an_export_is_bulk_and_stays_it() -> None:
    assert after(mib_s=50, seconds=0.3).is_bulk(1000.3)
    assert after(mib_s=50, seconds=30).is_bulk(1030)


def test_a_steady_trickle_is_not() -> None:
    assert not after(mib_s=2, seconds=60).is_bulk(1060)


def test_a_single_large_answer_is_not() -> None:
    load = Load()
    load.add(BULK_BYTES - 1, 1000)
    assert not load.is_bulk(1000)


def test_half_of_it_is_forgotten_each_second() -> None:
    load = Load()
    load.add(8 * MIB, 1000)
    assert load.value(1000 + HALF_LIFE_S) == 4 * MIB
    assert load.value(1000 + 10 * HALF_LIFE_S) < 8 * 1024 + 1


def test_what_was_fast_is_idle_as_soon_as_what_was_slow() -> None:
    assert not after(mib_s=1000, seconds=5).is_bulk(1005 + 3 * HALF_LIFE_S)


def test_only_bulk_data_makes_busy() -> None:
    assert after(mib_s=2, seconds=60).busy(1060) == 0
    assert after(mib_s=50, seconds=5).busy(1005) >= BULK_BYTES
