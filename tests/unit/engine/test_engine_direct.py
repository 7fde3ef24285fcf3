"""Connections without a tunnel: nothing to open, and nothing left behind by what was open before."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.model import DIRECT, State
from tests.unit.engine.stage import Stage, a_connection


def test_a_direct_connection_stays_off_whoever_wants_it(stage: Stage) -> None:
    near = replace(a_connection("near"), route=DIRECT)
    stage.add(near)
    stage.connect(near)
    assert stage.state(near) is State.OFF
    assert stage.dialer.sessions == []


def test_one_that_becomes_direct_lets_its_tunnel_go(stage: Stage) -> None:
    sales = a_connection("sales")
    stage.bring_up(sales)
    near = replace(sales, route=DIRECT)
    stage.add(near)
    stage.settle()
    assert stage.shown(near).local is None
    assert stage.state(near) is State.OFF
