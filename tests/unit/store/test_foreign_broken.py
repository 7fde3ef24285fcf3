"""Several files of another program, of which one can't be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.core.foreign import ForeignFinds, Obstacle, Tool
from desktop.store.foreign.files import ForeignConnections
from desktop.store.foreign.places import ForeignPlaces

SOURCE = (
    '<project><component><data-source name="{name}" uuid="{name}"><jdbc-url>jdbc:postgresql://db/x</jdbc-url>'
    "</data-source></component></project>"
)
TUNNEL = (
    '<project><component><data-source name="{name}" uuid="{name}"><ssh-properties><enabled>true</enabled>'
    "<ssh-config-id>{bastion}</ssh-config-id></ssh-properties></data-source></component></project>"
)
BASTION = '<project><sshConfig id="s-1" host="bastion" username="ops" authType="PASSWORD" /></project>'


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def dbeaver_s(home: Path, project: str, text: str) -> Path:
    folder = home / ".local/share/DBeaverData/workspace6" / project / ".dbeaver"
    return written(folder / "data-sources.json", text)


def project(home: Path, name: str, text: str, local: str = "") -> Path:
    folder = home / ".config/JetBrains/DataGrip2024.3/projects" / name / ".idea"
    if local:
        written(folder / "dataSources.local.xml", local)
    return written(folder / "dataSources.xml", text)


def bastions(home: Path, version: str, text: str) -> Path:
    return written(home / ".config/JetBrains" / version / "options/sshConfigs.xml", text)


def found(home: Path, tool: Tool, **environment: str) -> ForeignFinds:
    return ForeignConnections("me", ForeignPlaces(home, environment, "linux")).read(tool)


def names(finds: ForeignFinds) -> list[str]:
    return [each.name for each in finds.entries]


def told(finds: ForeignFinds) -> dict[str, str]:
    return {each.fact("path"): each.fact("reason") for each in finds.broken}


def test_one_that_is_damaged_costs_the_others_nothing(tmp_path: Path) -> None:
    sources = json.dumps({"connections": {"a": {"name": "Sales", "configuration": {"host": "db"}}}})
    good = dbeaver_s(tmp_path, "General", sources)
    half = dbeaver_s(tmp_path, "Half", sources[:40])
    later = dbeaver_s(tmp_path, "Later", sources.replace("Sales", "Stock"))
    finds = found(tmp_path, Tool.DBEAVER)
    assert (finds.files, names(finds)) == ((str(good), str(half), str(later)), ["Sales", "Stock"])
    assert told(finds).keys() == {str(half)}
    assert told(finds)[str(half)].startswith("it is not JSON, line 1")
    assert finds.refusal is None


def test_where_all_are_damaged_each_is_told(tmp_path: Path) -> None:
    for each in ("General", "Half"):
        dbeaver_s(tmp_path, each, "{")
    finds = found(tmp_path, Tool.DBEAVER)
    assert (len(finds.broken), names(finds), finds.refusal) == (2, [], None)


def test_tunnels_that_can_t_be_read_cost_their_project_and_no_other(tmp_path: Path) -> None:
    project(tmp_path, "a", SOURCE.format(name="sales"), local=TUNNEL.format(name="sales", bastion="s-1")[:-9])
    project(tmp_path, "b", SOURCE.format(name="stock"))
    finds = found(tmp_path, Tool.DATAGRIP)
    assert names(finds) == ["stock"]
    assert [Path(each).name for each in told(finds)] == ["dataSources.local.xml"]


def test_bastions_that_can_t_be_read_are_told_once_and_cost_only_who_needs_them(tmp_path: Path) -> None:
    bastions(tmp_path, "DataGrip2024.2", BASTION)
    damaged = bastions(tmp_path, "DataGrip2024.3", BASTION[:-4])
    project(tmp_path, "a", SOURCE.format(name="sales"), local=TUNNEL.format(name="sales", bastion="s-1"))
    project(tmp_path, "b", SOURCE.format(name="stock"), local=TUNNEL.format(name="stock", bastion="s-2"))
    project(tmp_path, "c", SOURCE.format(name="direct"))
    finds = found(tmp_path, Tool.DATAGRIP)
    assert [(each.name, each.obstacle) for each in finds.entries] == [
        ("sales", None),
        ("stock", Obstacle.TUNNEL_UNKNOWN),
        ("direct", None),
    ]
    assert told(finds) == {str(damaged): "it is not XML, line 1"}


@pytest.mark.parametrize("name", ["x" * 300, "\N{SNOWMAN}" * 200])
def test_a_place_that_can_t_be_looked_at_is_told_or_passed_by(tmp_path: Path, name: str) -> None:
    written(tmp_path / "pg_service.conf", "[sales]\nhost=db\n")
    unreachable = str(tmp_path / name)
    finds = found(tmp_path, Tool.PG_SERVICE, PGSERVICEFILE=unreachable, PGSYSCONFDIR=str(tmp_path))
    assert (names(finds), told(finds)) == (["sales"], {unreachable: "File name too long"})
    assert found(tmp_path, Tool.DBEAVER, XDG_DATA_HOME=unreachable).files == ()
