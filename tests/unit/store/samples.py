"""Connections to save."""

from __future__ import annotations

from desktop.core.model import Auth, AuthMethod, Connection, Endpoint, Forward, Hop, Route

BASTION = Hop("bastion.example.com", "me", 2222, Auth(AuthMethod.KEY_FILE, "~/.ssh/id_ed25519"))
JUMP = Hop("jump.example.com", "me", auth=Auth(AuthMethod.PASTED_KEY, key_fingerprint="SHA256:abc"))
AGENT = Auth(AuthMethod.AGENT, "~/.ssh/work.pub", "SHA256:def", "/run/user/1000/agent")

PLAIN = Connection(
    name="Lager Köln",
    route=Route((BASTION,)),
    forward=Forward(Endpoint("db.internal", 5432), 15432),
    id="plain",
)
FULL = Connection(
    name="倉庫",
    route=Route((JUMP, BASTION)),
    forward=Forward(Endpoint("2001:db8::1", 3306), 0, "::1"),
    kind="mysql",
    database="sales",
    warehouse_user="reader",
    group="Vertrieb",
    id="full",
)
