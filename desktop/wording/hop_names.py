"""What a server on the way is called, whether it was saved by its address or as an alias of ssh_config."""

from __future__ import annotations

from desktop.core.model import Hop, address_of


def login_text(hop: Hop) -> str:
    """Its address, with the user where one was saved."""
    address = address_of(hop.endpoint)
    return f"{hop.user}@{address}" if hop.user else address


def account_of(hop: Hop) -> str:
    """Whose password or key it is; the port tells nobody anything then."""
    return f"{hop.user}@{hop.host}" if hop.user else hop.host


def alias_remark(hop: Hop) -> str:
    """For behind its name: empty where it is no alias."""
    return " (an alias of your ssh configuration)" if hop.is_alias else ""
