"""A secret of any length comes back whole, or not at all."""

from __future__ import annotations

import pytest

from desktop.store.vault import MOST_UNITS, Vault, split

LONG = "".join(f"line {number}\n" for number in range(500))
LONGER = "".join(f"other {number}\n" for number in range(900))
LOOKS_LIKE_A_HEADER = "caponier-parts:a:2"


class PowerCut(Exception):
    pass


class Drawer:
    """Entries in memory. Fails at the write or deletion with the number `cut_at`, as a kill would."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.changes = 0
        self.cut_at = 0

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._count()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._count()
        del self.entries[service, username]

    def _count(self) -> None:
        self.changes += 1
        if self.changes == self.cut_at:
            raise PowerCut


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def vault(drawer: Drawer) -> Vault:
    return Vault(drawer, "uuid", "private-key")


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize("text", ["", "a", "a" * 1200, "a" * 1201, "🔑" * 600, "a" + "🔑" * 600, "ü" * 5000])
def test_parts_fit_and_make_the_whole(text: str) -> None:
    parts = split(text)
    assert "".join(parts) == text
    assert max(map(units, parts)) <= MOST_UNITS
    assert len(parts) <= units(text) // (MOST_UNITS - 1) + 1


@pytest.mark.parametrize("value", ["", "hunter2", LONG, LOOKS_LIKE_A_HEADER, "caponier-parts:"])
def test_a_secret_comes_back(vault: Vault, value: str) -> None:
    vault.set(value)
    assert vault.get() == value


def test_a_short_secret_is_one_plain_entry(drawer: Drawer, vault: Vault) -> None:
    vault.set("hunter2")
    assert drawer.entries == {("io.github.caponier.Caponier/uuid/private-key", "uuid/private-key"): "hunter2"}


def test_every_entry_has_a_service_name_of_its_own(drawer: Drawer, vault: Vault) -> None:
    vault.set(LONG)
    Vault(drawer, "uuid", "ssh-password").set("hunter2")
    services = [service for service, _ in drawer.entries]
    assert len(services) == len(set(services)) == len(split(LONG)) + 2


@pytest.mark.parametrize("first", ["hunter2", LONG, LONGER, LOOKS_LIKE_A_HEADER])
@pytest.mark.parametrize("second", ["hunter3", LONG, LONGER, LOOKS_LIKE_A_HEADER])
def test_nothing_of_a_replaced_secret_stays(drawer: Drawer, vault: Vault, first: str, second: str) -> None:
    vault.set(first)
    vault.set(second)
    assert vault.get() == second
    in_parts = len(split(second)) > 1 or second == LOOKS_LIKE_A_HEADER
    assert len(drawer.entries) == (len(split(second)) + 1 if in_parts else 1)


@pytest.mark.parametrize("first", ["hunter2", LONG, LONGER])
@pytest.mark.parametrize("second", ["hunter3", LONG[::-1], LONGER[::-1]])
def test_a_kill_at_any_moment_leaves_the_old_secret_or_the_new_one(first: str, second: str) -> None:
    for cut_at in range(1, 40):
        drawer = Drawer()
        vault = Vault(drawer, "uuid", "private-key")
        vault.set(first)
        drawer.changes, drawer.cut_at = 0, cut_at
        try:
            vault.set(second)
        except PowerCut:
            assert vault.get() in (first, second)
        drawer.cut_at = 0
        vault.set("hunter4")
        assert list(drawer.entries.values()) == ["hunter4"]


def test_a_kill_during_deletion_is_made_good_by_the_next_one() -> None:
    for cut_at in range(1, 20):
        drawer = Drawer()
        vault = Vault(drawer, "uuid", "private-key")
        vault.set(LONG)
        drawer.changes, drawer.cut_at = 0, cut_at
        try:
            vault.delete()
        except PowerCut:
            drawer.cut_at = 0
            assert vault.get() in (LONG, None)
            vault.delete()
        assert drawer.entries == {}


def test_deleting_nothing_is_no_error(drawer: Drawer, vault: Vault) -> None:
    vault.delete()
    assert drawer.changes == 0


def test_a_secret_with_a_missing_part_is_none(drawer: Drawer, vault: Vault) -> None:
    vault.set(LONG)
    del drawer.entries["io.github.caponier.Caponier/uuid/private-key/a1", "uuid/private-key"]
    assert vault.get() is None
