"""By what a warehouse is known again, so that nobody works on another one behind the same local port."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class WarehouseIdentity:
    """What was found out about a warehouse; empty fields are unknown. None of it is secret.

    `certificate` is the SHA-256 fingerprint of its TLS certificate (``SHA256:...``), `greeting` what it says of itself
    before a login, `system_identifier` what it calls itself after one: of PostgreSQL the number in pg_control_system(),
    of MySQL @@server_uuid. `cluster_mark` is the fingerprint of what a PostgreSQL says to a user it does not know,
    which only clusters that are copies of one another have in common (see `desktop.probe.cluster_mark`).
    """

    certificate: str = ""
    greeting: str = ""
    system_identifier: str = ""
    cluster_mark: str = ""

    @property
    def is_known(self) -> bool:
        return self != UNKNOWN

    def changes_to(self, found: WarehouseIdentity) -> tuple[str, ...]:
        """The names of the fields that both know and that differ."""
        names = (each.name for each in fields(self))
        return tuple(name for name in names if _differ(getattr(self, name), getattr(found, name)))


def _differ(known: str, found: str) -> bool:
    return bool(known and found and known != found)


def can_be_guarded(identity: WarehouseIdentity) -> bool:
    """True where something is known that can be looked at without a login."""
    return bool(identity.certificate or identity.greeting or identity.cluster_mark)


def decided_by(known: WarehouseIdentity, *, sees_certificate: bool) -> str:
    """The name of the field by which a warehouse is known again, empty where there is none to look at.

    A certificate counts more than a greeting, which changes with each new version of the same server, and more than the
    mark of a cluster, which any server can say that has heard it once: a certificate can only be shown by who has its
    key. So another certificate is another warehouse, whatever its mark.
    """
    if known.certificate and sees_certificate:
        return "certificate"
    if known.greeting:
        return "greeting"
    return "cluster_mark" if known.cluster_mark else ""


def is_same(known: WarehouseIdentity, found: WarehouseIdentity, field: str) -> bool:
    """Whether that field is as it was. One that is missing now is not."""
    return bool(getattr(known, field) == getattr(found, field))


UNKNOWN = WarehouseIdentity()


@dataclass(frozen=True, slots=True)
class Guard:
    """What a person wants of the guard of one local port. While it `is_on`, `identity` is what must stand behind it."""

    is_on: bool = False
    identity: WarehouseIdentity = UNKNOWN


NO_GUARD = Guard()
