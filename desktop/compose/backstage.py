"""What window and command line are both built on."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from desktop.compose.check_parts import CheckParts
from desktop.compose.looker import looker
from desktop.core.ports import SecretSource
from desktop.engine.drafts import login_name
from desktop.engine.engine import Engine
from desktop.engine.library import Library
from desktop.engine.link_secrets import LinkSecrets, nothing_typed
from desktop.ssh.host_key_book import HostKeyBook
from desktop.ssh.known_hosts import KnownHosts, system_known_hosts
from desktop.ssh.logins import SshLogins
from desktop.ssh.relay import SshRelayFactory
from desktop.ssh.session import SshDialer
from desktop.ssh_config.chain import Chains
from desktop.ssh_config.plan import ConfigPlanner
from desktop.store.connections import ConnectionsFile
from desktop.store.connections_watch import ConnectionsWatch
from desktop.store.exchange import ExchangeFiles
from desktop.store.file_lock import locked
from desktop.store.foreign.files import ForeignConnections
from desktop.store.foreign.places import ForeignPlaces
from desktop.store.logs import configure_logging, install_excepthooks
from desktop.store.paths import Paths, home_folder
from desktop.store.ports import PortsFile
from desktop.store.preferences import PreferencesFile
from desktop.store.redaction import Redactor
from desktop.store.secrets import KeyringSecrets
from desktop.system.clock import SystemClock
from desktop.system.limits import raise_open_files_limit
from desktop.system.network.choice import network_monitor
from desktop.system.network.view import KernelView
from desktop.system.port_owner import who_holds
from desktop.system.power.monitor import power_monitor

# Another process needs milliseconds for a change, on a slow network drive a little longer.
_KNOWN_HOSTS_LOCK_TIMEOUT_S = 2.0


class Backstage:
    """Everything but a face, started. The owner calls `close`, which ends every thread in order.

    Raises `ConfigNotWritable` where the account has no folder for it.
    """

    def __init__(self, *, verbose: bool) -> None:
        raise_open_files_limit()
        self.paths = Paths.from_environment()
        redactor = Redactor()
        self._undo: list[Callable[[], None]] = [
            configure_logging(self.paths, redactor, verbose=verbose),
            install_excepthooks(redactor),
        ]
        self.secrets = KeyringSecrets(redactor.hide)
        lock = partial(locked, self.paths.known_hosts_lock_path, _KNOWN_HOSTS_LOCK_TIMEOUT_S)
        self.known_hosts = KnownHosts(self.paths.known_hosts_path, *system_known_hosts(), lock)
        self.host_keys = HostKeyBook(self.known_hosts)
        relays = SshRelayFactory(who_holds, looker=looker())
        self.planner = ConfigPlanner()
        dialer = SshDialer(self.known_hosts, self.planner)
        self.engine = Engine(dialer, relays, self.secrets, SystemClock(), KernelView(), PortsFile(self.paths))
        self.engine.start()
        self.saved = ConnectionsWatch(self.paths)
        self.library = Library(ConnectionsFile(self.paths), self.engine)
        # A look that comes with each letter typed runs no command of a Match exec.
        looks = ConfigPlanner(Chains(runs_commands=False))
        self.logins = SshLogins(self.planner, self.known_hosts, self._stored_secrets, looks)
        self.check_parts = CheckParts(self._stored_secrets, self.known_hosts, self.planner)
        self.preferences = PreferencesFile(self.paths)
        self.exchange = ExchangeFiles(login_name(), home_folder())
        self.foreign = ForeignConnections(login_name(), ForeignPlaces(home_folder()))
        self._network = network_monitor()
        self._power = power_monitor()

    def _stored_secrets(self, connection_id: str) -> SecretSource:
        return LinkSecrets(nothing_typed, (connection_id,), self.secrets)

    def watch(self) -> None:
        """For whoever brings connections up: heed the preferences, and notice sleep and network changes from now on."""
        self.engine.limit_lanes(self.preferences.load().max_lanes)
        self._network.start(self.engine.network_changed)
        self._power.start(self.engine.going_to_sleep, self.engine.woke_up)

    def close(self) -> None:
        """End everything in order. Where a thread does not end in time, which is logged, the process ends anyway."""
        self._network.close()
        self._power.close()
        in_time = self.engine.shutdown()
        for undo in reversed(self._undo):
            undo()
        if not in_time:
            # The interpreter would wait for the late thread for ever, and the person with it.
            os._exit(1)
