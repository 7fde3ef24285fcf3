"""The likely causes of what a check ends with, in order, and the exact settings to ask for."""

from __future__ import annotations

from desktop.core.errors import Cause
from desktop.core.model import Connection
from desktop.wording import help_at_forward, help_at_login, help_at_warehouse, help_on_the_way
from desktop.wording.help import Case, Help, Setting

__all__ = ["NEEDS_NO_CAUSES", "Help", "Setting", "help_for"]

_HELP = help_on_the_way.HELP | help_at_login.HELP | help_at_forward.HELP | help_at_warehouse.HELP
# Codes whose advice has the one cause and the one thing to do.
NEEDS_NO_CAUSES = frozenset(
    {
        *("offline", "captive_portal", "peer_lost", "bind_address_missing", "unexpected"),
        *("not_a_proxy", "proxy_password_needed", "proxy_login_rejected"),
        *("proxy_command_unusable", "proxy_command_ended", "proxy_command_garbage", "proxy_command_silent"),
        *("host_key_revoked", "host_certificate_unknown_authority", "host_certificate_expired"),
        *("host_certificate_wrong_name", "host_certificate_invalid"),
        *("password_needed", "passphrase_needed", "passphrase_wrong", "key_unreadable", "key_unsupported"),
        *(
            "certificate_unreadable",
            "certificate_mismatch",
            "certificate_expired",
            "certificate_not_yet_valid",
        ),
        *("certificate_for_others", "keys_missing", "agent_key_missing", "agent_refused"),
        *("challenge_expired", "challenge_unreadable", "auth_cancelled", "awaits_client"),
        *("secret_store_locked", "secret_store_missing"),
        *("ssh_config_invalid", "ssh_config_loop", "ssh_config_jump_loop", "ssh_config_no_method"),
        *(
            "ssh_config_unreadable",
            "ssh_config_too_large",
            "ssh_config_untrusted",
            "ssh_config_command_failed",
        ),
        *(
            "tls_file_unreadable",
            "warehouse_password_needed",
            "warehouse_user_needed",
            "warehouse_unidentified",
        ),
        "no_tunnel_to_open",
    }
)


def help_for(cause: Cause, connection: Connection) -> Help:
    """What is known to help, filled with what is known of the connection; empty where the advice says it all."""
    helper = _HELP.get(cause.code)
    return helper(Case(cause, connection)) if helper is not None else Help()
