"""Which implementation of an SSH connection fits the paramiko that is installed."""

from __future__ import annotations

import functools
import logging
import operator
import os
from collections.abc import Callable

import paramiko

from desktop.ssh.forwarding import ForwardingLane
from desktop.ssh.plain_lane import PlainLane
from desktop.ssh.wire import Wire

log = logging.getLogger(__name__)

PLAIN_VARIABLE = "CAPONIER_PLAIN_SSH"
TESTED_SERIES = "5.1."
# What `lane`, `channel`, `login_exchange` and `gcm_packets` override, and call, of paramiko's inner parts.
BENT = (
    "Transport._active_check_timeout",
    "Transport._channel_handler_table",
    "Transport._log",
    "Transport._next_channel",
    "Transport._parse_channel_open_failure",
    "Transport._parse_channel_open_success",
    "Transport._parse_disconnect",
    "Transport._parse_global_request",
    "Transport._parse_newkeys",
    "Transport._parse_request_failure",
    "Transport._parse_request_success",
    "Transport.auth_interactive",
    "Transport.auth_password",
    "Transport.auth_publickey",
    "Transport.run",
    "AuthHandler._parse_userauth_failure",
    "AuthHandler._parse_userauth_info_request",
    "AuthHandler.wait_for_response",
    "Channel.__del__",
    "Channel._close_internal",
    "Channel._feed",
    "Channel._handle_close",
    "Channel._handle_eof",
    "Channel._handle_request",
    "Channel._send_eof",
    "Channel._set_transport",
    "Channel._set_window",
    "Channel._window_adjust",
    "Transport._send_message",
    "transport.ChannelMap.delete",
    "transport.ChannelMap.get",
    "transport.ChannelMap.put",
    "transport.ChannelMap.values",
    "packet.NeedRekeyException",
    "packet.Packetizer.close",
    "packet.Packetizer.REKEY_BYTES",
    "packet.Packetizer.REKEY_BYTES_OVERFLOW_MAX",
    "packet.Packetizer._trigger_rekey",
    "packet.Packetizer.need_rekey",
    "packet.Packetizer.read_message",
    "packet.Packetizer.reset_seqno_in",
    "packet.Packetizer.send_message",
    "packet.Packetizer.set_inbound_cipher",
    "packet.Packetizer.set_outbound_cipher",
    "packet.Packetizer.start_handshake",
    "packet.Packetizer.write_all",
)


def new_lane(wire: Wire, name: str, on_end: Callable[[], None]) -> ForwardingLane:
    """Over a connected `wire`; its thread starts with the handshake. `on_end` is called there when it is over."""
    reason = why_plain()
    if reason:
        _say(reason)
        return PlainLane(wire, name, on_end)
    # Where paramiko is another, already the import may fail.
    from desktop.ssh.lane import Lane

    return Lane(wire, name, on_end)


def why_plain() -> str:
    """Why the fast implementation is not to be used; an empty string where it is."""
    if os.environ.get(PLAIN_VARIABLE) == "1":
        return f"{PLAIN_VARIABLE} asks for it"
    if not paramiko.__version__.startswith(TESTED_SERIES):
        return f"paramiko {paramiko.__version__} is not of the tested series {TESTED_SERIES}x"
    missing = [name for name in BENT if not _has(name)]
    return f"paramiko {paramiko.__version__} has no {', '.join(missing)}" if missing else ""


def _has(name: str) -> bool:
    try:
        operator.attrgetter(name)(paramiko)
    except AttributeError:
        return False
    return True


@functools.cache
def _say(reason: str) -> None:
    """Once for each reason: lanes come and go."""
    log.info("forwarding in the plain, slower way: %s", reason)
