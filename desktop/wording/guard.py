"""Sentences about the guard of a port: what is remembered of a warehouse, and what stands there now."""

from __future__ import annotations

import shlex
from dataclasses import replace

from desktop.core.identity import WarehouseIdentity, can_be_guarded
from desktop.core.model import AnyHost, Connection
from desktop.core.tls import TlsMode

REMEMBER = "Remember this warehouse"
REMEMBER_WHY = "Programs wait when another one answers behind this port, until you say whether that is right."
STOP = "Stop guarding"
_SHORT = len("SHA256:") + 12
_NOTHING_SHOWN = "nothing to know it by"


def identity_text(identity: WarehouseIdentity) -> str:
    """By what it is known, in one line."""
    return " · ".join(f"{name} {value}" for name, value in identity_facts(identity)) or _NOTHING_SHOWN


def identity_facts(identity: WarehouseIdentity) -> tuple[tuple[str, str], ...]:
    """The same in pairs of a name and a value."""
    known = (
        ("certificate", identity.certificate),
        ("version", identity.greeting),
        ("PostgreSQL cluster", identity.cluster_mark),
    )
    return tuple((name, value) for name, value in known if value)


def guarded_text(identity: WarehouseIdentity) -> str:
    """With the start of a long fingerprint only."""
    certificate, mark = _shortened(identity.certificate), _shortened(identity.cluster_mark)
    return f"Guarded: {identity_text(replace(identity, certificate=certificate, cluster_mark=mark))}"


def _shortened(fingerprint: str) -> str:
    return f"{fingerprint[:_SHORT]}…" if len(fingerprint) > _SHORT else fingerprint


def no_guard_text(connection: Connection, identity: WarehouseIdentity) -> str:
    """Why there can be no guard; empty where there can be one."""
    if connection.route.is_direct:
        return "A direct connection has no port of Caponier's to guard."
    if isinstance(connection.forward.target, AnyHost):
        return "This port leads to many hosts, so there is no single warehouse to guard it for."
    if can_be_guarded(identity):
        return ""
    certificate = "TLS is off" if connection.tls.mode is TlsMode.OFF else "it shows no certificate"
    return f"This warehouse can't be guarded: {certificate}, and {_nothing_said(connection)}."


def _nothing_said(connection: Connection) -> str:
    """The identification asks what goes by the name of PostgreSQL, and no other of its protocol."""
    if connection.kind == "postgresql":
        return "it does not answer a user that it does not know as a PostgreSQL with SCRAM does"
    return "it says nothing of itself before a login"


def remembered_line(name: str, identity: WarehouseIdentity) -> str:
    return f"{name} is guarded from now on. Remembered: {identity_text(identity)}."


def unguarded_line(name: str) -> str:
    return f"{name} is not guarded any more."


def other_line(name: str, known: WarehouseIdentity, found: WarehouseIdentity) -> str:
    return f"Another warehouse answers {name}.\nRemembered: {identity_text(known)}.\nThere now: {identity_text(found)}."


def accept_line(name: str) -> str:
    return f"If that is right: caponier guard {shlex.quote(name)} --accept"
