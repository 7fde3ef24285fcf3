"""Help where the warehouse was reached, and something about it, its TLS or its login is not as it should be.

Settings as in PostgreSQL's documentation (The pg_hba.conf File; ALTER ROLE) and MySQL's (Host 'host_name' is blocked;
DNS Lookups and the Host Cache; CREATE USER).
"""

from __future__ import annotations

import re

from desktop.core.warehouses import WireProtocol
from desktop.wording.help import Case, Help, Helper, Setting, sentences
from desktop.wording.help_at_forward import firewall, hung_up, silent, wrong_port
from desktop.wording.kinds import is_kind, kind_title

# Both servers quote or name the client's address as they see it: 'no pg_hba.conf entry for host "10.0.0.5"',
# "Host '10.0.0.5' is not allowed to connect", "Access denied for user 'ada'@'10.0.0.5'".
_SEEN_FROM = re.compile(r"""(?:[Hh]ost |@)["']([^"']+)["']""")
_IN_CLEAR = ("no encryption", "SSL off")
_OPTIONAL_TLS = "set TLS of this connection to automatic"


def _seen_from(case: Case, otherwise: str) -> str:
    found = _SEEN_FROM.search(case.fact("detail"))
    return found[1] if found else otherwise


def _speaks(case: Case, *protocols: WireProtocol) -> bool:
    return case.kind.protocol in protocols


def _wrong_protocol(case: Case) -> Help:
    found, kind = case.fact("found"), case.kind.title
    if found == "ssh":
        first = "The port is that of an SSH server."
    elif found == "tls":
        first = "It expects TLS at once: set TLS of this connection to required, or use another of its ports."
    elif is_kind(found):
        first = f"The warehouse is {kind_title(found)}: choose that as the connection's kind."
    else:
        first = ""
    return sentences(
        first,
        wrong_port(case),
        f"Something else listens on this port: a proxy, a load balancer, or a warehouse beside the {kind} you mean.",
    )


def _changed(case: Case) -> Help:
    is_postgresql = _speaks(case, WireProtocol.POSTGRESQL)
    anew = "its cluster was made anew for an upgrade" if is_postgresql else "its version changed"
    return sentences(
        f"Its certificate was renewed, or {anew}.",
        "The name leads to another server now, after a failover, a move or a restore.",
        f"Another warehouse, or something in between, answers as {case.target}.",
    )


def _client_not_allowed(case: Case) -> Help:
    address = _seen_from(case, "ADDRESS-OF-THE-BASTION")
    if _speaks(case, WireProtocol.MYSQL):
        user = f"'{case.warehouse_user}'@'{address}'"
        grants = f"GRANT SELECT ON {case.database or 'DATABASE'}.* TO {user};"
        return sentences(
            f"The account of {case.warehouse_user} is for clients of other hosts only.",
            "The warehouse looks the bastion's name up, and finds another than the account names.",
            settings=(
                Setting(
                    "To be run in the warehouse", f"CREATE USER {user} IDENTIFIED BY 'PASSWORD';\n{grants}"
                ),
            ),
        )
    if _speaks(case, WireProtocol.POSTGRESQL):
        in_clear = any(word in case.fact("detail") for word in _IN_CLEAR)
        return sentences(
            "It takes encrypted connections only: set TLS of this connection to required."
            if in_clear
            else "",
            f"pg_hba.conf has no line for {address}, this user and this database.",
            "User or database are misspelt, so that no line fits.",
            settings=(
                Setting("In pg_hba.conf of the warehouse, then reload it", _pg_hba_line(case, address)),
            ),
        )
    return sentences(
        f"Its list of allowed addresses lacks that of {case.near}.",
        f"{case.warehouse_user} may log in from other networks only.",
        settings=(firewall(case),),
    )


def _pg_hba_line(case: Case, address: str) -> str:
    bits = "" if not re.fullmatch(r"[0-9a-fA-F.:]+", address) else "/128" if ":" in address else "/32"
    return f"hostssl  {case.database or 'all'}  {case.warehouse_user}  {address}{bits}  scram-sha-256"


def _auth_rejected(case: Case) -> Help:
    user = case.warehouse_user
    return sentences(
        "The stored password is wrong, or was changed since.",
        f"There is no user {user} in this warehouse: it may be that of another environment.",
        f"{user} logs in some other way only: a token, a certificate, a directory.",
        _mysql_other_host(case),
    )


def _mysql_other_host(case: Case) -> str:
    if not _speaks(case, WireProtocol.MYSQL):
        return ""
    return f"The account is for another host than {_seen_from(case, case.near)}, from which the bastion connects."


def _database_missing(case: Case) -> Help:
    return sentences(
        f"{case.database or 'The database'} is misspelt; upper and lower case may count.",
        "It is on another server, or was not made here yet.",
        f"{case.fact('user', case.connection.warehouse_user) or 'The user'} may not see it.",
    )


