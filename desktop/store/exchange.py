"""Files with connections for another person or computer. No secret is in them, and nothing of this computer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from desktop.core.config_errors import ExportNotWritable, ImportUnreadable
from desktop.core.identity import NO_GUARD
from desktop.core.model import Auth, AuthMethod, Connection, Hop, Route
from desktop.store.atomic import replace_file
from desktop.store.connection_fields import connection_of, fields_of
from desktop.store.document import read_document, written_document
from desktop.store.small_content import small_content


class ExchangeFiles:
    """Implements `desktop.core.ports.ExchangeFiles`.

    A file names the login name of whoever wrote it, where a connection uses it: it stands for the reader's own, as ssh
    logs in under one's own name where none is given. Paths of identity files, certificates and authorities begin with
    ``~`` in the home folder.
    """

    def __init__(self, login_name: str, home: Path | None) -> None:
        self._login_name = login_name
        self._home = home

    def write(self, path: str, connections: Sequence[Connection]) -> None:
        try:
            replace_file(Path(path), self.encode(connections), private=False)
        except OSError as error:
            raise ExportNotWritable(path=path, reason=_words(error)) from error

    def read(self, path: str) -> tuple[Connection, ...]:
        try:
            return self.decode(small_content(Path(path)))
        except OSError as error:
            raise ImportUnreadable(path=path, reason=_words(error)) from error
        except ValueError as error:
            # `Damaged`, or a path that no file can have.
            raise ImportUnreadable(path=path, reason=str(error)) from error

    def encode(self, connections: Sequence[Connection]) -> bytes:
        shared = [self._without_this_computer(each) for each in connections]
        values: dict[str, object] = {"connections": [fields_of(each) for each in shared]}
        if self._login_name and any(self._login_name in _users(each) for each in shared):
            values = {"login_name": self._login_name, **values}
        return written_document(values)

    def decode(self, raw: bytes) -> tuple[Connection, ...]:
        """Raises `Damaged`."""
        document = read_document(raw)
        connections = (connection_of(each) for each in document.list_of_fields("connections"))
        return tuple(self._as_mine(each, document.text("login_name", "")) for each in connections)

    def _without_this_computer(self, connection: Connection) -> Connection:
        """The guard is this person's own trust in what stands behind a port: nobody else's, and not for export."""
        route = replace(connection.route, hops=tuple(map(self._shareable, connection.route.hops)))
        tls = replace(connection.tls, ca_file=self._from_home(connection.tls.ca_file))
        return replace(connection, route=route, tls=tls, guard=NO_GUARD)

    def _shareable(self, hop: Hop) -> Hop:
        """A pasted key stays in this computer's keyring, so its name says nothing to others.

        Others have an agent in another place, with other keys: theirs is found when they connect.
        """
        if hop.auth.method is AuthMethod.AGENT:
            certificate = self._from_home(hop.auth.certificate_file)
            return replace(hop, auth=Auth(AuthMethod.AGENT, certificate_file=certificate))
        auth = replace(
            hop.auth,
            identity_file=self._from_home(hop.auth.identity_file),
            certificate_file=self._from_home(hop.auth.certificate_file),
            key_fingerprint="",
        )
        return replace(hop, auth=auth)

    def _from_home(self, path: str) -> str:
        if self._home is None or not PurePath(path).is_relative_to(self._home):
            return path
        return f"~/{PurePath(path).relative_to(self._home).as_posix()}"

    def _as_mine(self, connection: Connection, theirs: str) -> Connection:
        def own(user: str) -> str:
            return self._login_name or user if theirs and user == theirs else user

        route = connection.route
        hops = tuple(replace(hop, user=own(hop.user)) for hop in route.hops)
        proxy = replace(route.proxy, user=own(route.proxy.user)) if route.proxy is not None else None
        return replace(
            connection,
            route=Route(hops, proxy),
            warehouse_user=own(connection.warehouse_user),
            guard=NO_GUARD,
        )


def _users(connection: Connection) -> set[str]:
    proxy = connection.route.proxy
    of_proxy = {proxy.user} if proxy is not None else set()
    return {connection.warehouse_user, *(hop.user for hop in connection.route.hops), *of_proxy}


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
