"""Looks at a login before it is made, each on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from desktop.core.errors import CaponierError, Cause, Unexpected
from desktop.core.login_preview import LoginLook, LoginPreview, ServerMethods, TypedSecrets
from desktop.core.model import Connection
from desktop.core.ports import Planner, SecretSource
from desktop.ssh.cancel import Cancelled, CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.known_hosts import KnownHosts
from desktop.ssh.login_look import preview_of
from desktop.ssh.offered import ServerQuestion

log = logging.getLogger(__name__)

T = TypeVar("T")


class SshLogins:
    """Implements `desktop.core.login_preview.Logins`. `secrets_of` gives what the keyring has for a connection's id.

    `look_planner` plans what is only looked at, where `planner` does what only a login should.
    """

    def __init__(
        self,
        planner: Planner,
        known_hosts: KnownHosts,
        secrets_of: Callable[[str], SecretSource],
        look_planner: Planner | None = None,
    ) -> None:
        self._planner = planner
        self._look_planner = look_planner or planner
        self._known_hosts = known_hosts
        self._secrets_of = secrets_of

    def look(
        self, connection: Connection, typed: TypedSecrets, tell: Callable[[LoginPreview], None]
    ) -> LoginLook:
        source = self._secrets_of(connection.id)

        def work(looking: _Looking[LoginPreview]) -> LoginPreview:
            return preview_of(connection, typed, self._look_planner, source, looking.cancel)

        return _Looking("look at a login", work, lambda cause: LoginPreview(cause=cause), tell)

    def ask(self, connection: Connection, tell: Callable[[ServerMethods], None]) -> LoginLook:
        first = connection.route.hops[0]

        def work(looking: _Looking[ServerMethods]) -> ServerMethods:
            return self._methods(connection, looking)

        def failed(cause: Cause) -> ServerMethods:
            return ServerMethods(first.endpoint, first.user, cause=cause)

        return _Looking("ask a server", work, failed, tell)

    def _methods(self, connection: Connection, looking: _Looking[ServerMethods]) -> ServerMethods:
        plan = self._planner(connection.route, looking.cancel.check)
        hop = plan.hops[0]
        credentials = Credentials(self._secrets_of(connection.id), looking.cancel)
        question = looking.begin(ServerQuestion(plan, self._known_hosts, credentials))
        try:
            methods = question.ask()
        finally:
            question.close()
        is_bastion = len(plan.hops) == 1
        return ServerMethods(hop.endpoint, hop.user, methods, lets_in=not methods, is_bastion=is_bastion)


class _Looking(Generic[T]):
    """Implements `desktop.core.login_preview.LoginLook`: `work` runs at once, on a thread that ends by itself.

    `tell` gets its result, or what `failed` makes of an error.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[_Looking[T]], T],
        failed: Callable[[Cause], T],
        tell: Callable[[T], None],
    ) -> None:
        self.cancel = CancelToken()
        self._work = work
        self._failed = failed
        self._tell = tell
        self._lock = threading.Lock()
        self._question: ServerQuestion | None = None
        threading.Thread(target=self._run, name=name).start()

    def begin(self, question: ServerQuestion) -> ServerQuestion:
        """From now on `stop` hangs up on it. Raises `Cancelled`."""
        with self._lock:
            self._question = question
        self.cancel.check()
        return question

    def stop(self) -> None:
        """The thread ends soon, and is not waited for: it may have others to wait for."""
        with self._lock:
            self.cancel.set()
            question = self._question
        if question is not None:
            question.hang_up()

    def _run(self) -> None:
        try:
            found = self._found()
            with self._lock:
                if not self.cancel.is_set():
                    self._tell(found)
        except Cancelled:
            return
        finally:
            self.cancel.close()

    def _found(self) -> T:
        try:
            return self._work(self)
        except Cancelled:
            raise
        except CaponierError as error:
            return self._failed(error.cause)
        except Exception as error:
            log.exception("a look at a login failed")
            return self._failed(Unexpected(detail=type(error).__name__).cause)
