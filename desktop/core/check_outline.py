"""Which stages a check of a connection is likely to have, before it has told of any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.core.check import Stage, StageName
from desktop.core.model import AnyHost, Connection, Endpoint
from desktop.core.warehouses import WireProtocol, warehouse

_OF_A_SERVER = (StageName.ROUTE, StageName.SSH, StageName.HOST_KEY, StageName.LOGIN)
_ORDER = tuple(StageName)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage's name, and the place of its server, as in `Stage`."""

    name: str
    hop: int | None = None

    @property
    def order(self) -> tuple[int, int]:
        """By which steps are sorted, also those that nobody expected: an alias may stand for several servers."""
        place = len(_ORDER) if self.name not in _ORDER else _ORDER.index(StageName(self.name))
        return (self.hop, place) if self.hop is not None else (_BEHIND_SERVERS, place)


# As many servers has no route.
_BEHIND_SERVERS = 1000


def step_of(stage: Stage) -> Step:
    return Step(stage.name, stage.hop)


def outline(connection: Connection, *, with_login: bool) -> tuple[Step, ...]:
    """In order. Some may never be told of, and others may be."""
    hops = range(len(connection.route.hops))
    servers = (Step(name, place) for place in hops for name in _OF_A_SERVER)
    return (*servers, *_behind_servers(connection, with_login=with_login))


def _behind_servers(connection: Connection, *, with_login: bool) -> Iterator[Step]:
    is_direct, target = connection.route.is_direct, connection.forward.target
    if not is_direct:
        yield Step(StageName.FORWARD)
    if isinstance(target, AnyHost):
        return
    yield Step(StageName.WAREHOUSE)
    if warehouse(connection.kind).protocol is not WireProtocol.UNKNOWN:
        yield Step(StageName.PROTOCOL)
        yield Step(StageName.TLS)
    if with_login:
        yield Step(StageName.WAREHOUSE_LOGIN)
    if not is_direct and isinstance(target, Endpoint):
        yield Step(StageName.DIRECT)
