"""The branch of the error tree for what is found behind a forward that was opened: the warehouse itself.

Trouble of one connection, never of its link. `target` is the warehouse's host and port, as everywhere; `kind` is the
key of what the person expects there, as in `desktop.core.warehouses`.

::

    WarehouseError
    ├── who speaks there    WrongProtocol  WarehouseHungUp  WarehouseSilent  WarehouseChanged
    │                       WarehouseUnidentified
    ├── encryption          TlsRequired  TlsNotOffered  TlsInvalid  TlsFailed  TlsFileUnreadable
    ├── its login           WarehouseAuthRejected  WarehouseDatabaseMissing  WarehousePasswordNeeded
    │                       WarehouseUserNeeded  WarehouseClientNotAllowed  WarehouseTooManyConnections
    │                       WarehouseHostBlocked  WarehouseStarting  WarehouseUnavailable
    │                       WarehouseLoginFailed
    └── a direct one        NoTunnelToOpen
"""

from __future__ import annotations

from enum import StrEnum

from desktop.core.errors import CaponierError


class WarehouseError(CaponierError):
    """The way is open, and what is at its end is not what it should be."""


class WrongProtocol(WarehouseError):
    """`found` names what speaks there (a kind's key, ``ssh``, ``tls``, ``http``), empty where nobody can tell.

    `answer` is the printable start of what it said.
    """

    code = "wrong_protocol"
    fact_names = ("target", "kind", "found", "answer")


class WarehouseHungUp(WarehouseError):
    """It ended the connection before it said anything: a load balancer without servers, or an allow-list."""

    code = "warehouse_hung_up"
    retryable = True
    fact_names = ("target", "kind")


class WarehouseSilent(WarehouseError):
    """It took the connection and then said nothing for `timeout_s`."""

    code = "warehouse_silent"
    retryable = True
    fact_names = ("target", "kind", "timeout_s")


class WarehouseChanged(WarehouseError):
    """Another one stands behind the guarded port. `changes` are field names of `WarehouseIdentity`, with commas.

    `known` and `found` are the values of the first of them; `found` is empty where it shows none. `certificate`,
    `greeting` and `cluster_mark` are the identity that stands there now.
    """

    code = "warehouse_changed"
    fact_names = ("target", "kind", "changes", "known", "found", "certificate", "greeting", "cluster_mark")


class WarehouseUnidentified(WarehouseError):
    """The guard could not find out who stands behind the port; `reason` is the code of what was in the way."""

    code = "warehouse_unidentified"
    retryable = True
    fact_names = ("target", "kind", "reason")


class TlsRequired(WarehouseError):
    """It takes no connection in clear, and TLS is switched off for this one."""

    code = "tls_required"
    fact_names = ("target", "kind")


class TlsNotOffered(WarehouseError):
    """TLS is asked for, and it has none."""

    code = "tls_not_offered"
    fact_names = ("target", "kind")


class TlsFault(StrEnum):
    """The fact `fault` of `TlsInvalid`."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_NAME = "wrong-name"
    UNKNOWN_AUTHORITY = "unknown-authority"
    SELF_SIGNED = "self-signed"
    OTHER = "other"


class TlsInvalid(WarehouseError):
    """Its certificate does not stand up to the verification that is asked for.

    `name` is the name that was looked for, `names` those in the certificate, `issuer` who signed it, `date` the one
    that it breaks, if any; `detail` is OpenSSL's own reason.
    """

    code = "tls_invalid"
    fact_names = ("target", "kind", "fault", "name", "names", "issuer", "date", "detail")


class TlsFailed(WarehouseError):
    """The handshake broke off before there was a certificate to look at."""

    code = "tls_failed"
    fact_names = ("target", "kind", "detail")


class TlsFileUnreadable(WarehouseError):
    """The file with the authorities to trust."""

    code = "tls_file_unreadable"
    fact_names = ("path", "reason")


class WarehouseAuthRejected(WarehouseError):
    """`detail` is the server's own sentence, cleaned; so it is below."""

    code = "warehouse_auth_rejected"
    fact_names = ("target", "kind", "user", "detail")


class WarehouseDatabaseMissing(WarehouseError):
    code = "warehouse_database_missing"
    fact_names = ("target", "kind", "database", "detail")


class WarehousePasswordNeeded(WarehouseError):
    """`store` as in `PasswordNeeded`."""

    code = "warehouse_password_needed"
    fact_names = ("target", "user", "store")


class WarehouseUserNeeded(WarehouseError):
    """No user is saved with the connection."""

    code = "warehouse_user_needed"
    fact_names = ("target",)


class WarehouseClientNotAllowed(WarehouseError):
    """Its rules for addresses (pg_hba.conf, the host of a MySQL account) let no client of the bastion's in."""

    code = "warehouse_client_not_allowed"
    fact_names = ("target", "kind", "user", "detail")


class WarehouseTooManyConnections(WarehouseError):
    code = "warehouse_too_many_connections"
    retryable = True
    fact_names = ("target", "kind", "detail")


class WarehouseHostBlocked(WarehouseError):
    """MySQL and MariaDB refuse the bastion after too many broken handshakes (max_connect_errors)."""

    code = "warehouse_host_blocked"
    fact_names = ("target", "kind", "detail")


class WarehouseStarting(WarehouseError):
    """It starts, stops or recovers, and takes no client meanwhile."""

    code = "warehouse_starting"
    retryable = True
    fact_names = ("target", "kind", "detail")


class WarehouseUnavailable(WarehouseError):
    """A gateway in front of it answers in its place (HTTP 502, 503, 504), with `detail`."""

    code = "warehouse_unavailable"
    retryable = True
    fact_names = ("target", "kind", "detail")


class WarehouseLoginFailed(WarehouseError):
    """Something else was in the way of the login."""

    code = "warehouse_login_failed"
    fact_names = ("target", "kind", "detail")


class NoTunnelToOpen(WarehouseError):
    """The connection is a direct one."""

    code = "no_tunnel_to_open"
    fact_names = ("name", "target")
