"""Sentences about the warehouse itself: what was found behind a forward that was opened."""

from __future__ import annotations

from desktop.wording.sentences import Sentence, by_fact

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

SENTENCES = {
    "wrong_protocol": Sentence(
        "{target} is no {kind}",
        "It answered: {answer}. Check the warehouse's port, and the kind of this connection.",
    ),
    "warehouse_hung_up": Sentence(
        "{target} hangs up at once",
        "Something accepts the connection and ends it before a word is said. That is what a load balancer without"
        " servers does, or a list of allowed addresses in which the bastion is missing.",
    ),
    "warehouse_silent": Sentence(
        "{target} accepts the connection and says nothing",
        "There was no answer for {timeout_s} seconds. The warehouse may be overloaded or waking up, or something"
        " else listens on this port.",
    ),
    "warehouse_changed": Sentence(
        "Another warehouse stands behind this port",
        "{target} was {known} when you chose to remember it, and is {found} now. Programs have to wait until you say"
        " whether that is right.",
    ),
    "warehouse_unidentified": Sentence(
        "It is not known which warehouse stands behind this port",
        "{target} could not be asked who it is, so programs have to wait.",
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
    "warehouse_password_needed": Sentence(
        "The warehouse's password is needed",
        "None is stored for this connection, so the login to {target} was not tried.",
    ),
    "warehouse_user_needed": Sentence(
        "The warehouse's user is missing",
        "Set the user of this connection, so that the login to {target} can be tried.",
    ),
    "warehouse_client_not_allowed": Sentence(
        "{target} does not let {user} in from the bastion",
        "It said: {detail}. Ask the administrator of the warehouse to allow the bastion's address.",
    ),
    "warehouse_too_many_connections": Sentence(
        "{target} has no connection left",
        "It said: {detail}. End programs that hold connections they do not use, or ask the administrator of the"
        " warehouse for more.",
    ),
    "warehouse_host_blocked": Sentence(
        "{target} has blocked the bastion",
        "It said: {detail}. It does so after too many broken connections (max_connect_errors). Ask its administrator"
        " to run FLUSH HOSTS, or mysqladmin flush-hosts.",
    ),
    "warehouse_starting": Sentence(
        "{target} is starting or stopping",
        "It said: {detail}. Wait a moment.",
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
