"""By what a warehouse is known again, and what counts as another one."""

from __future__ import annotations

import pytest

from desktop.core.identity import UNKNOWN, WarehouseIdentity, can_be_guarded, decided_by, is_same

BOTH = WarehouseIdentity(certificate="SHA256:abc", greeting="8.0.36")


@pytest.mark.parametrize(
    ("known", "sees_certificate", "field"),
    [
        (BOTH, True, "certificate"),
        (BOTH, False, "greeting"),
        (WarehouseIdentity(greeting="8.0.36"), True, "greeting"),
        (WarehouseIdentity(certificate="SHA256:abc"), False, ""),
        (WarehouseIdentity(system_identifier="7"), True, ""),
        (WarehouseIdentity("SHA256:abc", cluster_mark="SHA256:def"), True, "certificate"),
        (WarehouseIdentity("SHA256:abc", cluster_mark="SHA256:def"), False, "cluster_mark"),
        (WarehouseIdentity(cluster_mark="SHA256:def"), True, "cluster_mark"),
    ],
)
def test_a_certificate_decides_where_it_is_known_and_can_be_seen(
    known: WarehouseIdentity, sees_certificate: bool, field: str
) -> None:
    assert decided_by(known, sees_certificate=sees_certificate) == field


def test_a_new_version_with_the_same_certificate_is_the_same_warehouse() -> None:
    upgraded = WarehouseIdentity(certificate="SHA256:abc", greeting="8.4.0")
    assert is_same(BOTH, upgraded, "certificate")
    assert not is_same(BOTH, upgraded, "greeting")


def test_another_certificate_is_another_warehouse_whatever_its_mark() -> None:
    known = WarehouseIdentity("SHA256:abc", cluster_mark="SHA256:def")
    renewed = WarehouseIdentity("SHA256:ghi", cluster_mark="SHA256:def")
    assert not is_same(known, renewed, decided_by(known, sees_certificate=True))


def test_one_that_shows_no_certificate_any_more_is_another_one() -> None:
    assert not is_same(BOTH, WarehouseIdentity(greeting="8.0.36"), "certificate")


def test_only_what_can_be_seen_without_a_login_can_be_guarded() -> None:
    assert can_be_guarded(WarehouseIdentity(certificate="SHA256:abc"))
    assert can_be_guarded(WarehouseIdentity(greeting="8.0.36"))
    assert can_be_guarded(WarehouseIdentity(cluster_mark="SHA256:def"))
    assert not can_be_guarded(WarehouseIdentity(system_identifier="7"))
    assert not can_be_guarded(UNKNOWN)
