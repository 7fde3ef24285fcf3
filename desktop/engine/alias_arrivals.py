"""What saving the forwards of ssh_config's aliases would mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desktop.core.aliases import AliasForward, AliasView, ForwardingAliases
from desktop.core.exchange import Arrival
from desktop.core.model import CONFIGURED_PORT, Auth, AuthMethod, Connection, Endpoint, Hop, Route, Target
from desktop.core.warehouses import kind_for
from desktop.engine.arrivals import arrivals_of
from desktop.engine.drafts import mark_of


@dataclass(frozen=True, slots=True)
class AliasArrival:
    """One forward of an alias, or an alias that can't be looked up: then there is no `arrival`.

    A forward that can't be a connection has none either; it stands in `left_out`, as it is written.
    """

    view: AliasView
    arrival: Arrival | None = None
    is_narrowed: bool = False
    left_out: str = ""


def alias_arrivals(found: ForwardingAliases, saved: Iterable[Connection]) -> tuple[AliasArrival, ...]:
    """In the order of the files; names and ports are as `arrivals_of` has them. Nothing is saved."""
    drafts = [_draft(view, each) for view in found.views for each in view.forwards]
    arrivals = iter(arrivals_of(drafts, saved))
    return tuple(each for view in found.views for each in _of_alias(view, arrivals))


def _of_alias(view: AliasView, arrivals: Iterator[Arrival]) -> Iterator[AliasArrival]:
    if view.cause is not None:
        yield AliasArrival(view)
    for forward in view.forwards:
        yield AliasArrival(view, next(arrivals), forward.is_narrowed)
    for written in view.left_out:
        yield AliasArrival(view, left_out=written)


def _draft(view: AliasView, each: AliasForward) -> Connection:
    target = each.forward.target
    name = view.alias if len(view.forwards) == 1 else f"{view.alias} {_mark(target)}"
    hop = Hop(view.alias, "", CONFIGURED_PORT, Auth(AuthMethod.SSH_CONFIG))
    return Connection(name, Route((hop,)), each.forward, kind_for(target))


def _mark(target: Target) -> str:
    return str(target) if isinstance(target, Endpoint) else mark_of(target)
