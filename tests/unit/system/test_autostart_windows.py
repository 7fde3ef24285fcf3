"""Start at login on Windows. The registry is a stand-in."""

from __future__ import annotations

import pytest

from desktop.core.config_errors import ConfigNotWritable
from desktop.system.autostart.windows import APPROVED_KEY, LONGEST_COMMAND, RUN_KEY, RunValue, command_line

COMMAND = (r"C:\Users\Ada L\AppData\Local\Programs\Caponier\caponier.exe", "--hidden")
OURS = (RUN_KEY, "Caponier")
APPROVED = (APPROVED_KEY, "Caponier")


class StandInRegistry:
    def __init__(self) -> None:
        self.values: dict[tuple[str, str], object] = {}
        self.denied = False

    def read(self, key: str, name: str) -> object:
        self._check()
        return self.values.get((key, name))

    def write(self, key: str, name: str, text: str) -> None:
        self._check()
        self.values[key, name] = text

    def delete(self, key: str, name: str) -> None:
        self._check()
        self.values.pop((key, name), None)

    def _check(self) -> None:
        if self.denied:
            raise PermissionError(13, "Access is denied")


@pytest.fixture
def registry() -> StandInRegistry:
    return StandInRegistry()


def test_it_is_off_until_it_is_switched_on(registry: StandInRegistry) -> None:
    entry = RunValue(COMMAND, registry)
    assert not entry.is_on()
    entry.switch(on=True)
    assert entry.is_on()
    assert registry.values == {OURS: rf'"{COMMAND[0]}" --hidden'}
    entry.switch(on=False)
    assert not entry.is_on()
    assert registry.values == {}
    entry.switch(on=False)


def test_the_values_of_others_stay(registry: StandInRegistry) -> None:
    registry.values[RUN_KEY, "Other"] = "other.exe"
    entry = RunValue(COMMAND, registry)
    entry.switch(on=True)
    entry.switch(on=False)
    assert registry.values == {(RUN_KEY, "Other"): "other.exe"}


@pytest.mark.parametrize(("first", "on"), [(2, True), (6, True), (3, False), (7, False)])
def test_what_task_manager_switched_off_is_off(registry: StandInRegistry, first: int, on: bool) -> None:
    entry = RunValue(COMMAND, registry)
    entry.switch(on=True)
    registry.values[APPROVED] = bytes([first]) + bytes(11)
    assert entry.is_on() is on
    entry.switch(on=True)
    assert entry.is_on()


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ((r"C:\x.exe",), r'"C:\x.exe"'),
        ((r"C:\a b\x.exe", "-m", "desktop", "--hidden"), r'"C:\a b\x.exe" -m desktop --hidden'),
        ((r"C:\x.exe", "a b", 'say "yes"'), r'"C:\x.exe" "a b" "say \"yes\""'),
    ],
)
def test_the_program_is_always_quoted(command: tuple[str, ...], line: str) -> None:
    assert command_line(command) == line


def test_a_command_that_windows_would_cut_is_refused(registry: StandInRegistry) -> None:
    entry = RunValue(("C:\\" + "x" * LONGEST_COMMAND,), registry)
    with pytest.raises(ConfigNotWritable, match="260 characters"):
        entry.switch(on=True)
    assert registry.values == {}
    entry.switch(on=False)


def test_a_registry_that_refuses_is_said(registry: StandInRegistry) -> None:
    entry = RunValue(COMMAND, registry)
    registry.denied = True
    assert not entry.is_on()
    with pytest.raises(ConfigNotWritable) as caught:
        entry.switch(on=True)
    assert caught.value.facts["reason"] == "Access is denied"
    assert caught.value.facts["path"].startswith("HKEY_CURRENT_USER\\")


def test_a_value_that_is_no_text_is_off(registry: StandInRegistry) -> None:
    registry.values[OURS] = 1
    assert not RunValue(COMMAND, registry).is_on()
