"""What programs want in order to reach any host through a local SOCKS port.

All of them leave names to the far side: ``socks5h`` where ``socks5`` would look them up on this computer (curl(1),
--proxy). A driver with options of its own for it gets those; most others take the environment's. The JDBC drivers of
Snowflake and Databricks document HTTP proxies only; their Python connectors go by the environment, with PySocks.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.core.model import Endpoint

SOCKS_PORT = 1080


@dataclass(frozen=True, slots=True)
class CopyText:
    """`label` says which text it is: ``URL``, ``JDBC``, the command line's program, or ``Host and port``."""

    label: str
    text: str


# MongoDB's specification of SOCKS5 support; MySQL Connector/J, "Networking"; Trino's JDBC driver and CLI, "socksProxy".
_OF_KIND = {
    "mongodb": (CopyText("URL options", "proxyHost={host}&proxyPort={port}"),),
    "mysql": (
        CopyText("JDBC options", "socksProxyHost={host}&socksProxyPort={port}&socksProxyRemoteDns=true"),
    ),
    "trino": (
        CopyText("JDBC options", "socksProxy={address}"),
        CopyText("trino", "trino --socks-proxy {address} --server"),
    ),
}
_PROXY = CopyText("Proxy", "socks5h://{address}")
_GENERAL = (
    CopyText("Environment", "export HTTPS_PROXY=socks5h://{address} HTTP_PROXY=socks5h://{address}"),
    CopyText("curl", "curl --proxy socks5h://{address}"),
    CopyText("Host and port", "{address}"),
)


def socks_texts(kind: str, local: Endpoint) -> tuple[CopyText, ...]:
    """The proxy's address, what the programs of this kind of warehouse want, and what others may."""
    names = {"address": str(local), "host": local.host, "port": str(local.port)}
    texts = (_PROXY, *_OF_KIND.get(kind, ()), *_GENERAL)
    return tuple(CopyText(each.label, each.text.format(**names)) for each in texts)
