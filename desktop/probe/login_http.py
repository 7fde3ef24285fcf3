"""HTTP with a warehouse over a socket that is connected already, and nowhere else."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.core.model import Endpoint
from desktop.core.warehouse_errors import WarehouseError, WarehouseLoginFailed
from desktop.probe.login import LoginRequest
from desktop.probe.tls_context import begins_with_tls, certified_name, client_context, tls_error

_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str

    def json(self) -> dict[str, Any]:
        """Empty where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(slots=True)
class HttpTalk:
    """Requests one after the other on the socket of a login. The name in Host is the warehouse's own.

    It raises `WarehouseError`, also where TLS fails.
    """

    request: LoginRequest
    _client: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        target = self.request.connection.forward.target
        port = target.port if isinstance(target, Endpoint) else 80
        host = target.host if isinstance(target, Endpoint) else "localhost"
        self._client = http.client.HTTPConnection(host, port)
        # It would connect by itself, past the bastion, where the server has closed the connection.
        self._client.auto_open = 0
        self._client.sock = self._wire()

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: str = "") -> Answer:
        try:
            self._client.request(method, path, body.encode() or None, dict(headers))
            answer = self._client.getresponse()
            return Answer(answer.status, answer.read(_MOST_BYTES).decode(errors="replace"))
        except http.client.RemoteDisconnected as error:
            raise self.request.lost(error) from None
        except http.client.HTTPException as error:
            raise self.request.refusal(WarehouseLoginFailed, f"no HTTP: {type(error).__name__}") from None
        except OSError as error:
            raise self._translated(error) from None

    def close(self) -> None:
        self._client.close()

    def _wire(self) -> Any:
        sock, connection = self.request.sock, self.request.connection
        sock.settimeout(self.request.timeout_s)
        if not begins_with_tls(connection):
            return sock
        try:
            context = client_context(connection)
            return context.wrap_socket(sock, server_hostname=certified_name(connection) or None)
        except (OSError, ValueError) as error:
            raise self._translated(error) from None

    def _translated(self, error: Exception) -> WarehouseError:
        if isinstance(error, ssl.SSLError):
            return tls_error(error, self.request.connection)
        return self.request.lost(error if isinstance(error, OSError) else None)


def basic(user: str, password: str) -> str:
    """The value of Authorization (RFC 7617); unlike a header of its own, it takes any character."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
