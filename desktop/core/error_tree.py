"""The whole tree of errors, whichever module a branch is in."""

from __future__ import annotations

from desktop.core.challenge_errors import ChallengeError
from desktop.core.config_errors import ConfigError
from desktop.core.errors import CaponierError, Cause
from desktop.core.host_key_errors import HostCertificateError
from desktop.core.key_offer_errors import KeyOfferError
from desktop.core.route_errors import BindAddressMissing, JumpError, ProxyError
from desktop.core.ssh_config_errors import SshConfigError
from desktop.core.terminal_errors import TerminalError
from desktop.core.warehouse_errors import WarehouseError

# Python knows a branch only once its module was imported.
_BRANCHES_ELSEWHERE = (
    HostCertificateError,
    ChallengeError,
    KeyOfferError,
    BindAddressMissing,
    JumpError,
    ProxyError,
    ConfigError,
    SshConfigError,
    WarehouseError,
    TerminalError,
)


def error_of(cause: Cause) -> CaponierError:
    """The error whose cause it is, to be raised again."""
    kind = next(leaf for leaf in leaves() if leaf.code == cause.code)
    return kind(**dict(cause.facts))


def leaves(root: type[CaponierError] = CaponierError) -> list[type[CaponierError]]:
    """Every error class that has a code, in the order of the tree, those of other modules last."""
    found = [root] if "code" in vars(root) else []
    for branch in root.__subclasses__():
        found += leaves(branch)
    return found
