"""What a server on the way is called, whether it was saved by its address or as an alias of ssh_config."""

from __future__ import annotations

from desktop.core.model import Hop


def address_of(hop: Hop) -> str:
    """``host:port``; of an alias its name, with a port only where one was saved."""
    return hop.host if hop.is_alias and not hop.port else str(hop.endpoint)


def login_of(hop: Hop) -> str:
    """As `address_of`, with the user where one was saved."""
    return f"{hop.user}@{address_of(hop)}" if hop.user else address_of(hop)


def account_of(hop: Hop) -> str:
    """Whose password or key it is; the port tells nobody anything then."""
    return f"{hop.user}@{hop.host}" if hop.user else hop.host


def alias_remark(hop: Hop) -> str:
    """For behind its name: empty where it is no alias."""
    return " (an alias of your ssh configuration)" if hop.is_alias else ""
