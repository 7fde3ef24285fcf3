"""Which ways to log in the configuration of a host leaves, in which order, and with which keys."""

from __future__ import annotations

from desktop.core.model import Auth, AuthMethod
from desktop.core.plan import LoginWay, OfferedKeys
from desktop.core.ssh_config_errors import SshConfigNoMethod
from desktop.ssh_config.resolved import NONE, ResolvedHost

# ssh_config(5), PreferredAuthentications: its default, without what Caponier does not have.
_PUBLIC_KEY, _INTERACTIVE, _PASSWORD = "publickey", "keyboard-interactive", "password"
_USUAL_ORDER = (_PUBLIC_KEY, _INTERACTIVE, _PASSWORD)
_SWITCHES = {
    _PUBLIC_KEY: "pubkeyauthentication",
    _INTERACTIVE: "kbdinteractiveauthentication",
    _PASSWORD: "passwordauthentication",
}
_OFF = ("no", "false")
_BATCH = "batchmode"
_ORDER = "preferredauthentications"
# ssh_config(5), IdentityAgent: this word stands for the variable of that name.
_FROM_VARIABLE = "SSH_AUTH_SOCK"


def ways_of(host: ResolvedHost) -> tuple[LoginWay, ...]:
    """Raises `SshConfigNoMethod` where none is left, `SshConfigInvalid`."""
    wanted = dict.fromkeys(host.preferred_authentications or _USUAL_ORDER)
    ways = tuple(_way(name, host) for name in wanted if _is_on(name, host))
    if not ways:
        place = next(
            host.places[name][0] for name in (_ORDER, _BATCH, *_SWITCHES.values()) if name in host.places
        )
        raise SshConfigNoMethod(path=place.path, line=place.line, alias=host.alias)
    return ways


def _is_on(name: str, host: ResolvedHost) -> bool:
    if name not in _SWITCHES or host.printed(_SWITCHES[name])[0] in _OFF:
        return False
    # ssh_config(5), BatchMode: nobody is there to be asked.
    return name == _PUBLIC_KEY or host.printed(_BATCH)[0] in _OFF


def _way(name: str, host: ResolvedHost) -> LoginWay:
    if name == _PUBLIC_KEY:
        return _keys_of(host)
    return Auth(AuthMethod.INTERACTIVE if name == _INTERACTIVE else AuthMethod.PASSWORD)


def _keys_of(host: ResolvedHost) -> OfferedKeys:
    agent = _agent_of(host)
    return OfferedKeys(
        identity_files=host.identity_paths(),
        certificate_files=host.certificate_paths(),
        asks_agent=agent is not None,
        agent=agent or "",
        only_these=host.identities_only,
    )


def _agent_of(host: ResolvedHost) -> str | None:
    """As in `Auth.agent`; None where no agent may be asked."""
    named = host.identity_agent
    if named.lower() == NONE:
        return None
    if named == _FROM_VARIABLE:
        return ""
    if named.startswith("$"):
        # The older form of ${NAME}. Where the variable is not set, ssh asks no agent.
        return host.environment.get(named[1:]) or None
    return named
