"""What the SSH agents of this computer hold, for somebody who is to choose."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from desktop.core.agents import AgentHolding, AgentIdentity
from desktop.core.errors import AgentError
from desktop.ssh.agent import all_keys
from desktop.ssh.cancel import Cancelled, CancelToken


def agents_hold(named: str = "") -> AgentHolding:
    """Blocks, some seconds where an agent is slow. `named` as in `Auth.agent`."""
    cancel = CancelToken()
    try:
        return _holding(named, cancel)
    finally:
        cancel.close()


class AgentLook:
    """Implements `desktop.core.ports.AgentLook`: looks once, on a thread of its own, which `stop` ends."""

    def __init__(self, named: str, tell: Callable[[AgentHolding], None]) -> None:
        self._named = named
        self._tell = tell
        self._cancel = CancelToken()
        self._thread = threading.Thread(target=self._run, name="look at SSH agents")
        self._thread.start()

    def stop(self) -> None:
        self._cancel.set()
        self._thread.join()
        self._cancel.close()

    def _run(self) -> None:
        try:
            holding = _holding(self._named, self._cancel)
        except Cancelled:
            return
        self._tell(holding)


def _holding(named: str, cancel: CancelToken) -> AgentHolding:
    try:
        held = all_keys(named, cancel)
    except AgentError as error:
        return AgentHolding(cause=error.cause)
    return AgentHolding(_one_for_each_key(key.identity for key in held.keys), held.skipped)


def _one_for_each_key(identities: Iterable[AgentIdentity]) -> tuple[AgentIdentity, ...]:
    """A key and its certificates are one choice."""
    found: dict[str, AgentIdentity] = {}
    for each in identities:
        known = found.get(each.fingerprint, each)
        certificates = tuple(dict.fromkeys((*known.certificates, *each.certificates)))
        found[each.fingerprint] = replace(known, certificates=certificates)
    return tuple(found.values())
