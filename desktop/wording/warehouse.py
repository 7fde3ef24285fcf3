"""Sentences about the warehouse itself: what was found behind a forward that was opened."""

from __future__ import annotations

from desktop.core.errors import Cause
from desktop.core.warehouses import warehouse
from desktop.wording.kinds import is_kind, kind_title
from desktop.wording.sentences import Sentence, by_fact, literal

_TLS_TITLES = {
    "expired": "The certificate of {target} has expired",
    "not-yet-valid": "The certificate of {target} is not valid yet",
    "wrong-name": "The certificate of {target} is for another name",
    "unknown-authority": "The certificate of {target} is signed by an authority that is not trusted",
    "self-signed": "The certificate of {target} is signed by itself",
    "other": "The certificate of {target} can't be verified",
}
_TLS_ADVICE = {
    "expired": "It was good until {date}. Ask the administrator of the warehouse to renew it.",
    "not-yet-valid": "It is good from {date} on. Check this computer's clock; if that is right, ask the"
    " administrator of the warehouse.",
    "wrong-name": "It is for {names}, and the connection wants {name}. If one of these is the warehouse's real name,"
    " set it as the certificate's name of this connection; otherwise something else may be in between.",
    "unknown-authority": "It was signed by {issuer}. If that is your company or your cloud provider, get its"
    " authority's file (PEM) and set it in this connection.",
    "self-signed": "Nobody vouches for it. If that is meant so, get the certificate from the administrator of the"
    " warehouse and set it as the authority's file of this connection.",
    "other": "Reason: {detail}. Ask the administrator of the warehouse.",
}

_CHANGED = {
    "certificate": "The fingerprint of its certificate was {known} when you chose to remember it, and is {found} now.",
    "greeting": "It said of itself {known} when you chose to remember it, and says {found} now.",
    "cluster_mark": "The mark of its PostgreSQL cluster was {known} when you chose to remember it, and is"
    " {found} now.",
    "system_identifier": "It called itself {known} when you chose to remember it, and calls itself {found} now.",
}
_CHANGED_FIELDS = {
    "certificate": "certificate",
    "greeting": "greeting",
    "system_identifier": "system identifier",
    "cluster_mark": "PostgreSQL cluster",
}
# In the way of the guard; whatever else it may be has a connection's own place to be told.
_UNIDENTIFIED = {
    "warehouse_refused": "it refused the connection",
    "warehouse_timeout": "it did not answer",
    "warehouse_name_not_found": "its name was not found",
    "forward_prohibited": "the bastion does not allow the way to it",
    "warehouse_silent": "it accepts the connection and says nothing",
    "warehouse_hung_up": "it hangs up at once",
    "wrong_protocol": "something else answers there",
    "tls_failed": "TLS with it failed",
    "tls_not_offered": "it has no TLS, and so no certificate",
    "warehouse_host_blocked": "it has blocked the host that you come from",
    "warehouse_too_many_connections": "it has no connection left",
    "warehouse_starting": "it is starting or stopping",
}


def _wrong_protocol_title(cause: Cause) -> str:
    kind, found = literal(kind_title(cause.fact("kind"))), literal(kind_title(cause.fact("found")))
    kind = kind or "what was expected"
    return f"{{target}} speaks {found}, not {kind}" if found else f"{{target}} does not speak {kind}"


def _wrong_protocol_advice(cause: Cause) -> str:
    kind, found = cause.fact("kind"), cause.fact("found")
    answered = "It answered: {answer}. " if cause.fact("answer") else ""
    if found == "tls":
        return f"{answered}It expects TLS at once. Set TLS of this connection to required, or check the port."
    if is_kind(found):
        choose = f"If that is the right warehouse, choose {literal(kind_title(found))} as its kind. If not, check the"
        return f"{answered}{choose} port.{_usual(kind)}"
    return f"{answered}Check the warehouse's port, and the kind of this connection.{_usual(kind)}"


def _usual(kind: str) -> str:
    entry = warehouse(kind)
    return f" {literal(entry.title)} usually listens on {entry.port}." if entry.port else ""


def _changed_advice(cause: Cause) -> str:
    first, *others = cause.fact("changes").replace(" ", "").split(",")
    named = [_CHANGED_FIELDS[other] for other in others if other in _CHANGED_FIELDS]
    also = f" Different, too: its {' and its '.join(named)}." if named else ""
    changed = _CHANGED.get(first, "{target} was {known} when you chose to remember it, and is {found} now.")
    if not cause.fact("found"):
        changed = f"{changed.split(', and ')[0]}, and nothing like it is there now."
    return f"{changed}{also} Programs have to wait until you say whether that is right."