def _too_many(case: Case) -> Help:
    user = case.warehouse_user
    settings: tuple[Setting, ...] = ()
    if _speaks(case, WireProtocol.POSTGRESQL):
        settings = (
            Setting(
                "To see who holds them, to be run in the warehouse",
                "SELECT pid, usename, application_name, state, state_change FROM pg_stat_activity ORDER BY 5;",
            ),
            Setting("Where the limit is that of the user", f'ALTER ROLE "{user}" CONNECTION LIMIT 20;'),
        )
    if _speaks(case, WireProtocol.MYSQL):
        settings = (
            Setting("To see who holds them, to be run in the warehouse", "SHOW FULL PROCESSLIST;"),
            Setting("For more of them", "SET GLOBAL max_connections = 300;"),
        )
    return sentences(
        "Programs keep connections that they do not use: pools, notebooks, forgotten windows.",
        "The limit of this user or database is reached, not that of the server.",
        "The server is too small for so many clients.",
        settings=settings,
    )


def _host_blocked(case: Case) -> Help:
    return sentences(
        f"Clients that come from {_seen_from(case, case.near)} broke off max_connect_errors logins in a row. Through a"
        " bastion they all count as one host, so anybody's count against everybody.",
        "A monitor or a load balancer opens and closes connections without a login.",
        settings=(
            Setting(
                "To be run in the warehouse: MySQL from 5.6 on; in MariaDB and older ones FLUSH HOSTS;",
                "TRUNCATE TABLE performance_schema.host_cache;",
            ),
            Setting(
                "To see whose count it is",
                "SELECT ip, sum_connect_errors FROM performance_schema.host_cache;",
            ),
            Setting("So that it does not come back soon", "SET GLOBAL max_connect_errors = 10000;"),
        ),
    )


def _starting(_case: Case) -> Help:
    return sentences(
        "It was just started, or wakes from a pause: check again in a minute.",
        "It recovers after a crash, which may take longer.",
        "It is being shut down, for maintenance perhaps.",
    )


def _login_failed(case: Case) -> Help:
    return sentences(
        "It wants something of the client that this login does not have: another role, a catalogue, a token.",
        "It is in maintenance, or a standby.",
        wrong_port(case),
    )


def _tls_required(case: Case) -> Help:
    return sentences(
        "TLS is switched off in this connection: set it to automatic or required.",
        f"The rules of {case.kind.title} allow encrypted connections only, from {case.near} or for this user.",
    )


def _tls_not_offered(case: Case) -> Help:
    postgresql = (Setting("In postgresql.conf of the warehouse", "ssl = on"),)
    return sentences(
        "It has no certificate yet, or TLS is switched off there.",
        f"It has TLS on another port. Without it, {_OPTIONAL_TLS}: SSH encrypts as far as the bastion.",
        settings=postgresql if _speaks(case, WireProtocol.POSTGRESQL) else (),
    )


def _tls_invalid(case: Case) -> Help:
    causes: tuple[str, ...]
    match case.fact("fault"):
        case "expired":
            causes = (
                "It was not renewed in time.",
                "The renewed one lies there, and the server was not reloaded.",
            )
        case "not-yet-valid":
            causes = ("The clock of this computer is wrong.", "The certificate was made for later.")
        case "wrong-name":
            causes = (
                f"The certificate is for the warehouse's public name, and this connection says {case.target_host}: set"
                " the certificate's name in this connection.",
                "A load balancer or proxy answers with a certificate of its own.",
            )
        case "self-signed":
            causes = (
                "The server made its certificate itself: get that file, and set it as the authority's file.",
                "Something in between shows a certificate of its own.",
            )
        case "unknown-authority":
            causes = (
                "The authority is your company's or your cloud provider's: set its file in this connection.",
                "The server sends its own certificate without the ones in between.",
                "Something in between shows a certificate of its own.",
            )
        case _:
            causes = ("The certificate, or one of those in between, was not made for a server.",)
    return Help(causes, (_certificate_to_see(case),))


def _certificate_to_see(case: Case) -> Setting:
    upgrade = {WireProtocol.POSTGRESQL: " -starttls postgres", WireProtocol.MYSQL: " -starttls mysql"}
    command = (
        f"openssl s_client -connect {case.target}{upgrade.get(case.kind.protocol, '')} -showcerts </dev/null"
    )
    return Setting(f"To see it, to be run on {case.near}", command)


def _tls_failed(case: Case) -> Help:
    return sentences(
        "It speaks only TLS 1.0 or 1.1, which are too old.",
        "It wants a certificate of the client.",
        "It hung up: a load balancer without servers, or a name (SNI) that it does not know.",
        settings=(_certificate_to_see(case),),
    )


def _unavailable(_case: Case) -> Help:
    return sentences(
        "The warehouse behind a gateway or load balancer is stopped, asleep, or being restarted.",
        "The gateway does not reach it: its health check fails, or a firewall is between them.",
        "It has more to do than it can: wait, and try again.",
    )


HELP: dict[str, Helper] = {
    "wrong_protocol": _wrong_protocol,
    "warehouse_hung_up": hung_up,
    "warehouse_silent": silent,
    "warehouse_changed": _changed,
    "warehouse_client_not_allowed": _client_not_allowed,
    "warehouse_auth_rejected": _auth_rejected,
    "warehouse_database_missing": _database_missing,
    "warehouse_too_many_connections": _too_many,
    "warehouse_host_blocked": _host_blocked,
    "warehouse_starting": _starting,
    "warehouse_unavailable": _unavailable,
    "warehouse_login_failed": _login_failed,
    "tls_required": _tls_required,
    "tls_not_offered": _tls_not_offered,
    "tls_invalid": _tls_invalid,
    "tls_failed": _tls_failed,
}
