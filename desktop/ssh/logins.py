"""Looks at a login before it is made, each on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from desktop.core.errors import CaponierError
from desktop.core.login_preview import LoginPreview, ServerMethods, TypedSecrets
from desktop.core.model import Connection
from desktop.core.ports import Planner, SecretSource
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.login_look import preview_of
from desktop.ssh.offered import ServerQuestion

log = logging.getLogger(__name__)


class SshLogins:
    """Implements `desktop.core.login_preview.Logins`. `secrets_of` gives what the keyring has for a connection's id."""

    def __init__(
        self, planner: Planner, known_hosts: KnownHosts, secrets_of: Callable[[str], SecretSource]
    ) -> None:
        self._planner = planner
        self._known_hosts = known_hosts
        self._secrets_of = secrets_of

    def look(
        self, connection: Connection, typed: TypedSecrets, tell: Callable[[LoginPreview], None]
    ) -> Looking:
        source = self._secrets_of(connection.id)

        def work(looking: Looking) -> None:
            tell(preview_of(connection, typed, self._planner, source, looking.cancel))

        return Looking("look at a login", work)

    def ask(self, connection: Connection, tell: Callable[[ServerMethods], None]) -> Looking:
        return Looking("ask a server", lambda looking: tell(self._methods(connection, looking)))

    def _methods(self, connection: Connection, looking: Looking) -> ServerMethods:
        first = connection.route.hops[0]
        try:
            plan = self._planner(connection.route)
            hop = plan.hops[0]
            question = looking.begin(ServerQuestion(plan, self._known_hosts, looking.cancel))
            try:
                methods = question.ask()
            finally:
                question.close()
        except CaponierError as error:
            # Whoever was hung up on by us has nothing to say.
            looking.cancel.check()
            return ServerMethods(first.endpoint, first.user, cause=error.cause)
        return ServerMethods(
            hop.endpoint, hop.user, methods, lets_in=not methods, is_bastion=len(plan.hops) == 1
        )


class Looking:
    """Implements `desktop.core.login_preview.LoginLook`: `work` runs at once, on a thread that ends by itself."""

    def __init__(self, name: str, work: Callable[[Looking], None]) -> None:
        self.cancel = CancelToken()
        self._work = work
        self._lock = threading.Lock()
        self._stopped = False
        self._question: ServerQuestion | None = None
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def begin(self, question: ServerQuestion) -> ServerQuestion:
        """From now on `stop` hangs up on it. Raises `Cancelled`."""
        with self._lock:
            self._question = question
        self.cancel.check()
        return question

    def stop(self) -> None:
        """Waits for the thread, which has nothing left to wait for itself."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            question = self._question
        self.cancel.set()
        if question is not None:
            question.hang_up()
        self._thread.join()
        self.cancel.close()

    def _run(self) -> None:
        try:
            self._work(self)
        except Cancelled:
            return
        except Exception:
            log.exception("a look at a login failed")
