"""``import --from``: another program's files, found or named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import program

SOURCES = {
    "folders": {},
    "connections": {
        "a": {
            "provider": "postgresql",
            "driver": "postgres-jdbc",
            "name": "Sales",
            "configuration": {
                "host": "db.internal",
                "port": "5432",
                "user": "ada",
                "password": "sesame",
                "handlers": {
                    "ssh_tunnel": {
                        "enabled": True,
                        "user": "tunnel",
                        "password": "sesame",
                        "properties": {"host": "bastion.example.com", "authType": "PASSWORD"},
                    }
                },
            },
        },
        "b": {
            "driver": "mysql8",
            "name": "Stock",
            "configuration": {"url": "jdbc:mysql://me:sesame@stock.internal:3307/stock"},
        },
        "c": {"driver": "sqlite_jdbc", "name": "Notes", "configuration": {"database": "/x.db"}},
    },
}


@pytest.fixture
def sources(tmp_path: Path) -> str:
    path = tmp_path / "data-sources.json"
    path.write_text(json.dumps(SOURCES))
    return str(path)


def listed() -> list[str]:
    return [json.loads(line)["name"] for line in program.must("list", "--json").splitlines()]


def test_what_can_come_is_saved_without_a_secret_and_the_rest_is_told(sources: str, home: Path) -> None:
    dry = program.run("import", "--from", "dbeaver", "--dry-run", sources)
    assert (dry.status, listed()) == (1, [])
    assert dry.out.startswith(
        "Would save Sales: PostgreSQL at db.internal:5432 through tunnel@bastion.example.com:22"
    )
    answer = program.run("import", "--from", "dbeaver", sources)
    assert answer.err == "Notes: Can't be imported: it is a file on this computer, not a server.\n"
    assert "Saved Stock: MySQL at stock.internal:3307, directly\n  No bastion is named there" in answer.out
    assert listed() == ["Sales", "Stock"]
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not any(b"sesame" in each for each in files)
    assert "sesame" not in dry.out + dry.err + answer.out + answer.err
    again = program.run("import", "--from", "dbeaver", sources)
    assert again.out == "Sales: Already here as “Sales”.\nStock: Already here as “Stock”.\n"


def test_without_a_file_the_usual_places_are_searched(home: Path) -> None:
    nothing = program.run("import", "--from", "pg-service")
    assert nothing.status == 1
    assert nothing.err.startswith("caponier: Nothing of pg_service.conf was found")
    (home / ".pg_service.conf").write_text("[sales]\nhost=db.internal\nuser=ada\n")
    assert program.must("import", "--from", "pg-service").startswith("Saved sales: PostgreSQL at db.internal")


def test_a_file_that_can_t_be_read_is_told_and_the_others_are_saved(sources: str, home: Path) -> None:
    broken = home / ".local/share/DBeaverData/workspace6/General/.dbeaver/data-sources.json"
    good = home / ".local/share/DBeaverData/workspace6/Work/.dbeaver/data-sources.json"
    for path in (broken, good):
        path.parent.mkdir(parents=True)
    broken.write_text("{")
    good.write_text(Path(sources).read_text())
    answer = program.run("import", "--from", "dbeaver")
    assert answer.status == 1
    assert answer.err.startswith(f"{broken}: Can't be read: it is not JSON, line 1")
    assert listed() == ["Sales", "Stock"]
    alone = program.run("import", "--from", "dbeaver", str(broken))
    assert alone.status == 1
    assert alone.err.startswith("caponier: This is no file of connections that Caponier can read\nReason: ")


def test_wrong_uses_are_refused(sources: str) -> None:
    assert program.run("import").status == 2
    assert program.run("import", "--ssh-config", sources).status == 2
    assert program.run("import", "--from", "dbeaver", "--ssh-config").status == 2
