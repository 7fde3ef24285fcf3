"""The connections file keeps what was saved, and never overwrites what it does not know."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.core.config_errors import ConfigNotWritable, ConfigUnreadable
from desktop.store import connections as module
from desktop.store.codec import encode
from desktop.store.connections import ConnectionsFile
from desktop.store.file_lock import locked
from desktop.store.paths import Paths
from tests.unit.store.samples import FULL, PLAIN


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def loaded_store(paths: Paths) -> ConnectionsFile:
    store = ConnectionsFile(paths)
    store.load()
    return store


def damage(paths: Paths, raw: bytes = b"{") -> None:
    paths.config_dir.mkdir(parents=True, exist_ok=True)
    paths.connections_path.write_bytes(raw)


def test_nothing_saved_is_an_empty_list_and_makes_no_folder(paths: Paths) -> None:
    assert ConnectionsFile(paths).load() == ()
    assert not paths.config_dir.exists()


def test_what_is_saved_is_loaded(paths: Paths) -> None:
    ConnectionsFile(paths).save([PLAIN, FULL])
    assert ConnectionsFile(paths).load() == (PLAIN, FULL)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_file_and_folder_are_for_their_owner_alone(paths: Paths) -> None:
    store = ConnectionsFile(paths)
    store.save([PLAIN])
    store.save([])
    assert mode_of(paths.config_dir) == 0o700
    assert mode_of(paths.connections_path) == 0o600
    assert mode_of(store.previous_path) == 0o600


def test_the_content_before_the_last_save_is_kept(paths: Paths) -> None:
    store = ConnectionsFile(paths)
    for connections in ([PLAIN], [PLAIN, FULL], [FULL]):
        store.save(connections)
    assert store.previous_path.read_bytes() == encode([PLAIN, FULL])


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_link_into_another_folder_stays_a_link(paths: Paths, tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.json"
    paths.config_dir.mkdir(parents=True)
    paths.connections_path.symlink_to(elsewhere)
    ConnectionsFile(paths).save([PLAIN])
    assert paths.connections_path.is_symlink()
    assert elsewhere.read_bytes() == encode([PLAIN])


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b'{"version": 99}'])
def test_a_damaged_file_is_set_aside_whole_and_the_next_load_is_empty(paths: Paths, raw: bytes) -> None:
    damage(paths, raw)
    store = ConnectionsFile(paths)
    with pytest.raises(ConfigUnreadable) as caught:
        store.load()
    kept_as = Path(caught.value.facts["kept_as"])
    assert kept_as.name.startswith("connections.damaged-")
    assert kept_as.read_bytes() == raw
    assert caught.value.facts["path"] == str(paths.connections_path)
    assert store.load() == ()
    store.save([PLAIN])
    assert kept_as.read_bytes() == raw


def test_two_damaged_files_in_one_second_are_both_kept(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.strftime", lambda *_: "20260101T000000Z")
    kept = set()
    for raw in (b"{", b"["):
        damage(paths, raw)
        with pytest.raises(ConfigUnreadable) as caught:
            ConnectionsFile(paths).load()
        kept.add(Path(caught.value.facts["kept_as"]).read_bytes())
    assert kept == {b"{", b"["}


def test_a_damaged_file_comes_with_the_place_of_the_one_before_it(paths: Paths) -> None:
    store = ConnectionsFile(paths)
    damage(paths)
    with pytest.raises(ConfigUnreadable) as caught:
        store.load()
    assert caught.value.facts["previous"] == ""
    store.save([PLAIN])
    store.save([FULL])
    damage(paths)
    with pytest.raises(ConfigUnreadable) as caught:
        store.load()
    assert caught.value.facts["previous"] == str(store.previous_path)


def test_saving_does_not_lose_what_another_program_added(paths: Paths) -> None:
    window, command_line = loaded_store(paths), loaded_store(paths)
    command_line.save([PLAIN])
    with pytest.raises(ConfigNotWritable) as caught:
        window.save([FULL])
    assert caught.value.facts["reason"] == "it was changed by another program"
    assert window.load() == (PLAIN,)
    window.save([PLAIN, FULL])
    assert command_line.load() == (PLAIN, FULL)


def test_a_file_that_was_never_loaded_is_not_overwritten(paths: Paths) -> None:
    damage(paths)
    with pytest.raises(ConfigNotWritable):
        ConnectionsFile(paths).save([PLAIN])
    assert paths.connections_path.read_bytes() == b"{"


def test_a_deleted_file_is_written_anew(paths: Paths) -> None:
    store = ConnectionsFile(paths)
    store.save([PLAIN])
    paths.connections_path.unlink()
    store.save([FULL])
    assert store.load() == (FULL,)


def test_a_save_waits_for_another_one_and_then_gives_up(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOCK_TIMEOUT_S", 0.05)
    store = ConnectionsFile(paths)
    store.save([PLAIN])
    with (
        locked(paths.config_dir / ".connections.lock", 1.0),
        pytest.raises(ConfigNotWritable) as caught,
    ):
        store.save([FULL])
    assert caught.value.facts["reason"] == "another program is saving"
    store.save([FULL])


def test_a_file_in_the_place_of_the_folder_is_told(paths: Paths) -> None:
    paths.config_dir.write_text("not a folder", encoding="utf-8")
    with pytest.raises(ConfigNotWritable) as caught:
        ConnectionsFile(paths).save([PLAIN])
    assert caught.value.facts == {"path": str(paths.connections_path), "reason": "File exists"}


def test_a_read_only_folder_can_be_loaded_from_and_not_saved_to(ordinary_user_folder: Path) -> None:
    paths = Paths.under(ordinary_user_folder)
    ConnectionsFile(paths).save([PLAIN])
    (paths.config_dir / ".connections.lock").unlink()
    paths.config_dir.chmod(0o500)
    store = ConnectionsFile(paths)
    assert store.load() == (PLAIN,)
    with pytest.raises(ConfigNotWritable) as caught:
        store.save([FULL])
    assert caught.value.facts["reason"] == "Permission denied"
    assert store.load() == (PLAIN,)


def test_a_damaged_file_in_a_read_only_folder_stays_and_is_not_overwritten(
    ordinary_user_folder: Path,
) -> None:
    paths = Paths.under(ordinary_user_folder)
    damage(paths)
    paths.config_dir.chmod(0o500)
    store = ConnectionsFile(paths)
    with pytest.raises(ConfigUnreadable) as caught:
        store.load()
    assert caught.value.facts["kept_as"] == str(paths.connections_path)
    paths.config_dir.chmod(0o700)
    with pytest.raises(ConfigNotWritable):
        store.save([PLAIN])
    assert paths.connections_path.read_bytes() == b"{"


def test_a_file_without_read_permission_stays_and_is_not_overwritten(ordinary_user_folder: Path) -> None:
    paths = Paths.under(ordinary_user_folder)
    ConnectionsFile(paths).save([PLAIN])
    paths.connections_path.chmod(0)
    store = ConnectionsFile(paths)
    with pytest.raises(ConfigUnreadable) as caught:
        store.load()
    assert caught.value.facts["reason"] == "Permission denied"
    assert caught.value.facts["kept_as"] == str(paths.connections_path)
    with pytest.raises(ConfigNotWritable):
        store.save([])
    paths.connections_path.chmod(0o600)
    assert store.load() == (PLAIN,)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_without_room_leaves_the_old_file_and_no_scraps(paths: Paths) -> None:
    store = ConnectionsFile(paths)
    store.save([PLAIN])
    before = sorted(paths.config_dir.iterdir())
    program = (
        "import resource, signal\n"
        "from desktop.store.paths import Paths\n"
        "from desktop.store.connections import ConnectionsFile\n"
        "from desktop.core.config_errors import ConfigNotWritable\n"
        "from pathlib import Path\n"
        f"store = ConnectionsFile(Paths.under(Path({str(paths.config_dir.parent)!r})))\n"
        "connections = store.load()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n"
        "    store.save(connections * 2)\n"
        "except ConfigNotWritable as error:\n"
        "    print(error.facts['reason'])\n"
    )
    root = Path(__file__).parents[3]
    answer = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True)
    assert answer.stdout == "File too large\n", answer.stderr
    assert sorted(paths.config_dir.iterdir()) == before
    assert store.load() == (PLAIN,)