def _unidentified_advice(cause: Cause) -> str:
    reason = _UNIDENTIFIED.get(cause.fact("reason"), "")
    why = (
        f"{{target}} could not be asked who it is: {reason}."
        if reason
        else "{target} could not be asked who it is."
    )
    return f"{why} Programs have to wait until that is known."


def _password_advice(cause: Cause) -> str:
    why = {
        "secret_store_locked": "The keyring is locked: unlock it, then check again",
        "secret_store_missing": "No keyring was found on this computer, so none can be stored",
    }
    reason = why.get(cause.fact("store"), "None is stored for {user} of this connection")
    return f"{reason}. The login to {{target}} was not tried."


SENTENCES = {
    "wrong_protocol": Sentence(_wrong_protocol_title, _wrong_protocol_advice),
    "warehouse_hung_up": Sentence(
        "{target} hangs up at once",
        "Something accepts the connection and ends it before a word is said. That is what a load balancer without"
        " servers does, or a list of allowed addresses that lacks the one you come from.",
    ),
    "warehouse_silent": Sentence(
        "{target} accepts the connection and says nothing",
        "There was no answer for {timeout_s} seconds. The warehouse may be overloaded or waking up, or something"
        " else listens on this port.",
    ),
    "warehouse_changed": Sentence("Another warehouse stands behind this port", _changed_advice),
    "warehouse_unidentified": Sentence(
        "It is not known which warehouse stands behind this port", _unidentified_advice
    ),
    "tls_required": Sentence(
        "{target} takes encrypted connections only",
        "TLS is switched off for this connection. Switch it on, and use the strings that Caponier copies from then"
        " on.",
    ),
    "tls_not_offered": Sentence(
        "{target} has no TLS",
        "This connection wants it. Ask the administrator of the warehouse to switch TLS on, or set TLS of this"
        " connection to automatic: between this computer and the bastion SSH encrypts everything.",
    ),
    "tls_invalid": Sentence(by_fact("fault", _TLS_TITLES, "other"), by_fact("fault", _TLS_ADVICE, "other")),
    "tls_failed": Sentence(
        "TLS with {target} failed",
        "Reason: {detail}. The warehouse may speak only versions of TLS that are too old, or want a certificate of"
        " yours.",
    ),
    "tls_file_unreadable": Sentence(
        "The file with the authorities to trust can't be read",
        "Reason: {path}: {reason}. Choose a file with certificates in PEM form.",
    ),
    "warehouse_auth_rejected": Sentence(
        "{target} refused the login of {user}",
        "It said: {detail}. Check user and password of the warehouse.",
    ),
    "warehouse_database_missing": Sentence(
        "{target} has no database {database}",
        "It said: {detail}. Check the database of this connection; upper and lower case count.",
    ),
    "warehouse_password_needed": Sentence("The password for the warehouse is needed", _password_advice),
    "warehouse_user_needed": Sentence(
        "The user for the warehouse is missing",
        "Set the user of this connection, so that the login to {target} can be tried.",
    ),
    "warehouse_client_not_allowed": Sentence(
        "{target} does not let {user} in from this address",
        "It said: {detail}. Ask the administrator of the warehouse to allow the address that it names, or that of the"
        " bastion.",
    ),
    "warehouse_too_many_connections": Sentence(
        "{target} has no connection left",
        "It said: {detail}. End programs that hold connections they do not use, or ask the administrator of the"
        " warehouse for more.",
    ),
    "warehouse_host_blocked": Sentence(
        "{target} has blocked the host that you come from",
        "It said: {detail}. It does so after too many broken connections (max_connect_errors). Ask its administrator"
        " to empty the host cache (in MySQL TRUNCATE TABLE performance_schema.host_cache, in MariaDB FLUSH HOSTS).",
    ),
    "warehouse_starting": Sentence(
        "{target} is starting or stopping",
        "It said: {detail}. Wait a moment, then try again.",
    ),
    "warehouse_unavailable": Sentence(
        "What stands in front of {target} can't reach the warehouse",
        "It said: {detail}. The warehouse is starting, stopped or overloaded. Wait, or ask its administrator.",
    ),
    "warehouse_login_failed": Sentence(
        "The login to {target} failed",
        "It said: {detail}.",
    ),
    "no_tunnel_to_open": Sentence(
        "{name} is a direct connection",
        "There is no tunnel to open: programs connect to {target} themselves.",
    ),
}
