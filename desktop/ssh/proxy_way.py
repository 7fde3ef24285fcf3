"""Reaching the first hop through a SOCKS5 or HTTP proxy."""

from __future__ import annotations

import time
from dataclasses import replace

from desktop.core.errors import (
    BastionRefused,
    BastionTimeout,
    CaponierError,
    NameNotFound,
    ServerShedding,
)
from desktop.core.model import Endpoint, Proxy, ProxyKind, SecretKind
from desktop.core.plan import PROXY_LOGIN, PlannedHop
from desktop.core.route_errors import (
    NotAProxy,
    ProxyFailed,
    ProxyLoginRejected,
    ProxyPasswordNeeded,
    ProxyRefused,
    ProxyTrouble,
)
from desktop.ssh.approach import Reached
from desktop.ssh.cancel import CancelToken
from desktop.ssh.credentials import Credentials
from desktop.ssh.proxy_answers import LoginRefused, NoSuchProxy, NoWay, ProxyLogin, WayForbidden
from desktop.ssh.proxy_http import ask_http
from desktop.ssh.proxy_socks import ask_socks
from desktop.ssh.proxy_talk import ProxyGone, ProxySilent, ProxyTalk
from desktop.ssh.reach import reach
from desktop.ssh.resolve import AddressBook
from desktop.ssh.untrusted import first_line, shown

_ASK = {ProxyKind.SOCKS5: ask_socks, ProxyKind.HTTP: ask_http}
_UNREACHED: dict[type[CaponierError], ProxyTrouble] = {
    NameNotFound: ProxyTrouble.NAME,
    BastionRefused: ProxyTrouble.REFUSED,
    ServerShedding: ProxyTrouble.HUNG_UP,
    BastionTimeout: ProxyTrouble.SILENT,
}


class ProxyWay:
    """Implements `Way`. The login is sent once: a proxy that refuses it is not asked again by itself.

    AddressFamily and BindAddress of the hop are about a connection to the server itself, which here is the proxy's: as
    ssh(1) leaves them out with a ProxyCommand, they count for nothing on the way to the proxy.
    """

    def __init__(self, proxy: Proxy, hop: PlannedHop, book: AddressBook, credentials: Credentials) -> None:
        self._proxy = proxy
        self._target = hop.endpoint
        self._book = book
        self._credentials = credentials

    def reach(self, timeout_s: float, cancel: CancelToken) -> Reached:
        """Raises every `ProxyError` but those of commands, `Offline`, and `Cancelled`.

        Before the time counts, it blocks for as long as the keyring asks the person to unlock it.
        """
        login = self._login()
        until_mono = time.monotonic() + timeout_s
        reached = self._reach_proxy(timeout_s, cancel)
        began = time.monotonic()
        try:
            with ProxyTalk(reached.wire, until_mono, cancel) as talk:
                failure = self._ask(talk, login)
        except BaseException:
            reached.wire.close()
            raise
        if failure is not None:
            reached.wire.close()
            raise failure
        reached.wire.note_contact()
        return replace(reached, round_trip_s=time.monotonic() - began)

    def explained(self, error: CaponierError) -> CaponierError:
        return error

    def close(self) -> None:
        """The stream is all there is."""

    def join(self) -> None: ...

    def _login(self) -> ProxyLogin | None:
        user = self._proxy.user
        if not user:
            return None
        password = self._credentials.ask(SecretKind.PROXY_PASSWORD, PROXY_LOGIN)
        if password is None:
            raise ProxyPasswordNeeded(
                **self._names(), user=user, login=PROXY_LOGIN, store=self._credentials.store_trouble
            )
        return ProxyLogin(user, password)

    def _reach_proxy(self, timeout_s: float, cancel: CancelToken) -> Reached:
        try:
            return reach(self._proxy.endpoint, timeout_s, cancel, self._book)
        except tuple(_UNREACHED) as error:
            failure = self._failed(_UNREACHED[type(error)])
        raise failure

    def _ask(self, talk: ProxyTalk, login: ProxyLogin | None) -> CaponierError | None:
        """None where the proxy leads to the hop from now on. By value: the frames of what is caught hold the login."""
        target = Endpoint(self._target.host, self._target.port)
        try:
            _ASK[self._proxy.kind](talk, target, login)
        except ProxySilent:
            return self._failed(ProxyTrouble.SILENT)
        except ProxyGone:
            return self._failed(ProxyTrouble.HUNG_UP)
        except NoWay as answer:
            return self._failed(ProxyTrouble.NO_WAY, shown(str(answer)))
        except WayForbidden as answer:
            at, port = self._target.host, self._target.port
            return ProxyRefused(**self._names(), host=at, port=port, detail=shown(str(answer)))
        except LoginRefused:
            return ProxyLoginRejected(**self._names(), user=self._proxy.user, login=PROXY_LOGIN)
        except NoSuchProxy as answer:
            return NotAProxy(**self._names(), answer=first_line(answer.args[0] + talk.left_over()))
        return None

    def _failed(self, trouble: ProxyTrouble, detail: str = "") -> ProxyFailed:
        return ProxyFailed(**self._names(), host=self._target.host, trouble=trouble, detail=detail)

    def _names(self) -> dict[str, str]:
        return {"kind": self._proxy.kind, "proxy": str(self._proxy.endpoint)}
